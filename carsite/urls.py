"""Every path of the service."""

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.views.generic import RedirectView

from cars.urls import urlpatterns as cars
from carsite.http import docs, health
from carsite.http.methods import get_only
from carsite.http.slashes import without_slash

# Not by include(), which imports at once what most processes of the API never need.
admin = URLResolver(
    RoutePattern("admin/"), "carsite.admin_urls", app_name="admin", namespace="admin"
)

UNSLASHED = ("cars", "cars/<str:pk>", "docs", "schema", "health")

urlpatterns = [
    path("", get_only(RedirectView.as_view(pattern_name="car-list")), name="root"),
    *cars,
    path("admin", get_only(RedirectView.as_view(pattern_name="admin:index"))),
    admin,
    path("favicon.ico", get_only(lambda request: redirect(static("carsite/icon.svg")))),
    path("docs", docs.docs, name="docs"),
    path("schema", docs.schema, name="schema"),
    path("health", health.health, name="health"),
    path("api-auth/", include("rest_framework.urls")),
    *(path(f"{route}/", without_slash) for route in UNSLASHED),
]

handler400 = "carsite.http.errors.bad_request"
handler403 = "carsite.http.errors.permission_denied"
handler404 = "carsite.http.errors.not_found"
handler500 = "carsite.http.errors.server_error"
