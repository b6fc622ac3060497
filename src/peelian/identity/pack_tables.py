"""What an intelligence pack asked of several systems, what each answered, and when.

A pack is kept here so that any process can show it and it can be read later as it was. Everything is per question, nothing per
person: the lines cite the records that say them, and go with those records when they are erased.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import models

from peelian.records.erasers import Row


class Pack(models.Model):
    """One pack: the question as it was put, and by whom. Times stand in `PackTime`, answers in `PackAnswer`."""

    ref = models.CharField(max_length=24, unique=True)  # unguessable: what addresses show
    incident = models.CharField(max_length=80, db_index=True)  # the reference of command and control
    opened_at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=150)
    agency = models.CharField(max_length=50)
    purpose = models.CharField(max_length=50)
    asked = models.JSONField()  # address, postcode, phones, people
    keys = models.JSONField(default=list)  # of the mentions of each person shown: a list for each person
    issued_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.ref


class PackAnswer(models.Model):
    """What one source was asked and said. One that was asked and has not ended past its deadline is silent, whoever asked it."""

    ASKED, ANSWERED, SILENT, REFUSED, OFF = "asked", "answered", "silent", "refused", "off"

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="answers")
    source = models.CharField(max_length=40)
    tier = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=ASKED)
    asked_at = models.DateTimeField()
    late_at = models.DateTimeField()  # from here on an answer that has not come is silence
    ended_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)  # how old the data are, as the source says
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True)
    lines = models.JSONField(default=list)
    counted = models.JSONField(default=list)  # [[number, what, why it is not shown], ...]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "source"], name="pack_answer_once")]


class PackTime(models.Model):
    """When something was so (`at`), and when it was told here (`known`): call, grade, dispatch, arrival, each tier. Never changed."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="times")
    what = models.CharField(max_length=20)
    at = models.DateTimeField()
    known = models.DateTimeField()
    by = models.CharField(max_length=150)
    detail = models.CharField(max_length=80, blank=True)  # of a grade, its name


def erase_lines(rows: Collection[Row]) -> Mapping[str, int]:
    """Take out of every pack kept the lines that cite these rows; how many went. In the caller's transaction."""
    gone, wanted = 0, {tuple(row) for row in rows}
    for answer in PackAnswer.objects.filter(source__startswith="own").iterator(chunk_size=200):
        left = [one for one in answer.lines if wanted.isdisjoint((row["batch"], row["line"]) for row in one["rests"])]
        if len(left) < len(answer.lines):
            gone += len(answer.lines) - len(left)
            answer.lines = left
            answer.save(update_fields=["lines"])
    return {"pack lines": gone} if gone else {}
