"""What a session keeps beside the user: whether a second factor is still needed; and how many an account may have."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from peelian.access.log.entries import record_sign
from peelian.access.models import User

FACTOR, NEEDED, DONE = "second-factor", "needed", "done"


def opened(request: HttpRequest, how: str, *, factor_given: bool = False) -> None:
    """Note in a session just opened what it still needs, and end the account's oldest ones past the limit.

    Parameters
    ----------
    how : str
        For the log: ``password`` or ``single sign-on``.
    factor_given : bool
        What single sign-on says of its own second factor.
    """
    user = request.user
    request.session["seen"] = request.session["started"] = int(timezone.now().timestamp())
    if not factor_given and (settings.SECOND_FACTOR == "required" or has_factor(user)):
        request.session[FACTOR] = NEEDED  # the entry is written once the code is given
    else:
        record_sign("sign-in", user.username, at=timezone.now(), how=how)
    request.session.save()
    for key in _sessions(user)[: -settings.SESSIONS]:
        Session.objects.filter(session_key=key).delete()


def has_factor(user: User) -> bool:
    """Whether the account has a second factor that was once confirmed."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def _sessions(user: User) -> list[str]:
    """Keys of the account's open sessions, oldest first. Django's table tells the account only inside each session."""
    found = []
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(user.pk):
            found.append((held.get("started", 0), session.session_key))
    return [key for _, key in sorted(found)]


def note_failed(credentials: dict[str, str], **told: object) -> None:
    """Write the entry of a wrong password (signal `user_login_failed`)."""
    record_sign("failed sign-in", credentials.get("username", ""), at=timezone.now(), how="password")


def note_left(user: User | None, **told: object) -> None:
    """Write the entry of a sign-out (signal `user_logged_out`)."""
    if user is not None:
        record_sign("sign-out", user.username, at=timezone.now())
