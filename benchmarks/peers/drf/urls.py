from django.contrib import admin
from django.urls import path

from benchmarks.peers.drf import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("cars", views.CarList.as_view()),
    path("cars/<uuid:pk>", views.CarDetail.as_view()),
]
