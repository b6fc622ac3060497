"""Taking changes in: a record opens its case once, a changed record changes it, and what cannot be taken in is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.access.refs import ref_of
from peelian.core.errors import PeelianError
from peelian.core.kinds import Kind

from .. import store
from ..kinds import kind_of
from ..models import Case, FeedCursor, Followed, Run
from ..sight import cases
from .contract import Change, Silent
from .setting import Follow, Linked

PAGE = 200
OVER = "case__followed__taken_over"


@dataclass(slots=True)
class Taken:
    """What one look at a system gave."""

    opened: int = 0
    changed: int = 0
    kept: int = 0  # could not be taken in; tried again each time, and listed

    def add(self, what: str) -> None:
        """Count one."""
        if what:
            setattr(self, what, getattr(self, what) + 1)


def take_in(link: Linked, *, at: datetime, cut_over: bool = False) -> Taken:
    """Ask a system for its changes and take them in, page by page; the mark moves with each page that was taken.

    Parameters
    ----------
    cut_over : bool
        Begin with every record that is open there. Their owners there are offered the cases, and what is overdue already is
        inherited.

    Raises
    ------
    Silent
        ``peelian.E498`` where it does not answer; that it failed, and since when, is noted.
    """
    name, found = link.source.name, Taken()
    held = FeedCursor.objects.filter(source=name).first()
    cursor = "" if held is None or cut_over else held.cursor
    for one in Followed.objects.filter(source=name).exclude(pending=None).order_by("pk"):
        found.add(_again(link, one, at=at))
    more = True
    while more:
        try:
            page = link.adapter.changes(cursor, limit=PAGE)
        except Silent as silent:
            FeedCursor.objects.update_or_create(
                source=name, defaults={"failed_at": at, "why": (silent.found or silent.summary)[:300]},
                create_defaults={"at": at, "failed_at": at, "why": (silent.found or silent.summary)[:300]},
            )  # fmt: skip
            raise
        for change in page.changes:
            for follow in link.follows:
                found.add(take(link, follow, change, at=at, cut_over=cut_over))
        cursor, more = page.cursor, page.more and bool(page.changes)
        FeedCursor.objects.update_or_create(
            source=name, defaults={"cursor": cursor, "at": at, "data_at": page.data_at, "failed_at": None, "why": ""}
        )
    return found


def take(link: Linked, follow: Follow, change: Change, *, at: datetime, cut_over: bool = False) -> str:
    """Take one record in, or keep it with the reason why it could not be: ``opened``, ``changed``, ``kept`` or nothing."""
    key = {"source": link.source.name, "reference": change.reference, "kind": follow.kind}
    with transaction.atomic():
        held = Followed.objects.select_for_update().filter(**key).first()
        if held is None and (not follow.wants(change.fields) or not change.open):
            return ""
        if held is None:
            over = at if cut_over else None
            held = Followed.objects.create(**key, data_at=change.at, at=at, taken_over=over)
        elif held.version == change.version or change.at < held.data_at:
            return ""  # a repeat, or an older state that came late
        given = follow.given(change.fields)
        try:
            with transaction.atomic():
                did = (
                    _opened(link, follow, change, held, at)
                    if held.case_id is None
                    else _changed(link, follow, change, held, at)
                )
        except PeelianError as error:
            told = {
                "version": change.version,
                "at": change.at.isoformat(),
                "fields": dict(change.fields),
                "open": change.open,
            }
            held.pending, held.fault = {**told, "owner": change.owner, "subject": change.subject}, _words(error)
            held.save(update_fields=["pending", "fault"])
            return "kept"
        held.given, held.version, held.data_at, held.at = given, change.version, change.at, at
        held.open_there, held.pending, held.fault = change.open, None, ""
        held.save()
    return did


def _opened(link: Linked, follow: Follow, change: Change, held: Followed, at: datetime) -> str:
    kind = kind_of(follow.kind)
    held.case = store.open_case(
        follow.kind, follow.open, _asked(kind, follow.open, follow.given(change.fields)), actor=link.actor, at=at,
        subject=ref_of(change.subject) if change.subject else "", origin=change.reference,
        to=_owner(change.owner) if held.taken_over else follow.to,
    )  # fmt: skip
    return "opened"


def _owner(there: str) -> str:
    """Who looks after it there, where they have an account here; the case is offered to them, and climbs if they do not accept."""
    return there if there and User.objects.filter(username=there, is_active=True).exists() else ""


def _changed(link: Linked, follow: Follow, change: Change, held: Followed, at: datetime) -> str:
    told = follow.given(change.fields)
    kind = kind_of(follow.kind)
    assert held.case is not None
    new = _asked(kind, follow.update, {fact: v for fact, v in told.items() if held.given.get(fact) != v})
    if not new:
        return ""
    store.do(held.case.ref, follow.update, new, actor=link.actor, at=at)
    return "changed"


def _asked(kind: Kind, act: str, given: dict[str, object]) -> dict[str, object]:
    declared = kind.act_by_name[act]
    return {fact: value for fact, value in given.items() if fact in (*declared.asks, *declared.maybe)}


def _again(link: Linked, held: Followed, *, at: datetime) -> str:
    """Try what was kept once more: a value may have been set since, or the case reopened."""
    told = held.pending
    follow = next((f for f in link.follows if f.kind == held.kind), None)
    if follow is None or told is None:
        return ""
    when = datetime.fromisoformat(told["at"])
    change = Change(held.reference, told["version"], when, told["fields"], told["open"], told["owner"], told["subject"])
    return take(link, follow, change, at=at)


def _words(error: PeelianError) -> str:
    return (error.found or error.summary)[:300]


def followed_by(case: Case) -> Followed | None:
    """The record that a case follows, for the note on its page; None for a case of its own."""
    return Followed.objects.filter(case=case).first()


def age(held: FeedCursor, at: datetime) -> timedelta | None:
    """How old what is held of a system is; None while it never answered."""
    return at - held.data_at if held.data_at else None


def inherited(actor: Actor) -> QuerySet[Run]:
    """Breaches that came with the cut-over: overdue before the case was here, and not done since. Listed once, apart from new ones."""
    return _overdue(actor).filter(due__lte=F(OVER))


def new_breaches(actor: Actor, at: datetime) -> QuerySet[Run]:
    """What fell due here since, of the same cases."""
    return _overdue(actor).filter(due__gt=F(OVER), due__lte=at)


def _overdue(actor: Actor) -> QuerySet[Run]:
    rows = Run.objects.filter(duty=True, ended=None, case__closed=False, case__in=cases(actor))
    return rows.exclude(case__followed__taken_over=None).select_related("case").order_by("due", "pk")


def provisional(actor: Actor) -> QuerySet[Case]:
    """Cases that came with the cut-over and that nobody has accepted yet."""
    return (
        cases(actor).filter(closed=False, accepted=False).exclude(followed__taken_over=None).order_by("offer_at", "pk")
    )


def kept(actor: Actor) -> QuerySet[Followed]:
    """Records that could not be taken in, with the reason; those whose case the reader may see, and those that opened none."""
    return Followed.objects.exclude(pending=None).filter(Q(case=None) | Q(case__in=cases(actor))).order_by("pk")
