from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "peelian.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the settings of this floor."""
        from . import break_glass  # noqa: F401
        from .log import unusual  # noqa: F401
