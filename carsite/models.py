"""What the service itself keeps."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Guess(models.Model):
    """A password that was tried and was not right (carsite.http.guesses), or is being checked.

    Rows are added and deleted, never changed: two attempts do not conflict on Aurora DSQL.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The account or the address, hashed with the secret key.
    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "guesses"
        indexes = [models.Index(fields=["key", "at"], name="guess_key_at")]

    def __str__(self) -> str:
        return f"{self.key[:12]} at {self.at:%Y-%m-%d %H:%M:%S}"
