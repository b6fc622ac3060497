from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    name = "peelian.assurance"
    label = "assurance"
    default_auto_field = "django.db.models.BigAutoField"
