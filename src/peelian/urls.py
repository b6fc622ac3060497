from django.urls import include, path

urlpatterns = [path("", include("peelian.web.urls"))]
