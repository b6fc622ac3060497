"""What was worked out for the board, so that it need not be worked out again until something changed."""

from __future__ import annotations

from django.db import models


class Counted(models.Model):
    """The lines of one kind's measures, as of a position of the journal: a cache of what follows from the rows.

    `lines` holds, by measure, what each sight of them gave, by its digest.
    """

    kind = models.CharField(max_length=40, unique=True)
    entry = models.BigIntegerField()  # the last entry of any journal when it was counted
    setting = models.CharField(max_length=40, blank=True)  # up to which change of a local value clocks had followed
    at = models.DateTimeField()
    lines = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.kind
