"""The rows of measures, and what is carried between Peelian and the force's own system."""

from __future__ import annotations

from django.db import models

from peelian.access.models import RecordClass

from .models import Case, new_ref


class Measured(models.Model):
    """One row of a measure: a cache of what the journal of its case says, written with every entry (kinds.md, section 5).

    The case's class stands here too, so that one pass over one index counts what a reader may see.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="measured", db_index=False)
    measure = models.CharField(max_length=90)  # kind.measure
    item = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField(default=0)
    area = models.CharField(max_length=60, blank=True)
    agency = models.CharField(max_length=50, blank=True)
    at = models.DateTimeField()
    month = models.PositiveIntegerField()  # of `at` in London, such as 202611
    hit = models.BooleanField(null=True)  # none: not known yet
    value = models.FloatField(null=True)
    lapses = models.BooleanField(default=False)  # not known yet, and missed once `at` has passed
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "measure", "item", "n"], name="measured_once")]
        indexes = [  # each is read from its first entry to its last, in the order in which it is counted, and nothing else is
            models.Index(fields=["measure", "area", "month", "record_class", "hit", "lapses", "value"], name="measured_areas"),
            models.Index(
                fields=["measure", "agency", "month", "record_class", "hit", "lapses"], name="measured_agencies",
                condition=~models.Q(agency=""),
            ),
            models.Index(
                fields=["measure", "month", "area", "record_class", "at"], name="measured_open",
                condition=models.Q(hit=None, lapses=True),
            ),
        ]  # fmt: skip

    class_path = "record_class"
    restricted = (("mentions", "", "case__subject_key"), ("records", "", "case__subject_record"))

    def __str__(self) -> str:
        return f"{self.case_id} {self.measure}"


class MeasureSum(models.Model):
    """How many rows of a measure an area has in a month, by class of record, so that no look need count them (see `sums`).

    One `kept` row for each; beside it the differences of writes that are not folded into it yet. What is so is the sum of all.
    """

    measure = models.CharField(max_length=90)
    area = models.CharField(max_length=60, blank=True)
    month = models.PositiveIntegerField()
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)
    kept = models.BooleanField(default=False)
    hits = models.IntegerField(default=0)
    missed = models.IntegerField(default=0)
    lapsing = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "area", "month", "record_class"], condition=models.Q(kept=True), name="sum_once"
            )
        ]
        indexes = [  # read in the order in which it is added up, and nothing else is
            models.Index(
                fields=["measure", "area", "month", "record_class", "hits", "missed", "lapsing", "unknown"],
                name="sum_read",
            ),
            models.Index(fields=["id"], condition=models.Q(kept=False), name="sum_loose"),
        ]

    class_path = "record_class"

    def __str__(self) -> str:
        return f"{self.measure} {self.area} {self.month}"


class Followed(models.Model):
    """A record of the force's own system, and the case that follows it. One record opens one case of a kind, however often it comes."""

    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="followed")
    version = models.CharField(max_length=80, blank=True)  # of the record, that the case holds
    given = models.JSONField(default=dict)  # what the record said then, as facts
    data_at = models.DateTimeField()  # when the record was so in its own system
    at = models.DateTimeField()  # when it was taken in
    open_there = models.BooleanField(default=True)
    pending = models.JSONField(null=True)  # a change that could not be taken in, as it came
    fault = models.CharField(max_length=300, blank=True)  # why
    told = models.PositiveIntegerField(
        default=0
    )  # seq of the case's journal up to which decisions were written down to be told
    taken_over = models.DateTimeField(null=True)  # the cut-over that brought it: what was overdue then is inherited

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "reference", "kind"], name="followed_once")]
        indexes = [models.Index(fields=["taken_over"], condition=~models.Q(taken_over=None), name="followed_taken")]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class WriteBack(models.Model):
    """What was decided and is to be told to the force's own system: tried until it is confirmed, under one key each time."""

    key = models.CharField(max_length=24, unique=True, default=new_ref)
    followed = models.ForeignKey(Followed, on_delete=models.PROTECT, related_name="told_back")
    seq = models.PositiveIntegerField()  # of the case's journal
    body = models.JSONField()
    at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["followed", "seq"], name="told_back_once")]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(done_at=None), name="told_back_waiting")]

    class_path = "followed__case__record_class"

    def __str__(self) -> str:
        return self.key


class CaseHold(models.Model):
    """A legal hold on a case (court, disclosure, inquiry): nothing of it is erased while it stands."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    since = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(lifted_at=None), name="case_held_once")
        ]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return str(self.pk)
