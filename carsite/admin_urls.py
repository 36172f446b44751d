"""The pages of the admin. They are imported with the first of them that is asked for."""

from django.contrib import admin

admin.site.site_header = admin.site.site_title = "Cars"
admin.autodiscover()

app_name = "admin"
urlpatterns = admin.site.get_urls()
