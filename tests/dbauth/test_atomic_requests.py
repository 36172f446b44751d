"""ATOMIC_REQUESTS: a retried view is its request's transaction, and the admin is retried."""

from __future__ import annotations

import pytest
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import Group
from django.db import connections
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

from dbauth.admin import RetriedAdmin
from dbauth.retry import retried
from tests.dbauth.test_retry import conflict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]
attempts: list[int] = []


def write(request: HttpRequest) -> HttpResponse:
    """A row, and conflicts for the first two attempts."""
    attempts.append(1)
    Group.objects.create(name=f"group {len(attempts)}")
    if len(attempts) < 3:
        raise conflict()
    return HttpResponse(status=201)


@method_decorator(retried, name="dispatch")
class Write(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return write(request)


def plain(request: HttpRequest) -> HttpResponse:
    return retried(write)(request)


class RetriedGroupAdmin(RetriedAdmin, ModelAdmin):
    """Groups, retried."""


site = AdminSite()
site.register(Group, RetriedGroupAdmin)

urlpatterns = [
    path("function", retried(write)),
    path("class", Write.as_view()),
    path("plain", plain),
    path("admin/", site.urls),
]


@pytest.fixture(autouse=True)
def _requests_are_atomic(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    attempts.clear()


@pytest.mark.parametrize("view", ["function", "class"])
def test_a_retried_view_is_the_transaction_of_its_request(client, view):
    assert client.get(f"/{view}").status_code == 201
    assert [group.name for group in Group.objects.all()] == ["group 3"]


def test_a_retried_function_in_another_view_is_an_error_that_says_what_to_decorate(client):
    with pytest.raises(TransactionManagementError, match="under ATOMIC_REQUESTS that is the view"):
        client.get("/plain")


def test_the_retried_admin_adds_changes_and_deletes(admin_client):
    groups = "/admin/auth/group/"
    assert admin_client.post(f"{groups}add/", {"name": "first"}).status_code == 302
    page = f"{groups}{Group.objects.get().pk}/change/"
    assert admin_client.post(page, {"name": "second"}).status_code == 302
    assert Group.objects.get().name == "second"
    selected = {"action": "delete_selected", "_selected_action": str(Group.objects.get().pk)}
    assert admin_client.post(groups, {**selected, "post": "yes"}).status_code == 302
    assert not Group.objects.exists()
