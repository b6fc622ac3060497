"""Who is on duty and what they are accredited for, as the landed feeds and the people themselves say; contacts of supporters."""

from __future__ import annotations

from django.db import models


class StaffNumber(models.Model):
    """The number under which the force's own feeds know an account."""

    user = models.OneToOneField("access.User", on_delete=models.PROTECT, primary_key=True, related_name="staff")
    number = models.CharField(max_length=20, unique=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Duty(models.Model):
    """A span in which somebody is on duty: planned by the roster, or signed on at the page. Its end may come early, never late."""

    ROSTER, PAGE = "roster", "page"

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="duties")
    start = models.DateTimeField()
    until = models.DateTimeField()
    source = models.CharField(max_length=10, choices=[(ROSTER, "Duty roster"), (PAGE, "Signed on")])
    reference = models.CharField(max_length=80, blank=True)  # of the roster; rows without one are signed on
    available = models.BooleanField(default=True)  # false: abstracted or away; the page never says which
    signed_off = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "until"]), models.Index(fields=["start", "until"])]
        constraints = [
            models.UniqueConstraint(fields=["reference"], condition=~models.Q(reference=""), name="duty_rostered_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class Accreditation(models.Model):
    """What somebody is accredited for, from a day to the first on which it holds no more, as the training register says."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="accreditations")
    name = models.CharField(max_length=60)
    start = models.DateField()
    until = models.DateField(null=True)
    reference = models.CharField(max_length=80, unique=True)

    class Meta:
        indexes = [models.Index(fields=["user", "start"])]

    def __str__(self) -> str:
        return self.reference


class Loaded(models.Model):
    """Which batches of a feed the two tables above were last made from."""

    feed = models.CharField(max_length=60, primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.feed


class SupportContact(models.Model):
    """One contact of a supporter with the officer whom they support on a case. Never changed or removed."""

    HOW = [
        ("met", "Met"),
        ("call", "Telephone or video call"),
        ("message", "Message"),
        ("review", "Reviewed the case together"),
    ]

    case = models.CharField(max_length=24, db_index=True)  # the case's ref
    supporter = models.CharField(max_length=150)
    officer = models.CharField(max_length=150)
    how = models.CharField(max_length=10, choices=HOW)
    note = models.CharField(max_length=500)
    at = models.DateTimeField()
    known = models.DateTimeField()
    by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.case} {self.pk}"
