"""Users, agencies, classes of record and the log of every look."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Agency(models.Model):
    """A police force or a partner whose people use Peelian."""

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[("police", "Police force"), ("partner", "Partner agency")])

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
    handling = models.CharField(max_length=20, choices=[("open", "Open data"), ("police", "Police only")])
    controller = models.CharField(max_length=120)
    regime = models.CharField(
        max_length=40,
        choices=[("part3", "Data Protection Act 2018, Part 3"), ("gdpr", "UK GDPR"), ("none", "No personal data")],
    )
    onward = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.code


class Entry(models.Model):
    """One act: who did what, when, on whose behalf and why (Data Protection Act 2018, s.62). No foreign keys."""

    at = models.DateTimeField()
    user = models.CharField(max_length=150)
    agency = models.CharField(max_length=50)
    purpose = models.CharField(max_length=50)
    verb = models.CharField(max_length=20)
    what = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["user", "at"])]


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
