"""Users, agencies, classes of record and the log of every look."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Agency(models.Model):
    """A police force or a partner whose people use Peelian."""

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[("police", "Police force"), ("partner", "Partner agency")])
    sources = models.JSONField(default=list)  # sources of record classes that are its own

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in; without an agency they see nothing."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True)


class RecordClass(models.Model):
    """Source x category x handling: the unit in which access is decided (design, section 5).

    Law 13: every class names its controller, its regime and its onward limit.
    """

    code = models.SlugField(max_length=80, primary_key=True)
    source = models.CharField(max_length=60)
    category = models.CharField(max_length=60)
    handling = models.CharField(
        max_length=20,
        choices=[
            ("open", "Open data"),
            ("police", "Police only"),
            ("partner", "Partner's own"),
            ("intelligence", "Intelligence"),
            ("standards", "Professional standards"),
            ("safety", "Danger to life, without its source"),
        ],
    )
    controller = models.CharField(max_length=120)
    regime = models.CharField(
        max_length=40,
        choices=[("part3", "Data Protection Act 2018, Part 3"), ("gdpr", "UK GDPR"), ("none", "No personal data")],
    )
    onward = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.code


class Entry(models.Model):
    """One act: who did what, when, on whose behalf and why (Data Protection Act 2018, s.62). No foreign keys, never changed or removed.

    Whom the act concerned stands in `Subject`. `sealed` is the sealer's mark and no part of what is sealed.
    """

    at = models.DateTimeField()
    user = models.CharField(max_length=150)
    agency = models.CharField(max_length=50)
    role = models.CharField(max_length=200, default="")
    team = models.CharField(max_length=120, default="")
    purpose = models.CharField(max_length=50)
    reason = models.CharField(max_length=500, default="")
    verb = models.CharField(max_length=20)
    what = models.CharField(max_length=200)
    recipient = models.CharField(max_length=300, default="")
    detail = models.JSONField(default=dict)
    sealed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["user", "at"]),
            models.Index(fields=["at"]),
            models.Index(fields=["id"], condition=models.Q(sealed=False), name="access_entry_unsealed"),
        ]


class Subject(models.Model):
    """Whom an entry concerns: the `ref` of a mention, never a name."""

    pk = models.CompositePrimaryKey("entry", "ref")
    entry = models.BigIntegerField()
    ref = models.CharField(max_length=24)

    class Meta:
        indexes = [models.Index(fields=["ref", "entry"])]


class Seal(models.Model):
    """A batch of entries, sealed: the root of their Merkle tree, chained to the seal before and signed."""

    number = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()  # number of its first leaf
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)  # hash of the seal before; empty in the first
    at = models.DateTimeField()
    key = models.CharField(max_length=64)  # the public key, raw, in hex
    signature = models.CharField(max_length=128)

    def __str__(self) -> str:
        return str(self.number)


class Leaf(models.Model):
    """The place of one sealed entry in the log, and its hash."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)


class Checkpoint(models.Model):
    """When the head of the log was last given to somebody outside."""

    seal = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    recipient = models.CharField(max_length=300)


class Alert(models.Model):
    """Looking that a rule finds unusual: a proposal. Only a person decides what it was."""

    STATES = [("open", "Open"), ("justified", "Justified"), ("referred", "Referred")]

    uid = models.CharField(max_length=64, unique=True)  # of rule, user and what it rests on, so that it is raised once
    rule = models.CharField(max_length=40)
    user = models.CharField(max_length=150)
    subject = models.CharField(max_length=24, blank=True)
    why = models.CharField(max_length=500)
    figures = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default="open")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "raised_at"])]

    def __str__(self) -> str:
        return self.uid


class Agreement(models.Model):
    """What a partner and the force agreed to share: one feed, for stated purposes, by a stated day."""

    code = models.SlugField(max_length=60, primary_key=True)
    title = models.CharField(max_length=200)
    party = models.CharField(max_length=120)
    feed = models.CharField(max_length=60)
    purposes = models.JSONField()
    basis = models.CharField(max_length=300)
    every = models.PositiveSmallIntegerField()  # months of a period
    due = models.PositiveSmallIntegerField()  # days after the period's last one
    least = models.FloatField(null=True)  # share of optional cells that are to be filled
    start = models.DateField()
    end = models.DateField(null=True)
    owner = models.CharField(max_length=120)
    to = models.JSONField(default=list)  # codes of the agencies that may see; none: the force
    classes = models.JSONField(default=list)  # codes of classes shared beside that of the feed

    class Meta:
        indexes = [models.Index(fields=["feed"])]

    def __str__(self) -> str:
        return self.title


class Released(models.Model):
    """One shareable edition: proposed by one person, approved by another. What was told cannot be untold, so no row is removed.

    `number` is given at approval and has no gap; `after` is the last number that the plan took into account. `content` is what
    the document says beside the planned counts, so that it can be written again from this row alone.
    """

    title = models.CharField(max_length=200)
    recipient = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    plan = models.JSONField()
    content = models.JSONField(default=dict)
    after = models.PositiveIntegerField()
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    number = models.PositiveIntegerField(null=True, unique=True)
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=150, blank=True)
    refused_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.title


# They refer to the tables above.
from .tables import BreakGlass, Change, Clearance, Grant, Posting, Restriction, SafeContact, Team, Token  # noqa: E402

__all__ = [
    "Agency",
    "Agreement",
    "Alert",
    "BreakGlass",
    "Change",
    "Checkpoint",
    "Clearance",
    "Entry",
    "Grant",
    "Leaf",
    "Posting",
    "RecordClass",
    "Released",
    "Restriction",
    "SafeContact",
    "Seal",
    "Subject",
    "Team",
    "Token",
    "User",
]
