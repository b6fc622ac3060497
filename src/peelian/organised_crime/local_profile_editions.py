"""The two editions of a local profile: the full one from everything, the shareable one from what may be told and a planned release alone."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from peelian import __version__
from peelian.access.release import ALL, CountTable, Release, address
from peelian.access.release.writers import written_by
from peelian.core.document import Column, Document, Finding, Note, Paragraph, Points, Section, Source, Table

from . import local_profile_rules as rules
from .local_profile_facts import COUNTS, SHARED, Threat

if TYPE_CHECKING:
    from peelian.access.actor import Actor

WITHHELD = "withheld"
MEASURE = "serious and organised crime: partners' records"
KIND = "local-profile"
NO_NAMES: Mapping[str, str] = {}
SHINGLE = 4  # words in a row that give a text away


def tables(case: Any) -> list[CountTable]:
    """The counts that may be told: of places and threats, from data whose controller allows words or counts. Nothing limited is in any total."""
    counts: Counter[tuple[str, ...]] = Counter()
    span = f"{case.since}/{case.until}"
    for row in rules.given(case):
        if row.get("handling") in (SHARED, COUNTS):
            counts[row.place, row.threat, span] += int(row.count)
    if not counts:
        return []
    places, threats = (tuple(sorted({key[n] for key in counts})) for n in (0, 1))
    axes = {
        "place": {case.area: places, **{p: () for p in places if p != case.area}} if places != (case.area,) else {case.area: ()},
        "threat": {ALL: threats, **dict.fromkeys(threats, ())},
        "period": {span: ()},
    }  # fmt: skip
    return [CountTable(MEASURE, axes, dict(counts))]


def content_of(case: Any, *, edition: date, recipient: str, names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """What the shareable edition says beside its counts: plain data, and nothing that is limited.

    A partner whose data are all limited is not named; a threat's level stands only as judged from what may be told. `names` are those of agencies by code.
    """
    told = [row for row in rules.given(case) if row.get("handling") == SHARED]
    return {
        "document": KIND,
        "area": case.area, "since": str(case.since), "until": str(case.until), "purpose": case.purpose, "edition": str(edition),
        "recipient": recipient, "summary": case.get("summary_shared") or "", "version": __version__,
        "statements": sorted([_name(rules.giver(row), names), row.threat, row.told] for row in told),
        "levels": sorted([row.threat, row.level_told] for row in case.threats if row.get("level_told")),
        "actions": sorted(
            [one.action, one.p, one.threat, _name(one.lead, names), one.owner_post, str(one.due_on)] for one in rules.actions(case)
            if one.stage in ("accepted", "done") and one.in_shareable
        ),
        "dissent": sorted([row.who, row.what] for row in case.dissents if row.may_be_told),
    }  # fmt: skip


def shareable_document(content: Mapping[str, Any], release: Release) -> Document:
    """The shareable edition: the same content and release give the same document.

    Parameters
    ----------
    content : mapping
        As `content_of` gives it.
    release : Release
        What it withholds is not read here.
    """
    source = (Source("Partners' records that may be told", f"as known on {_day(content['edition'])}"),)
    blocks: list[Section] = []
    if content["summary"]:
        blocks.append(Section("Summary", (Finding("summary", content["summary"]),)))
    if content["levels"]:
        rows = tuple((threat.capitalize(), level) for threat, level in content["levels"])
        levels = Table(
            "Threats, as judged from what may be told", (Column("Threat"), Column("Level")), rows, sources=source
        )
        blocks.append(Section("Threats", (levels,)))
    if content["statements"]:
        said = tuple((giver, threat, words) for giver, threat, words in content["statements"])
        columns = (Column("From"), Column("Threat"), Column("What"))
        table = Table("Partners' data, in the words that each allows", columns, said, sources=source)
        blocks.append(Section("What partners say", (table,)))
    if release.tables:
        blocks.append(Section("How much, and where", (_counts(release, source), _guarantee(release))))
    if content["actions"]:
        heads = tuple(Column(c) for c in ("Action", "P", "Threat", "Agency", "Owner", "By"))
        owned = tuple(
            (what, p, threat, lead, post, _day(due)) for what, p, threat, lead, post, due in content["actions"]
        )
        blocks.append(Section("Actions that agencies have taken on", (Table("Actions", heads, owned),)))
    if content["dissent"]:
        blocks.append(Section("Dissent", (Points(tuple(f"{who}: {what}" for who, what in content["dissent"])),)))
    blocks.append(Section("What is left out", (
        Paragraph("The full edition is for the force alone. This one holds what the controller of each piece of data allows to be told, and nothing that rests on the rest."),
        Note("An agency or a threat that is not named here may still be known. That something is missing says nothing."),
    )))  # fmt: skip
    return Document(
        title=f"Serious and organised crime local profile: {content['area']}",
        subtitle=f"{_day(content['since'])} to {_day(content['until'])}; shareable edition", marking="OFFICIAL",
        edition=date.fromisoformat(content["edition"]),
        meta=(("For", content["recipient"]), ("Purpose", content["purpose"]), ("Made with", f"Peelian {content['version']}")), sections=tuple(blocks),
    )  # fmt: skip


def full_document(case: Any, *, edition: date, names: Mapping[str, str] = NO_NAMES) -> Document:
    """The full edition, for the force alone."""
    data = rules.given(case)
    rows = tuple(
        (
            _name(rules.giver(row), names),
            row.threat,
            row.place,
            int(row.count),
            row.statement,
            row.get("handling") or "not stated",
            row.limit_words,
        )
        for row in data
    )
    columns = (
        Column("From"),
        Column("Threat"),
        Column("District"),
        Column("Records", "number"),
        Column("What"),
        Column("May leave the force"),
        Column("Limit"),
    )
    levels = tuple(
        (
            row.threat.capitalize(),
            row.level,
            row.confidence,
            row.rests_on,
            row.get("level_after") or "not estimated again yet",
        )
        for row in case.threats
    )
    silent = [_name(row.it.to, names) for row in case.partner_data if not row.it.answered_at]
    blocks = [
        Section("Summary", (Finding("summary", case.get("summary") or "No summary is written yet."),)),
        Section("Threats", (Table("Threats", tuple(Column(c) for c in ("Threat", "Level", "Confidence", "Rests on", "Six months later")), levels),)),
        Section("Partners' data", (Table("Everything that partners gave, with its limit", columns, rows),)),
    ]  # fmt: skip
    if silent:
        blocks.append(
            Section(
                "Not answered",
                (Note("Asked and silent: " + ", ".join(sorted(silent)) + ". What they hold is not in this profile."),),
            )
        )
    if acts := rules.actions(case):
        told = tuple(
            (one.action, one.p, one.threat, _name(one.lead, names), one.get("owner_post") or "", one.stage, one.due_on)
            for one in acts
        )
        heads = (*(Column(c) for c in ("Action", "P", "Threat", "Agency", "Owner", "State")), Column("By", "date"))
        blocks.append(Section("Actions", (Table("Actions, with the agency that owns each", heads, told),)))
    if case.dissents:
        blocks.append(Section("Dissent", (Points(tuple(f"{row.who}: {row.what}" for row in case.dissents)),)))
    return Document(
        title=f"Serious and organised crime local profile: {case.area}", subtitle=f"{_day(case.since)} to {_day(case.until)}; full edition",
        marking="OFFICIAL-SENSITIVE", edition=edition, meta=(("For", "the force alone"), ("Purpose", case.purpose)), sections=tuple(blocks),
    )  # fmt: skip


def digest(document: Document) -> str:
    """SHA-256 of every text of a document, in hexadecimal."""
    return hashlib.sha256("\n".join(document.texts()).encode()).hexdigest()


def leaks(limited: Iterable[str], texts: Iterable[str], free: Iterable[str] = ()) -> list[str]:
    """What of limited texts stands in the texts of an edition: words in a row, numbers, plates or references, and sentences told in another order.

    Parameters
    ----------
    limited : iterable of str
        What must not leave the force.
    texts : iterable of str
        Every text of the edition.
    free : iterable of str
        What may be told anyway, such as the words that a controller allows: what stands there too is no leak.

    Returns
    -------
    list of str
        Each piece found, as it stands in the limited text. A sentence counts as told again where most of its longer words, three at least, stand in one
        sentence of the edition, in whatever order and ending. It does not find a fact told in words of the same meaning: the second person reads for that.

    Examples
    --------
    >>> leaks(["Payments of 4,812 pounds to the shop on Quay Street"], ["Shops are used to wash money: 4,812 a week."])
    ['4812']
    >>> leaks(["Undeclared takings at the Quay Street shop"], ["The takings of a shop in Quay Street go undeclared."])
    ['Undeclared takings at the Quay Street shop']
    """
    limited, texts, free = tuple(limited), tuple(texts), tuple(free)
    held = _pieces(" . ".join(texts)) - _pieces(" . ".join(free))
    known = _stems(" ".join((*free, *get_args(Threat))))
    said = [_stems(sentence) - known for text in texts for sentence in _sentences(text)]
    again = {
        sentence for text in limited for sentence in _sentences(text)
        if (own := _stems(sentence) - known) and any(len(own & other) >= max(3, len(own) / 2) for other in said)
    }  # fmt: skip
    return sorted(({piece for text in limited for piece in _pieces(text)} & held) | again)


def _pieces(text: str) -> set[str]:
    words = re.findall(r"[\w,./@'-]*\w", text.lower())
    rows = {" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}
    # 4,812 and 4812.00 are one number.
    numbers = (re.sub(r"\.0+$", "", word.replace(",", "")) for word in words if any(c.isdigit() for c in word))
    return rows | {number for number in numbers if len(number) > 2}


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[.;:!?]\s|\n", text) if part.strip()]


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W\d_]{5,}", text.lower())}


def _counts(release: Release, source: tuple[Source, ...]) -> Table:
    table = release.tables[0]
    places, threats = list(table.axes["place"]), list(table.axes["threat"])
    (span,) = table.axes["period"]
    held = dict(zip(table.addresses(), table.array.flat, strict=True))

    def cell(place: str, threat: str) -> str | int:
        name = address(MEASURE, place=place, threat=threat, period=span)
        return WITHHELD if name in release.withheld else int(held[name])

    return Table(
        "Partners' records by district and threat",
        (Column("District"), *(Column("all" if t == ALL else t, "number") for t in threats)),
        tuple((place, *(cell(place, threat) for threat in threats)) for place in places),
        note="Records, not people; two agencies may hold the same matter.", sources=source,
    )  # fmt: skip


def _guarantee(release: Release) -> Note:
    return Note(
        f"“{WITHHELD.capitalize()}” stands for a count of fewer than {release.threshold}, and for others without which such a count could be worked out, "
        "from this edition or from all that went before it.", "Small counts",
    )  # fmt: skip


def _name(code: str, names: Mapping[str, str]) -> str:
    return names.get(code, code)


def _day(text: object) -> str:
    return Column("", "date").show(date.fromisoformat(str(text)))


def _issue(content: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    """Who approves the shareable edition issues both: neither leaves the force alone."""
    from peelian.casework import store

    store.do(content["case"], "issue", actor=actor, at=at)


written_by(KIND, shareable_document, issued=_issue)
