from django.urls import path
from django.views.decorators.cache import cache_control

from cars import views

# Anybody may keep a list or a car, if they ask each time whether it is still the same.
revalidated = cache_control(no_cache=True)

urlpatterns = [
    path("cars", revalidated(views.CarList.as_view()), name="car-list"),
    # str and not uuid: what is no UUID gets the API's own 404.
    path("cars/<str:pk>", revalidated(views.CarDetail.as_view()), name="car-detail"),
]
