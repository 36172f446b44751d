#!/usr/bin/env python3
"""Django's command line for the cars service."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carsite.settings.local")
    # `manage.py dumpdata > cars.json` must not have log lines in it.
    os.environ.setdefault("LOG_STREAM", "stderr")
    execute_from_command_line(sys.argv)
