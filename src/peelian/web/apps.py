from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "peelian.web"
    label = "web"
