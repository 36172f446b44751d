"""Users and groups in the admin, with writes that survive conflicts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from dbauth.admin import RetriedAdmin

# Importing them has registered Django's own.
admin.site.unregister([User, Group])


@admin.register(Group)
class RetriedGroupAdmin(RetriedAdmin, GroupAdmin):
    """Django's, retried."""


@admin.register(User)
class RetriedUserAdmin(RetriedAdmin, UserAdmin):
    """Django's, retried, the page for the password included."""

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._retried(super().user_change_password, request, *args, **kwargs)
