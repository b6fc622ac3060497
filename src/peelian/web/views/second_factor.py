"""The second factor: a code from an authenticator (RFC 6238), or one of ten recovery codes."""

from __future__ import annotations

from base64 import b32encode
from io import BytesIO
from typing import Any

import qrcode
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django_otp import devices_for_user, login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from peelian.access.log.entries import record_sign
from peelian.web.forms import CodeForm
from peelian.web.sessions import DONE, FACTOR, NEEDED, has_factor

CODES = 10
WAIT = "Too many wrong codes. Wait a little, then enter the code shown then."


def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code; or, for an account without a second factor, help to set one up."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    after = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = resolve_url("home")
    known = has_factor(request.user)
    if known and request.session.get(FACTOR) != NEEDED:
        return render(request, "peelian/second_factor_set.html", {"left": _codes_left(request.user)})
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _tried(request, form, known, after)
    return _ask(request, form, known, after)


second_factor.login_required = False


def _tried(request: HttpRequest, form: CodeForm, known: bool, after: str) -> HttpResponse:
    code = form.cleaned_data["code"]
    devices = list(devices_for_user(request.user)) if known else [_new_device(request.user)]
    with transaction.atomic():
        open_ = [d for d in devices if d.verify_is_allowed()[0]]  # each waits longer with every wrong code
        device = next((d for d in open_ if d.verify_token(code)), None)
    if device is None:
        record_sign("failed sign-in", request.user.username, at=timezone.now(), how="second factor")
        form.add_error("code", "The code is not right. Enter the one shown now; each works once." if open_ else WAIT)
        return _ask(request, form, known, after)
    request.session.cycle_key()
    login(request, device)
    request.session[FACTOR] = DONE
    if known:
        record_sign("sign-in", request.user.username, at=timezone.now(), how="password and second factor")
        return redirect(after)
    device.confirmed = True
    device.save()
    record_sign("sign-in", request.user.username, at=timezone.now(), how="second factor set up")
    return render(request, "peelian/recovery_codes.html", {"codes": _new_codes(request.user), "next": after})


def _ask(request: HttpRequest, form: CodeForm, known: bool, after: str) -> HttpResponse:
    given: dict[str, Any] = {"form": form, "next": after}
    if known:
        return render(request, "peelian/second_factor.html", given)
    device = _new_device(request.user)
    secret = b32encode(device.bin_key).decode()
    picture = BytesIO()
    qrcode.make(device.config_url, image_factory=SvgPathImage, box_size=8).save(picture)
    svg = picture.getvalue().decode()
    given |= {
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        "picture": mark_safe(svg[svg.index("<svg") :]),
    }
    return render(request, "peelian/second_factor_new.html", given)


def _new_device(user: Any) -> TOTPDevice:
    """The device that waits for its first code. The same at each look, so that a page seen twice shows one secret."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "authenticator"})[0]


def _new_codes(user: Any) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() for _ in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _codes_left(user: Any) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())
