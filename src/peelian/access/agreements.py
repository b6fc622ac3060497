"""Sharing agreements as data: which partner sends which feed, for what, and by when. Loaded from TOML, each change on the record."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peelian.core.errors import Faults, PeelianError

from .models import Agency, Agreement
from .purposes import PURPOSES

if TYPE_CHECKING:
    from .actor import Actor

Words = Annotated[str, Field(min_length=1, max_length=300)]


class _Agreement(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,59}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    party: Annotated[str, Field(min_length=1, max_length=120)]
    feed: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
    purposes: Annotated[list[Words], Field(min_length=1)]
    basis: Words
    every: Annotated[int, Field(ge=1, le=12)]
    due: Annotated[int, Field(ge=0, le=365)]
    least: Annotated[float, Field(ge=0, le=1)] | None = None
    start: date
    end: date | None = None
    owner: Annotated[str, Field(min_length=1, max_length=120)]
    to: list[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,50}$")]] = []
    classes: list[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$")]] = []


CLASS_OF_FEED: dict[str, str] = {}  # filled by the floor above, which declares the feeds


def load_agreements(path: Path, *, actor: Actor, at: datetime) -> list[Agreement]:
    """Load every ``[[agreement]]`` of a TOML file; one of a code that is held takes its place.

    Raises
    ------
    PeelianError
        If the file cannot be read as TOML, or holds no agreement.
    Faults
        With every fault of every agreement; none of them is loaded then.
    """
    from .actor import record_act, require_police

    require_police(actor)
    try:
        declared = tomllib.loads(path.read_text("utf-8")).get("agreement", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found = str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
        raise PeelianError(
            "the agreements cannot be read",
            where=path.name,
            found=found,
            fix="give a TOML file in UTF-8",
            id="peelian.E307",
        ) from None
    if not isinstance(declared, list) or not declared:
        raise PeelianError(
            "the file holds no agreement", where=path.name, fix="write each under [[agreement]]", id="peelian.E307"
        )
    told, faults = [], []
    for n, one in enumerate(declared, start=1):
        try:
            told.append(_Agreement.model_validate(one))
        except ValidationError as error:
            faults += [
                PeelianError(
                    "an agreement cannot be used", where=f"{path.name}, agreement {n}, {'.'.join(map(str, fault['loc']))}",
                    found=fault["msg"].lower(), fix="mend that line", id="peelian.E308",
                )
                for fault in error.errors()
            ]  # fmt: skip
    faults += [
        PeelianError(
            "an agreement cannot be used",
            where=f"{path.name}, agreement {one.code}",
            found=words,
            fix="mend that line",
            id="peelian.E308",
        )
        for one in told
        for words in _wrong(one, [t.code for t in told])
    ]
    if faults:
        raise Faults(faults)
    with transaction.atomic():
        held = [
            Agreement.objects.update_or_create(code=one.code, defaults=one.model_dump(exclude={"code"}))[0]
            for one in told
        ]
        record_act(actor, "alteration", "sharing agreements", detail={"codes": [a.code for a in held]}, at=at)
    return held


def _wrong(one: _Agreement, codes: list[str]) -> list[str]:
    words = [f"the purpose {p!r} is none of: {', '.join(PURPOSES)}" for p in one.purposes if p not in PURPOSES]
    if missing := sorted(set(one.to) - set(Agency.objects.filter(code__in=one.to).values_list("code", flat=True))):
        words.append(f"no agency has the code {missing[0]!r}")
    if one.end and one.end < one.start:
        words.append("it ends before it begins")
    if codes.count(one.code) > 1:
        words.append("another agreement of the file has its code")
    return words


def in_force(on: date) -> list[Agreement]:
    """Agreements that hold on a day, by party."""
    return [
        a for a in Agreement.objects.filter(start__lte=on).order_by("party", "code") if a.end is None or a.end >= on
    ]


def shared_with(agency: Agency, purpose: str, on: date) -> set[str]:
    """Codes of the classes of record that agreements in force on a day give an agency for a purpose.

    An agreement that names no agency in `to` shares with the force.
    """
    return {
        code
        for one in in_force(on)
        if purpose in one.purposes and (agency.code in one.to if one.to else agency.kind == "police")
        for code in (CLASS_OF_FEED.get(one.feed, ""), *one.classes)
        if code
    }


def periods(agreement: Agreement, on: date) -> list[tuple[date, date, date]]:
    """(first day, last day, day it is due) of each whole period of an agreement that ended before `on`, oldest first."""
    month = agreement.start.year * 12 + agreement.start.month - 1
    if agreement.start.day > 1:
        month += 1  # the first whole month
    found: list[tuple[date, date, date]] = []
    while True:
        first, after = (date(n // 12, n % 12 + 1, 1) for n in (month, month + agreement.every))
        last = after - timedelta(days=1)
        if last >= on or (agreement.end and last > agreement.end):
            return found
        found.append((first, last, last + timedelta(days=agreement.due)))
        month += agreement.every
