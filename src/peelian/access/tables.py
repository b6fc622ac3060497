"""Who is posted where, what is restricted to whom, and what two people decided. All of it is dated and nothing is removed."""

from __future__ import annotations

from django.db import models


class Team(models.Model):
    """People of one agency who work on the same cases."""

    code = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.name


class Dated(models.Model):
    """What holds from one day until another, the first day on which it holds no more."""

    start = models.DateField()
    until = models.DateField(null=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Posting(Dated):
    """Somebody's place in a team, with the roles that go with it."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="postings")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True)
    roles = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["user", "start"])]


class Clearance(Dated):
    """A vetting or a training that somebody holds."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="clearances")
    kind = models.CharField(max_length=10, choices=[("vetting", "Vetting"), ("training", "Training")])
    name = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["user", "start"])]


class Restriction(models.Model):
    """One mention (`feed/key`), or one record with all it says (`feed/reference`), that only those named may see."""

    kind = models.CharField(max_length=10, choices=[("mention", "A person in one record"), ("record", "A record")])
    feed = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    rule = models.CharField(max_length=40)  # staff-as-subject, or named: by hand
    owner = models.CharField(max_length=150)  # user, or role in words, who is told of a break-glass
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "feed", "key", "rule"], condition=models.Q(lifted_at=None), name="restricted_once"
            )
        ]
        indexes = [models.Index(fields=["lifted_at"])]


class Grant(Dated):
    """Who may see something restricted all the same: one person, one team, or everyone in a role."""

    restriction = models.ForeignKey(Restriction, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True)
    role = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300)


class BreakGlass(models.Model):
    """A sight that policy refuses, taken in need: with a reason, for some hours, and reviewed by another."""

    uid = models.CharField(max_length=24, unique=True)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="broken")
    record_class = models.CharField(max_length=80)
    feed = models.CharField(max_length=60, default="")
    key = models.CharField(max_length=80, blank=True, default="")  # of one restricted record; empty for the class
    purpose = models.CharField(max_length=50)
    reason = models.CharField(max_length=500)
    owner = models.CharField(max_length=200)  # the controller of the class, who is told
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    finding = models.CharField(
        max_length=14, blank=True, choices=[("justified", "Justified"), ("not-justified", "Not justified")]
    )
    note = models.CharField(max_length=500, blank=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"]), models.Index(fields=["reviewed_at"])]


class Change(models.Model):
    """A change of a threshold or a setting: proposed by one person, approved by another. The last one approved holds."""

    uid = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField()
    reason = models.CharField(max_length=500)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=150, blank=True)
    refused_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "approved_at"])]


class SafeContact(models.Model):
    """How somebody must not be contacted. Keyed by a mention; it holds for everyone whom the records call the same person."""

    key = models.CharField(max_length=160, db_index=True)  # feed/key
    channel = models.CharField(max_length=10)  # letter, text, voicemail, call, email, visit; any
    only_via = models.CharField(max_length=200, blank=True)  # the professional through whom alone
    hour_from = models.PositiveSmallIntegerField(null=True)  # London hours between which the channel is safe
    hour_until = models.PositiveSmallIntegerField(null=True)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True)


class Token(models.Model):
    """The key of a machine's account for the API. Only its hash is kept; the key itself is shown once, when it is made."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    until = models.DateField()  # the first day on which it opens nothing
    revoked_by = models.CharField(max_length=150, blank=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
