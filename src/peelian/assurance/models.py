"""What was counted for the board, so that it need not be counted again until something changed."""

from __future__ import annotations

from django.db import models


class Counted(models.Model):
    """The counts of one kind's measures, by class of record, as of a position of the journal: a cache, and nothing that is not in it.

    `cells` holds counts by measure, class, area and month; `lines` what was worked out of such counts, by their digest.
    """

    kind = models.CharField(max_length=40, unique=True)
    entry = models.BigIntegerField()  # the last entry of any journal when it was counted
    setting = models.CharField(max_length=40, blank=True)  # up to which change of a local value clocks had followed
    since = models.PositiveIntegerField()  # the first month counted
    at = models.DateTimeField()
    cells = models.JSONField(default=dict)
    lines = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.kind
