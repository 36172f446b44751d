"""Why `migrate` does not go on; Django's commands print these without a traceback."""

from django.core.management.base import CommandError


class MigrationBusyError(CommandError):
    """Another process is migrating this database, or has just done so."""


class UnfinishedMigrationError(CommandError):
    """Another migration was begun by a process that was stopped, and has to be finished first."""


class ChangedMigrationError(CommandError):
    """A migration was edited after a part of it had been carried out."""
