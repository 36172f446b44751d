"""Whose migrations are run: popular packages by what they are installed as, with their apps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REST = "rest_framework"
SITES = "django.contrib.sites"
ALLAUTH = "allauth.account.middleware.AccountMiddleware"


@dataclass(frozen=True)
class Package:
    """A set of apps; `requirements` are what pip installs, the first one gives the version.

    DEFAULTS among the `settings` is a module with more of them. `needs` says what of PostgreSQL's a
    set needs that DSQL does not have, in words for the table.
    """

    name: str
    apps: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""


def _one(requirement: str, *apps: str, needs: str = "", more: str = "", **settings: Any) -> Package:
    """A package that is named as it is installed; `more` are further requirements."""
    name = requirement.split("[", maxsplit=1)[0]
    return Package(name, apps, (requirement, *more.split()), settings, needs)


PACKAGES = {
    package.name: package
    for package in [
        Package("django", (SITES, "django.contrib.flatpages", "django.contrib.redirects")),
        Package("djangorestframework", (REST, f"{REST}.authtoken"), ("djangorestframework",)),
        _one("dj-stripe", "djstripe", DJSTRIPE_FOREIGN_KEY_TO_FIELD="id"),
        _one("django-activity-stream", "actstream"),
        _one("django-admin-interface", "colorfield", "admin_interface"),
        _one(
            "django-allauth[mfa,socialaccount]",
            *("allauth", "allauth.account", "allauth.mfa", "allauth.socialaccount"),
            "allauth.usersessions",
            MIDDLEWARE=[ALLAUTH],
        ),
        _one("django-apscheduler", "django_apscheduler"),
        _one("django-auditlog", "auditlog"),
        _one("django-avatar", "avatar"),
        _one("django-axes", "axes"),
        _one("django-cas-ng", "django_cas_ng"),
        _one("django-celery-beat", "django_celery_beat"),
        _one("django-celery-results", "django_celery_results"),
        _one("django-cities-light", "cities_light"),
        _one(
            "django-cms",
            *(SITES, "treebeard", "sekizai", "menus", "cms"),
            CMS_CONFIRM_VERSION4=True,
            LANGUAGES=[("en", "English")],
        ),
        _one("django-comments-xtd", SITES, "django_comments", "django_comments_xtd"),
        _one("django-constance", "constance", more="redis"),
        _one("django-contrib-comments", SITES, "django_comments"),
        _one("django-defender", "defender"),
        _one(
            "django-dramatiq",
            "django_dramatiq",
            DRAMATIQ_BROKER={"BROKER": "dramatiq.brokers.stub.StubBroker"},
        ),
        _one("django-dynamic-preferences", "dynamic_preferences", "dynamic_preferences.users"),
        _one("django-easy-audit", "easyaudit"),
        _one("django-eav2", "eav"),
        _one("django-email-log", "email_log", needs="GIN indexes"),
        _one("django-extra-settings", "extra_settings"),
        _one("django-filer", "easy_thumbnails", "filer"),
        _one("django-flags", "flags"),
        _one("django-friendship", "friendship"),
        _one("django-fsm-log", "django_fsm_log"),
        _one("django-guardian", "guardian"),
        _one("django-hitcount", "hitcount"),
        _one("django-impersonate", "impersonate"),
        _one("django-invitations", SITES, "invitations"),
        _one("django-mailbox", "django_mailbox"),
        _one("django-mailer", "mailer"),
        _one("django-oauth-toolkit", "oauth2_provider"),
        _one("django-oidc-provider", "oidc_provider"),
        _one("django-organizations", "organizations"),
        _one(
            "django-oscar[sorl-thumbnail]",
            *(SITES, "django.contrib.flatpages", "oscar.config.Shop", "treebeard", "widget_tweaks"),
            *(
                f"oscar.apps.{app}.apps.{config}Config"
                for app, config in {
                    "analytics": "Analytics",
                    "checkout": "Checkout",
                    "address": "Address",
                    "shipping": "Shipping",
                    "catalogue": "Catalogue",
                    "catalogue.reviews": "CatalogueReviews",
                    "communication": "Communication",
                    "partner": "Partner",
                    "basket": "Basket",
                    "payment": "Payment",
                    "offer": "Offer",
                    "order": "Order",
                    "customer": "Customer",
                    "dashboard": "Dashboard",
                    **{
                        f"dashboard.{app}": f"{app.title()}Dashboard"
                        for app in (
                            *("catalogue", "communications", "offers", "orders", "pages"),
                            *("partners", "ranges", "reports", "reviews", "shipping", "users"),
                            "vouchers",
                        )
                    },
                    "search": "Search",
                    "voucher": "Voucher",
                    "wishlists": "Wishlists",
                }.items()
            ),
            needs="a materialized view",
            DEFAULTS="oscar.defaults",
            HAYSTACK_CONNECTIONS={
                "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
            },
        ),
        _one("django-otp", *(f"django_otp{each}" for each in ("", ".plugins.otp_email"))),
        _one("django-pghistory", "pgtrigger", "pghistory", needs="triggers in PL/pgSQL"),
        _one("django-photologue", SITES, "photologue"),
        _one("django-post-office", "post_office"),
        _one("django-push-notifications", "push_notifications"),
        _one("django-q2", "django_q"),
        _one("django-registration-redux", "registration"),
        _one("django-request", "request"),
        _one("django-rest-knox", REST, "knox", more="djangorestframework"),
        _one("django-rest-passwordreset", "django_rest_passwordreset"),
        _one("django-reversion", "reversion"),
        _one("django-robots", SITES, "robots"),
        _one("django-scheduler", "schedule"),
        _one("django-ses", "django_ses"),
        _one("django-silk", "silk"),
        _one("django-simple-history", "simple_history"),
        _one("django-sql-explorer", "explorer"),
        _one("django-star-ratings", "star_ratings"),
        _one("django-summernote", "django_summernote"),
        _one("django-taggit", "taggit"),
        _one("django-tasks-db", "django_tasks", "django_tasks_db", more="django-tasks"),
        _one(
            "django-two-factor-auth[phonenumbers]",
            *(f"django_otp{each}" for each in ("", ".plugins.otp_static", ".plugins.otp_totp")),
            *("two_factor", "two_factor.plugins.phonenumber"),
        ),
        _one("django-viewflow", "viewflow", "viewflow.workflow"),
        _one("django-waffle", "waffle"),
        _one("django-watson", "watson", needs="full-text search (tsvector) and triggers"),
        _one("django-webpush", "webpush"),
        _one("djangorestframework-api-key", REST, "rest_framework_api_key"),
        _one("djangorestframework-simplejwt", REST, "rest_framework_simplejwt.token_blacklist"),
        _one("drf-api-tracking", REST, "rest_framework_tracking"),
        _one("drfpasswordless", REST, f"{REST}.authtoken", "drfpasswordless"),
        _one("easy-thumbnails", "easy_thumbnails"),
        _one("fcm-django", "fcm_django"),
        _one("social-auth-app-django", "social_django"),
        _one(
            "wagtail",
            *(f"wagtail.contrib.{each}" for each in ("forms", "redirects", "settings")),
            *("wagtail.embeds", "wagtail.sites", "wagtail.users", "wagtail.snippets"),
            *("wagtail.documents", "wagtail.images", "wagtail.search", "wagtail.admin", "wagtail"),
            *("modelcluster", "taggit"),
            WAGTAIL_SITE_NAME="Site",
            WAGTAILADMIN_BASE_URL="http://localhost",
            needs="full-text search (tsvector)",
        ),
        _one(
            "wiki",
            *(SITES, "django.contrib.humanize", "django_nyt", "mptt", "sekizai", "sorl.thumbnail"),
            *("wiki", "wiki.plugins.attachments", "wiki.plugins.images"),
        ),
    ]
}
