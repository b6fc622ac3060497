"""P3: full and shareable editions of a problem profile.

The full edition is `problem_profiles.problem_profile`. The shareable one is planned against every earlier release, proposed by one
person, approved by another, and then written from the approved plan: nothing is counted or planned again.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from peelian import __version__
from peelian.access.actor import record_act, require_police
from peelian.access.release import Address, Release, plan
from peelian.access.release.writers import WRITERS
from peelian.core.clock import london_day
from peelian.core.document import Document, Figure
from peelian.core.errors import InvalidInput, PeelianError
from peelian.prevention.themes import THEMES

from .problem_profiles import enough
from .profile.gather import gather
from .profile.release_tables import Axes, placed, release_tables
from .profile.scope import Scope
from .shareable_content import Content
from .shareable_document import shareable_document
from .templates import theme_of

if TYPE_CHECKING:
    from peelian.access.actor import Actor
    from peelian.access.models import Released

SHORT = 12  # digits of a digest that people type
State = Literal["waits", "overtaken", "approved", "refused"]


def propose_edition(
    actor: Actor,
    theme: str,
    *,
    area: str,
    start: date,
    end: date,
    recipient: str,
    at: datetime,
    rng: np.random.Generator,
    feed: str | None = None,
) -> Released:
    """Plan a shareable edition and put it before a second person.

    Parameters
    ----------
    actor : Actor
        Of the force.
    theme, area, start, end, feed
        As in `problem_profiles.problem_profile`; the period is whole months.
    recipient : str
        To whom it goes.
    at : datetime
    rng : numpy.random.Generator
        For the choice of what else to withhold; its seed must not be known outside.

    Returns
    -------
    Released
        Not approved yet: nothing may leave the force.

    Raises
    ------
    Denied
        If the actor is not of the force.
    InvalidInput
        As `problem_profile`; ``peelian.E512`` if the period is not whole months; ``peelian.E513`` if no recipient is stated.
    PeelianError
        ``peelian.E303`` if earlier releases already narrow a small count of it.
    """
    from peelian.access.release import ledger

    require_police(actor)
    if not recipient.strip() or len(recipient.strip()) > 200:
        raise InvalidInput(
            "a shareable edition needs a recipient",
            found=f"{len(recipient.strip())} letters",
            matters="the record of the disclosure says to whom it went",
            fix="name the agency or meeting that it is for, in at most 200 letters",
            id="peelian.E513",
        )
    scope = gather(actor, theme_of(theme), area=area, start=start, end=end, on=london_day(at), feed=feed)
    enough(scope)
    content = content_of(scope, recipient.strip())
    planned = plan(release_tables(scope), earlier=ledger.earlier(), rng=rng)
    document = shareable_document(content, planned.release)
    proposal: Released = ledger.propose(
        planned,
        title=f"{document.title}, {document.subtitle}"[:200],
        recipient=content.recipient,
        digest=digest(document),
        actor=actor,
        at=at,
        content=content.to_json(),
    )
    return proposal


def content_of(scope: Scope, recipient: str) -> Content:
    """What the edition says beside its counts.

    Raises
    ------
    InvalidInput
        ``peelian.E512`` if the period is not whole months.
    """
    from peelian.records.feeds import FEEDS

    axes = Axes.of(scope)
    whole, span, every = (next(iter(axis)) for axis in (axes.area, axes.period, axes.category))
    names = {code: place.name for code, place in {**scope.lsoas, **scope.districts}.items()}
    categories = tuple(code for code, parts in axes.category.items() if not parts)
    names |= {code: THEMES[code].title if code in THEMES else code.replace("-", " ").capitalize() for code in categories}  # fmt: skip
    people = {code: round(n) for code, n in scope.population.items()}
    inside: dict[str, list[str]] = {}
    for code, lsoa in scope.lsoas.items():
        inside.setdefault(lsoa.parent, []).append(code)
    districts = tuple(code for code in scope.districts if scope.whole and placed(scope))
    for total, codes in [*((code, inside[code]) for code in districts), (whole, list(scope.lsoas))]:
        # Only of areas whose every part has a figure: a rate of part of the people would be too high.
        if codes and all(code in scope.population for code in codes):
            people[total] = round(sum(scope.population[code] for code in codes))
    source = FEEDS[scope.feed]
    return Content(
        title=scope.theme.title,
        one=scope.theme.one,
        many=scope.theme.many,
        police_generated=scope.theme.police_generated,
        area=scope.area,
        period=scope.period,
        recipient=recipient,
        edition=str(scope.on),
        feed=source.title,
        controller=source.record_class.controller,
        onward=source.record_class.onward,
        codes={"area": whole, "period": span, "category": every},
        names=names,
        districts=districts,
        lsoas=tuple(scope.lsoas) if placed(scope) else (),
        months=tuple(code for code, parts in axes.period.items() if not parts),
        categories=categories,
        people=people,
        people_year=scope.years.get("population"),
        # Whether a limit in words allows counts to be passed on is for its controller to say, so only open data are passed on unasked.
        left_out=tuple(
            (held.title, FEEDS[held.partner.feed].record_class.onward) for held in scope.partners if held.landed
        ),
        version=__version__,
    )


def digest(document: Document) -> str:
    """SHA-256 of every text that a document prints, in hexadecimal; its look and the form of its file do not count."""
    texts = [*document.texts(), *(block.alt for block in document.blocks() if isinstance(block, Figure))]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def released(actor: Actor) -> list[Released]:
    """Every proposal and release, newest first.

    Raises
    ------
    Denied
        If the actor is not of the force.
    """
    from peelian.access.models import Released

    require_police(actor)
    return list(Released.objects.order_by("-pk"))


def find(actor: Actor, name: str) -> Released:
    """A proposal or release by its digest or the first digits of it; the newest, where one edition was proposed again.

    Raises
    ------
    Denied
        If the actor is not of the force.
    PeelianError
        ``peelian.E306`` if there is none.
    """
    found = [one for one in released(actor) if len(name) >= SHORT and one.digest.startswith(name.lower())]
    if not found:
        raise PeelianError(
            "there is no such proposal of a release", fix="use one of those in `peelian releases list`", id="peelian.E306"
        )  # fmt: skip
    return next((one for one in found if one.number is not None), found[0])


def state(one: Released) -> State:
    """Whether a proposal waits, was overtaken by another release, or is decided."""
    from peelian.access.release import ledger

    if one.number is not None:
        return "approved"
    if one.refused_at is not None:
        return "refused"
    return "waits" if one.after == ledger.last() else "overtaken"


def withheld(one: Released) -> tuple[int, int]:
    """How many counts a release withholds because they are small, and how many so that another cannot be worked out.

    For the one who approves: outside, which is which must not be known.
    """
    release = Release.from_json(one.plan)
    small: set[Address] = set()
    other: set[Address] = set()
    for table in release.tables:
        for name, count in zip(table.addresses(), table.array.flat, strict=True):
            if name in release.withheld:
                (small if 0 < count < release.threshold else other).add(name)
    return len(small), len(other)


def edition(one: Released) -> Document:
    """The shareable edition, written from what was proposed; for eyes of the force until it is approved.

    Raises
    ------
    PeelianError
        ``peelian.E514`` if it no longer reads as it did when it was proposed.
    """
    release = Release.from_json(one.plan)
    writer = WRITERS.get(one.content.get("document", ""))  # of another kind of document than a problem profile
    document = writer(one.content, release) if writer else shareable_document(Content.from_json(one.content), release)
    if digest(document) != one.digest:
        raise PeelianError(
            "the edition does not read as it did when it was proposed",
            matters="what leaves the force must be what was approved",
            fix="propose it again",
            id="peelian.E514",
        )
    return document


def disclosed(actor: Actor, one: Released, *, how: str, at: datetime) -> Document:
    """The approved edition, to be handed over; the disclosure is recorded with its recipient.

    Parameters
    ----------
    actor : Actor
    one : Released
    how : str
        ``html`` or ``pdf``.
    at : datetime

    Raises
    ------
    Denied
        If the actor is not of the force.
    PeelianError
        ``peelian.E515`` if it is not approved; ``peelian.E514`` as `edition`.
    """
    require_police(actor)
    if one.number is None:
        raise PeelianError(
            "this edition is not approved, so it may not leave the force",
            found={"waits": "it waits for a second person", "overtaken": "another release came first"}.get(
                state(one), "it was refused"
            ),
            fix="a colleague approves it: `peelian releases approve`, or the page Releases",
            id="peelian.E515",
        )
    document = edition(one)
    detail = {"release": one.number, "recipients": one.recipient, "digest": one.digest, "as": how}
    record_act(actor, "disclosure", "shareable edition", detail=detail, at=at, recipient=one.recipient)
    return document
