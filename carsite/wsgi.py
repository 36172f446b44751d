"""WSGI entry point, for any server that speaks it."""

import os

from django.core.wsgi import get_wsgi_application

from carsite.http.request import UTF8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carsite.settings.local")

application = get_wsgi_application()
application.request_class = UTF8Request
