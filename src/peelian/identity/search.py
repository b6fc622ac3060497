"""One box for everything that is known of somebody: who may be meant, the likeliest first, each with the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from peelian.access.actor import Actor, allowed_classes, hidden, record_act, visible
from peelian.core.clock import london_day

from .candidates import EACH, Sought, questions, seen_keys, things
from .markers import Stated, markers_of
from .models import HiddenHit, Known, Seen
from .persons import Person, as_known_on, known, persons_of
from .query_words import read_words
from .ranking import Fit, Reason, fit
from .sources import Source, sources

MOST = 50  # persons of one answer
FOLDED = 160  # mentions that are folded into persons
ALERTS = 50  # hidden records of one search whose owners are told
COMPARED = ("key", "ref", "record_class", "reference", "surname_key", "forenames_key", "born_on", "postcode")
ELSEWHERE = (
    "More may be held elsewhere, or in records that you may not see; finding nothing here does not mean that nothing is held. "
    "Ask the force intelligence bureau, and check the Police National Computer and the Police National Database by their own routes."
)


@dataclass(frozen=True)
class Result:
    """A person who may be meant, why, and the markers that come first."""

    person: Person
    points: float
    reasons: tuple[Reason, ...]
    markers: tuple[Stated, ...]

    @property
    def dangers(self) -> list[str]:
        """Kinds of the sanitised markers, each once."""
        return list(dict.fromkeys(m.kind for m in self.markers if m.safety))

    @property
    def warnings(self) -> list[str]:
        """Kinds of the other markers, each once."""
        return [kind for kind in dict.fromkeys(m.kind for m in self.markers) if kind not in self.dangers]


@dataclass(frozen=True)
class SearchResult:
    """What a search gives. `understood` is how each word was read; `more` is whether some that fit are not shown."""

    understood: list[tuple[str, str]]
    found: list[Result]
    more: bool
    sources: list[Source]
    elsewhere: str = ELSEWHERE


def search(
    words: str, *, actor: Actor, at: datetime, known_on: datetime | None = None, reason: str = ""
) -> SearchResult:
    """Find persons by any mix of particulars in one text.

    Parameters
    ----------
    words : str
        Names (misspelt, reversed, in part, in another script, short forms), date of birth or age, telephone number, number plate,
        e-mail address, device, address, postcode, reference, in any order.
    actor : Actor
        Only what this actor may see is searched, ranked and counted.
    at : datetime
        The instant of the search; ages count back from its day.
    known_on : datetime, optional
        As it was known then. Who bore another name then is found by the one that they bear now.
    reason : str, optional
        Why, in the searcher's words; kept in the log.

    Returns
    -------
    SearchResult
        At most `MOST` persons, the same for the same store whenever it is asked.

    Notes
    -----
    The log entry (Data Protection Act 2018, s.62: who looked, when, why, at whom) holds the kinds of the words, never the words: s.62
    asks for the justification, the time and the person who consulted, which are the purpose, the reason and the account; the
    subjects are the persons shown. A name typed wrongly would be personal data of somebody else, kept for years.

    In the entry's transaction stands a `HiddenHit` for each hidden record that would have been shown: its owner learns of the
    search, the searcher learns nothing. The question is put to the hidden rows in every search, so that time tells nothing.
    """
    actor = actor.for_one_look()
    asked = read_words(words, on=london_day(at))
    sought = Sought.of(asked)
    mentions, by_key, more = _candidates(sought, known(actor), visible(Seen.objects, actor))
    if known_on is not None:
        mentions = list(as_known_on(mentions, actor=actor, known_on=known_on).values())
    persons, cut = _persons(sought, mentions, by_key, actor, known_on)
    hits = _hidden(sought, actor)
    shown = persons[:MOST]
    with transaction.atomic():
        record_act(
            actor,
            "consultation",
            "search for a person",
            detail={"asked by": asked.kinds, "shown": len(shown)},
            at=at,
            subjects=[person.mentions[0].key for person, _ in shown],
            reason=reason,
        )
        HiddenHit.objects.bulk_create(
            HiddenHit(
                at=at,
                record_class_id=m.record_class_id,
                ref=m.ref,
                by=actor.user.username,
                agency=actor.agency.code,
                purpose=actor.purpose,
            )
            for m in hits
        )
    stated = markers_of((person for person, _ in shown), actor=actor, known_on=known_on)
    found = [
        Result(p, f.points, tuple(sorted(f.reasons.values(), key=lambda r: (-r.points, r.words))), stated[p.ref])
        for p, f in shown
    ]
    return SearchResult(asked.understood, found, more or cut or len(persons) > MOST, sources(actor))


def hidden_hits(actor: Actor, *, since: datetime | None = None) -> QuerySet[HiddenHit]:
    """Searches by others that met records which `actor` may see and the searcher might not, newest first."""
    mine = visible(Known.objects.filter(ref=OuterRef("ref")), actor)
    rows = visible(HiddenHit.objects, actor).filter(Exists(mine)).exclude(by=actor.user.username)
    return (rows if since is None else rows.filter(at__gte=since)).order_by("-at", "-pk")


def _candidates(
    sought: Sought, rows: QuerySet[Known], seen: QuerySet[Seen]
) -> tuple[list[Known], dict[str, set[tuple[str, str]]], bool]:
    """Mentions that may be meant, what of the things asked for each states, and whether a question had more than its end."""
    by_key = seen_keys(things(sought.asked), seen)
    found: dict[str, Known] = {m.key: m for m in rows.filter(key__in=list(by_key))} if by_key else {}
    more = False
    for question, order in questions(sought):
        part = list(rows.filter(question).order_by(*order)[: EACH + 1])
        more = more or len(part) > EACH
        found |= {m.key: m for m in part[:EACH]}
    return list(found.values()), by_key, more


def _persons(
    sought: Sought,
    mentions: Iterable[Known],
    by_key: dict[str, set[tuple[str, str]]],
    actor: Actor,
    known_on: datetime | None,
) -> tuple[list[tuple[Person, Fit]], bool]:
    """Persons that fit, the best first, and whether mentions were left out."""
    fits = [(m, fit(sought, m, by_key.get(m.key, ()))) for m in mentions]
    fits = sorted((mf for mf in fits if mf[1].reasons), key=lambda mf: (-mf[1].points, mf[0].known_from, mf[0].ref))
    persons = []
    for person in persons_of((m for m, _ in fits[:FOLDED]), actor=actor, known_on=known_on):
        whole = Fit()
        for m in person.mentions:
            whole.join(fit(sought, m, by_key.get(m.key, ())))
        if whole.shown(sought):
            persons.append((person, whole))
    persons.sort(key=lambda pf: (-pf[1].points, pf[0].mentions[0].known_from, pf[0].ref))
    return persons, len(fits) > FOLDED


def _hidden(sought: Sought, actor: Actor) -> list[Known]:
    """Hidden mentions that would have been shown, at most `ALERTS`."""
    rows = left_out(Known.objects, actor).only(*COMPARED)
    mentions, by_key, _ = _candidates(sought, rows, left_out(Seen.objects, actor))
    met = (m for m in mentions if fit(sought, m, by_key.get(m.key, ())).shown(sought))
    return list(islice(met, ALERTS))


def left_out(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """The rows that `actor` may not see: all that `visible` leaves out."""
    path = getattr(rows.model, "class_path", "record_class")
    if not actor.once("hidden", hidden):
        return rows.exclude(**{f"{path}__in": allowed_classes(actor)})
    return rows.filter(~Exists(visible(rows.model.objects.filter(pk=OuterRef("pk")), actor)))
