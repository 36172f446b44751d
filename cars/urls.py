from django.urls import path

from cars import views

urlpatterns = [
    path("cars", views.CarList.as_view(), name="car-list"),
    # str and not uuid: what is no UUID gets the API's own 404.
    path("cars/<str:pk>", views.CarDetail.as_view(), name="car-detail"),
]
