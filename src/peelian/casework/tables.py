"""What stands beside the journal: attached files, half-filled forms, duties, support, and how far a feed was read."""

from __future__ import annotations

from django.db import models

from .models import Case, new_ref


class Attachment(models.Model):
    """A file that belongs to a case. Its bytes lie under attachments/ in the data folder, named by their hash."""

    SCANNED = [("waiting", "Waiting"), ("clean", "Clean"), ("refused", "Refused"), ("not scanned", "Not scanned")]

    ref = models.CharField(max_length=24, unique=True, default=new_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    item = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    scanned = models.CharField(max_length=12, choices=SCANNED, default="waiting")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    removed_by = models.CharField(max_length=150, blank=True)
    removed_at = models.DateTimeField(null=True)
    removed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sha256"])]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return self.ref


class Draft(models.Model):
    """What somebody typed and has not saved yet: no part of the case, and only they see it. Saved, it is emptied; its number stays
    for a while, so that the same form sent twice is saved once."""

    uid = models.CharField(max_length=24, unique=True)  # of the form
    user = models.CharField(max_length=150)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, related_name="drafts"
    )  # none: it would open one
    kind = models.CharField(max_length=40)
    act = models.CharField(max_length=60)
    item = models.CharField(max_length=60, blank=True)
    given = models.JSONField(default=dict)  # as typed: lists of texts by the name of the input
    seen = models.PositiveIntegerField(default=0)  # the last entry that they saw when they began
    revision = models.PositiveIntegerField(default=0)
    tab = models.CharField(max_length=40, blank=True)  # the open window that wrote last
    at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)
    saved_as = models.CharField(max_length=64, blank=True)  # keyed hash of what was saved
    result = models.CharField(max_length=24, blank=True)  # ref of the case

    class Meta:
        indexes = [
            models.Index(fields=["user", "kind", "act"], condition=models.Q(saved_at=None), name="draft_waiting"),
            models.Index(fields=["user", "saved_at"], name="draft_saved"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FeedCursor(models.Model):
    """How far the force's own system was read: `at` is when, `data_at` how old its data were then."""

    source = models.CharField(max_length=60, primary_key=True)
    cursor = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    data_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.source


class Duty(models.Model):
    """When somebody is on duty, as the roster says; a roster read again replaces its own rows from that day on."""

    user = models.CharField(max_length=150)
    team = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=40, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    source = models.CharField(max_length=60)  # the roster it came from
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "start", "source"], name="duty_once")]
        indexes = [
            models.Index(fields=["end", "start"], name="duty_when"),
            models.Index(fields=["team", "end"], name="duty_team"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SupportContact(models.Model):
    """A supporter's word with the officer whose work they support."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="support_contacts")
    officer = models.CharField(max_length=150)
    supporter = models.CharField(max_length=150)
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    known = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["officer", "at"], name="support_officer")]

    class_path = "case__record_class"

    def __str__(self) -> str:
        return str(self.pk)
