"""Cases and their journal, in the columns of kinds.md; everything but the journal is a cache that `peelian verify cases` proves.

Overdue is no column: it is `due <= at`, so passing time writes nothing. Facts of the classes `special` and `source` lie in a
column of their own, which lists never read.
"""

from __future__ import annotations

import secrets

from django.db import models

from peelian.access.models import RecordClass


def new_ref() -> str:
    """A name for addresses that cannot be guessed and tells nothing: 96 random bits."""
    return secrets.token_hex(12)


class Case(models.Model):
    """One case as the fold of its journal says it stands; `seq` is the last entry that was folded."""

    ref = models.CharField(max_length=24, unique=True, default=new_ref)
    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)  # of the kind
    stage = models.CharField(max_length=40)
    closed = models.BooleanField(default=False)
    area = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    owner = models.CharField(max_length=160)  # a username, or team:CODE
    accepted = models.BooleanField(default=False)
    offered_to = models.CharField(max_length=160, blank=True)
    offer_at = models.DateTimeField(null=True)
    supporter = models.CharField(max_length=150, blank=True)  # of an owner who may not own it alone
    support_until = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    subject = models.CharField(max_length=24, blank=True)  # ref of a mention
    subject_key = models.CharField(
        max_length=160, blank=True
    )  # feed/key of that mention, by which restrictions hide it
    subject_record = models.CharField(max_length=160, blank=True)  # feed/reference of the record it stands in
    agency = models.CharField(max_length=50, blank=True)  # code of the partner that leads; empty: the force
    origin = models.CharField(max_length=80, blank=True)  # reference in the force's own system
    next_due = models.DateTimeField(null=True)  # of its running clocks, the first
    due_order = (
        models.DateTimeField()
    )  # next_due, or the end of time: the two databases put empty ones at different ends
    seq = models.PositiveIntegerField()
    facts = models.JSONField(default=dict)
    private_facts = models.JSONField(default=dict)
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "stage", "due_order", "id"], name="case_kind"),
            models.Index(fields=["kind", "due_order", "id"], condition=models.Q(closed=False), name="case_queue"),
            models.Index(fields=["opened_at", "id", "kind"], condition=models.Q(closed=False), name="case_oldest"),
            models.Index(fields=["kind", "opened_at", "id"], condition=models.Q(closed=False), name="case_kind_oldest"),
            models.Index(fields=["owner", "due_order", "id"], condition=models.Q(closed=False), name="case_owner"),
            # The class and the kind stand in it, so that what is due among all is counted in the index alone.
            models.Index(
                fields=["due_order", "id", "record_class", "kind"], condition=models.Q(closed=False), name="case_due"
            ),
            models.Index(
                fields=["offer_at", "id"], condition=models.Q(offer_at__isnull=False, closed=False), name="case_offered"
            ),
            models.Index(fields=["kind", "area", "opened_at"], name="case_area"),
            models.Index(fields=["subject"], condition=~models.Q(subject=""), name="case_subject"),
            models.Index(fields=["subject_key"], condition=~models.Q(subject_key=""), name="case_subject_key"),
            models.Index(fields=["subject_record"], condition=~models.Q(subject_record=""), name="case_subject_record"),
            models.Index(
                fields=["supporter"], condition=models.Q(closed=False) & ~models.Q(supporter=""), name="case_supporter"
            ),
            models.Index(fields=["agency", "due_order"], condition=~models.Q(agency=""), name="case_agency"),
            models.Index(fields=["origin"], condition=~models.Q(origin=""), name="case_origin"),
        ]

    class_path = "record_class"
    restricted = (("mentions", "", "subject_key"), ("records", "", "subject_record"))

    def __str__(self) -> str:
        return self.ref


