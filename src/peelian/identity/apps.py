from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "peelian.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor below what looks unusual where it is known who is who."""
        from . import looking  # noqa: F401
