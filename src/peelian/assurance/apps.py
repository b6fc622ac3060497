from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from peelian.core.document import Document


class AssuranceConfig(AppConfig):
    name = "peelian.assurance"
    label = "assurance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the register of algorithms among the documents that two people sign."""
        from peelian.documents import governance

        governance.register(governance.Kind("algorithms", "Register of algorithms", _algorithms))


def _algorithms(on: date) -> Document:
    from .algorithms import document  # reads every system, which is loaded when it is asked

    return document(on)
