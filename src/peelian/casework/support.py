"""Support of owners who are not qualified: who supports them, whether they can be reached now, and what came of it.

The engine sees to it that nobody unqualified owns a case alone. Here stands the rest: a supporter who is on duty when the officer is,
contacts that are logged, gaps that climb, and overrides that ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from peelian.access.actor import Actor, record_act
from peelian.access.changes import approved, declare, whole
from peelian.core.clock import in_utc
from peelian.core.errors import PeelianError
from peelian.core.kinds import Who, unqualified

from .cover import answerers, ladder_of
from .duty import shifts, skills_of, spans
from .models import Case, Notice, SupportContact
from .reading import folded, found
from .sight import cases

CHANNELS = {
    "met": "Met",
    "call": "Telephone or video call",
    "message": "Message",
    "review": "Went through the case together",
}
GAP = declare(
    "support.gap-minutes", "Minutes for which an officer may be without a supporter on duty before it climbs",
    owner="owner of the force allocation policy", read=whole(1, 1_440),
)  # fmt: skip
EVERY = declare(
    "support.contact-days", "Days within which a supporter speaks with the officer", owner="owner of the force allocation policy",
    read=whole(1, 60),
)  # fmt: skip
BACK = timedelta(days=60)  # how far duties are read back for when a gap began


@dataclass(frozen=True, slots=True)
class Gap:
    """An officer who works on a case without the support that it needs.

    Attributes
    ----------
    since : datetime
        From when.
    reason : str
        In words.
    stand_ins : tuple of str
        Usernames: qualified, on duty now, neither officer nor supporter. One of the ladder names one; nobody is made to.
    step, rank, people
        The rung that must see to it now, and who of it is on duty.
    """

    case: Case
    officer: str
    supporter: str
    since: datetime
    reason: str
    stand_ins: tuple[str, ...]
    step: int
    rank: str
    people: tuple[str, ...]


def gaps(at: datetime, among: Iterable[Case] | None = None) -> list[Gap]:
    """Where support is missing now: not accepted, ended, or its supporter off duty while the officer works. The oldest first.

    An officer off duty needs nobody; neither does one who has become qualified.
    """
    at = in_utc(at)
    rows = list(Case.objects.filter(closed=False).exclude(supporter="") if among is None else among)
    if not rows:
        return []
    here = shifts(at).on(at)
    skills = skills_of([who.name for who in here], at)
    on = [replace(who, skills=skills.get(who.name, frozenset())) for who in here]
    found = [gap for case in rows if (gap := _gap(case, at, on)) is not None]
    return sorted(found, key=lambda gap: (gap.since, gap.case.ref))


def _gap(case: Case, at: datetime, here: Sequence[Who]) -> Gap | None:
    officer = next((who for who in here if who.name == case.owner), None)
    if officer is None:
        return None
    state, _, around = folded(case)
    held = state.support
    if held is None or not unqualified(state, officer, at, around):
        return None
    duties = spans([held.officer, held.supporter], at - BACK, at + timedelta(days=1))
    mine = next((span for span in duties.get(held.officer, []) if span[0] <= at < span[1]), (at, at))
    named = next(
        (e.at for e in reversed(state.entries) if e.verb in ("accept", "support") and e.given.get("supporter")), at
    )
    begun = max(mine[0], named)
    theirs = duties.get(held.supporter, [])
    if at >= held.until:
        since, reason = max(begun, held.until), "the support has ended"
    elif held.accepted_at is None:
        since, reason = begun, "the supporter has not accepted yet"
    elif any(a <= at < b for a, b in theirs):
        return None
    else:
        since, reason = max([begun, *(b for _, b in theirs if b <= at)]), "the supporter is off duty"
    ladder = ladder_of(state)
    step = _step(since, at, len(ladder))
    above = [(role, people) for role in ladder[step - 1 :] if (people := answerers(here, role, officer.teams))]
    rank, people = above[0] if above else (ladder[-1], ())
    apart = {held.officer, held.supporter}
    fit = tuple(w.name for w in here if w.name not in apart and not unqualified(state, w, at, around))
    return Gap(case, held.officer, held.supporter, since, reason, fit, step, rank, people)


def _step(since: datetime, at: datetime, rungs: int) -> int:
    """The rung that a gap has reached: the first at once, the next one each time the force's minutes pass. Unset: the first."""
    told = approved(GAP.name, at=at)
    if told is None:
        return 1
    return min(1 + int((at - since) / timedelta(minutes=int(told.after))), rungs)


