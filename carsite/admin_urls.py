"""The pages of the admin. They are imported with the first of them that is asked for."""

from django.conf import settings
from django.contrib import admin

admin.site.site_header = admin.site.site_title = "Cars"
admin.autodiscover()
if settings.ADMIN_TWO_FACTORS:
    from django_otp.admin import OTPAdminSite

    # So that models stay registered where they are: django-otp documents it like this.
    admin.site.__class__ = OTPAdminSite

app_name = "admin"
urlpatterns = admin.site.get_urls()
