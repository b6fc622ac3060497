from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "peelian.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor below which class of record each feed has: agreements name feeds, policy decides on classes."""
        from peelian.access.agreements import CLASS_OF_FEED

        from .feeds import FEEDS

        CLASS_OF_FEED.update({feed.name: feed.record_class.code for feed in FEEDS.values()})