@transaction.atomic
def raise_gaps(at: datetime) -> int:
    """Tell those who must see to each gap, once for each rung that it reaches, however often one looks; how many were told anew."""
    told = 0
    for gap in gaps(at):
        for person in gap.people or (f"role:{gap.rank}",):
            _, new = Notice.objects.get_or_create(
                case=gap.case, what="support ended", clock="support", item=person, start=gap.since, step=gap.rank,
                defaults={"due": gap.since, "to": person, "at": in_utc(at)},
            )  # fmt: skip
            told += new
    return told


@transaction.atomic
def note_contact(
    ref: str, *, channel: str, note: str, actor: Actor, at: datetime, known: datetime | None = None
) -> SupportContact:
    """Log a contact between the supporter and the officer of a case; either of them notes it.

    Raises
    ------
    PeelianError
        ``peelian.E482`` for anybody else, an unknown channel, or nothing said.
    """
    case = found(ref, actor)
    state, *_ = folded(case)
    held, me = state.support, actor.user.username
    wrong = ""
    if held is None or me not in (held.supporter, held.officer):
        wrong = "only the supporter and the officer of this case note their contacts"
    elif channel not in CHANNELS or not note.strip():
        wrong = "choose how you spoke, and say what was agreed"
    if wrong or held is None:
        raise PeelianError(
            "the contact was not noted", found=wrong, fix="open the case from your own work", id="peelian.E482"
        )
    made = SupportContact.objects.create(
        case=case, officer=held.officer, supporter=held.supporter, channel=channel, note=note, at=in_utc(at), by=me,
        known=in_utc(known or at),
    )  # fmt: skip
    record_act(actor, "alteration", "support: contact", at=known or at, detail={"case": ref})
    return made


@dataclass(frozen=True, slots=True)
class Override:
    """An owner who is not qualified, with their support.

    Attributes
    ----------
    ended : bool
        Its end day has passed and the case stands in the work list.
    contacts : int
        How many were logged; `last` is when the last one was, and `due` whether the next is late by the force's own days.
    """

    case: Case
    officer: str
    supporter: str
    since: datetime
    until: datetime
    accepted: bool
    ended: bool
    contacts: int
    last: datetime | None
    due: bool


def overrides(actor: Actor, at: datetime) -> list[Override]:
    """The overrides that hold or have ended unsettled, among the cases that the actor sees; those that ended first."""
    at = in_utc(at)
    every = approved(EVERY.name, at=at)
    rows = []
    for case in cases(actor).filter(closed=False).exclude(supporter="").order_by("pk"):
        state, *_ = folded(case)
        held = state.support
        if held is None:
            continue
        since = next(
            (e.at for e in reversed(state.entries) if e.verb == "accept" and e.given.get("supporter")), case.opened_at
        )
        logged = list(
            SupportContact.objects.filter(case=case, officer=held.officer, at__lte=at)
            .order_by("at")
            .values_list("at", flat=True)
        )
        last = logged[-1] if logged else None
        late = every is not None and at >= (last or since) + timedelta(days=int(every.after))
        rows.append(
            Override(case, held.officer, held.supporter, since, held.until, held.accepted_at is not None, at >= held.until,
                     len(logged), last, late)
        )  # fmt: skip
    return sorted(rows, key=lambda row: (not row.ended, row.until, row.case.ref))


def to_support(actor: Actor, at: datetime) -> list[Case]:
    """Cases whose owner the actor was named to support and has not accepted to, the oldest first: for their own work."""
    named = cases(actor).filter(closed=False, supporter=actor.user.username).exclude(supporter="").order_by("pk")
    return [case for case in named if (held := folded(case)[0].support) is not None and held.accepted_at is None]


def to_see_to(actor: Actor, at: datetime) -> list[Case]:
    """Cases with a gap that the actor was told of (`raise_gaps`) and must still see to."""
    told = Notice.objects.filter(clock="support", to=actor.user.username, case__closed=False)
    rows = cases(actor).filter(pk__in=told.values("case")).order_by("pk")
    return [gap.case for gap in gaps(at, rows) if actor.user.username in gap.people] if told.exists() else []
