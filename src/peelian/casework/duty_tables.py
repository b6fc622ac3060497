"""The force's own people as its feeds know them: their staff number, and what they are accredited for."""

from __future__ import annotations

from django.db import models


class StaffNumber(models.Model):
    """The number under which the force's own feeds know an account."""

    user = models.CharField(max_length=150, primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Accreditation(models.Model):
    """What somebody is accredited for, from a day to the first on which it holds no more; the register read again replaces it."""

    user = models.CharField(max_length=150)
    name = models.CharField(max_length=60)
    start = models.DateField()
    until = models.DateField(null=True)
    reference = models.CharField(max_length=80, unique=True)  # of the training register

    class Meta:
        indexes = [models.Index(fields=["user", "start"], name="accredited_user")]

    def __str__(self) -> str:
        return self.reference