class JournalEntry(models.Model):
    """What somebody did: never changed, never removed. That no two hold one `seq` is the lock between two editors.

    `digest` covers the entry and the digest before it; the access log, which is sealed, holds it too (`log` is the entry there).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="journal", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()  # when it was so
    known = models.DateTimeField()  # when it was written
    by = models.CharField(max_length=150)
    agency = models.CharField(max_length=50, blank=True)  # of whoever wrote it
    verb = models.CharField(max_length=20)
    name = models.CharField(max_length=60, blank=True)  # of the act, decision or ask
    item = models.CharField(max_length=60, blank=True)
    to = models.CharField(max_length=160, blank=True)  # whom it was offered to, or which agency was asked
    given = models.JSONField(default=dict)
    proposal = models.JSONField(null=True)
    reason = models.CharField(max_length=2000, blank=True)
    kind_version = models.PositiveSmallIntegerField(default=1)
    digest = models.CharField(max_length=64)
    log = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="journal_once")]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq}"


class Item(models.Model):
    """A row inside a case: of one of its parts, or a question to another agency (`ask`)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items", db_index=False)
    item = models.CharField(max_length=60)  # as the journal names it
    ref = models.CharField(max_length=24, unique=True, default=new_ref)  # as another agency's pages name it
    part = models.CharField(max_length=40)
    ask = models.BooleanField(default=False)
    at = models.DateTimeField()
    known = models.DateTimeField()
    agency = models.CharField(max_length=50, blank=True)  # code of the agency that is asked
    state = models.CharField(max_length=20, blank=True)  # of an ask: asked, answered, declined, withdrawn
    withdrawn = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    private_facts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "item"], name="item_once")]
        indexes = [
            models.Index(fields=["part", "agency", "answered_at"], name="item_part"),
            models.Index(fields=["agency", "answered_at"], condition=models.Q(ask=True), name="item_asked"),
        ]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return self.ref


class Run(models.Model):
    """One run of a clock: what was due when, why, and how it ended. A clock that started again has another `n`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="runs", db_index=False)
    item = models.CharField(max_length=60, blank=True)
    clock = models.CharField(max_length=60)
    n = models.PositiveIntegerField()
    duty = models.BooleanField(default=True)  # late work where it runs out; otherwise a term that lapses
    start = models.DateTimeField()
    due = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)  # when it was folded; `due` says what time has made of it since
    limit = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=12, blank=True)
    version = models.CharField(max_length=120, blank=True)  # of the rule

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "item", "clock", "n"], name="run_once")]
        indexes = [
            models.Index(fields=["due", "id"], condition=models.Q(ended=None), name="run_due"),
            models.Index(fields=["clock", "due"], name="run_clock"),
        ]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return f"{self.case_id} {self.item} {self.clock} {self.n}"


class Taken(models.Model):
    """A decision that a person took, beside what was proposed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="taken", db_index=False)
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    item = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=60)
    proposed = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    rests_on = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="taken_once")]
        indexes = [models.Index(fields=["name", "outcome", "at"], name="taken_outcome")]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Notice(models.Model):
    """Word that a clock ran out, an offer climbed or support ended: raised once, however often and late one looks."""

    WHAT = [(w, w) for w in ("overdue", "lapsed", "unaccepted", "support ended", "unset", "climbed")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices", db_index=False)
    what = models.CharField(max_length=15, choices=WHAT)
    clock = models.CharField(max_length=60, blank=True)
    item = models.CharField(max_length=60, blank=True)
    start = models.DateTimeField()  # of the run or the offer
    step = models.CharField(max_length=60, blank=True)  # of the ladder: who must answer now
    due = models.DateTimeField()
    to = models.CharField(max_length=160)  # who owned the case then, or must answer
    at = models.DateTimeField()  # when it was raised

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "what", "clock", "item", "start", "step"], name="notice_once")
        ]
        indexes = [models.Index(fields=["to", "at"], name="notice_to")]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"


# They refer to the tables above.
from .duty_tables import Accreditation, StaffNumber  # noqa: E402
from .measure_tables import CaseHold, Followed, Measured, MeasureSum, WriteBack  # noqa: E402
from .tables import Attachment, Draft, Duty, FeedCursor, SupportContact  # noqa: E402

__all__ = [
    "Accreditation", "Attachment", "Case", "CaseHold", "Draft", "Duty", "FeedCursor", "Followed", "Item", "JournalEntry",
    "Measured", "MeasureSum", "Notice", "Run", "StaffNumber", "SupportContact", "Taken", "WriteBack",
]  # fmt: skip
