"""P6: what partners agreed to share, what came, how late, how complete, and what it changed.

The inspection asks that problem profiles use partners' data; this shows whether they can, agreement by agreement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING

from peelian.analysis.rates import share_interval
from peelian.core.clock import start_of_day
from peelian.core.document import Column, Document, Estimate, Finding, Note, Paragraph, Section, Table, Task

if TYPE_CHECKING:
    from peelian.access.actor import Actor
    from peelian.access.models import Agreement

OWN = ("force", "police-uk")  # sources of record that are no partner's
THIN = 0.25  # a period with less than this share of the usual rows is told as thin (a local setting)
LOOKED_BACK = timedelta(days=365)  # profiles whose use of partners' data is counted


@dataclass(frozen=True)
class Period:
    """One period of an agreement.

    Attributes
    ----------
    first, last, due : date
    came : date or None
        The day of the edition by which half of its rows had come; None where none has.
    rows : int
        Current rows of the period.
    thin : bool
        Whether it has far fewer rows than the other periods.
    """

    first: date
    last: date
    due: date
    came: date | None
    rows: int
    thin: bool = False

    @property
    def late(self) -> int | None:
        """Days after the day it was due; zero where it came in time; None where it never came."""
        return None if self.came is None else max(0, (self.came - self.due).days)

    @property
    def in_time(self) -> bool:
        """Whether it came whole by the day it was due."""
        return self.late == 0 and not self.thin


@dataclass(frozen=True)
class Shared:
    """One agreement against what came.

    Attributes
    ----------
    agreement : Agreement
    periods : tuple of Period
        Those whose due day has passed, oldest first.
    filled : float or None
        Share of optional cells that are filled; None where nothing came.
    quarantined : float or None
        Share of rows read that could not be accepted.
    withdrawn : date or None
    profiles, changed : int
        Profiles of the last year that used the feed, and those of them in which it changed the first places.
    """

    agreement: Agreement
    periods: tuple[Period, ...]
    filled: float | None
    quarantined: float | None
    withdrawn: date | None
    profiles: int
    changed: int

    @property
    def in_time(self) -> int:
        """Periods that came whole by the day they were due."""
        return sum(p.in_time for p in self.periods)

    @property
    def lacking(self) -> list[Period]:
        """Periods that never came, or came thin."""
        return [p for p in self.periods if p.came is None or p.thin]

    @property
    def longest(self) -> int:
        """The longest delay in days."""
        return max((p.late or 0 for p in self.periods), default=0)

    @property
    def incomplete(self) -> bool:
        """Whether fewer cells are filled than was agreed."""
        return self.filled is not None and self.agreement.least is not None and self.filled < self.agreement.least


@dataclass(frozen=True)
class Picture:
    """Every agreement, and the partners' feeds that none covers."""

    on: date
    shared: tuple[Shared, ...]
    without_agreement: tuple[str, ...]


def partner_data(actor: Actor, *, on: date) -> Picture:
    """Compare what partners agreed to send with what came.

    Parameters
    ----------
    actor : Actor
        Sees the feeds that policy allows; the agreements themselves are no secret.
    on : date
        The day of the picture.
    """
    from peelian.access.agreements import in_force
    from peelian.records.feeds import FEEDS
    from peelian.records.quality import feeds_held

    held = set(feeds_held(actor))
    agreed = in_force(on)
    partners = {name for name in held if FEEDS[name].record_class.source not in OWN}
    used = _used(on)
    return Picture(
        on,
        tuple(_shared(actor, one, on, one.feed in held, used.get(one.feed, [])) for one in agreed),
        tuple(sorted(partners - {one.feed for one in agreed})),
    )


def _shared(actor: Actor, agreement: Agreement, on: date, held: bool, used: list[int]) -> Shared:
    from peelian.access.agreements import periods
    from peelian.core.clock import london_day
    from peelian.records.models import Withdrawal
    from peelian.records.quality import quality

    found = quality(actor, agreement.feed, on=on) if held else None
    arrived = found.arrived if found else ()
    told = []
    for first, last, due in periods(agreement, on):
        if due >= on:
            continue
        months = {f"{first + timedelta(days=n):%Y-%m}" for n in range((last - first).days + 1)}
        days = sorted((day, rows) for month, day, rows in arrived if month in months)
        total = sum(rows for _, rows in days)
        told.append(Period(first, last, due, _half(days, total), total))
    usual = median([p.rows for p in told if p.rows] or [0])
    taken = Withdrawal.objects.filter(feed=agreement.feed, restored_at=None).first()
    read = found.total("read") if found else 0
    optional = [f.share for f, c in zip(found.filled, found.feed.columns, strict=True) if c.blank] if found else []
    return Shared(
        agreement,
        tuple(
            Period(p.first, p.last, p.due, p.came, p.rows, thin=p.came is not None and p.rows < THIN * usual)
            for p in told
        ),
        sum(optional) / len(optional) if optional and found and found.rows else None,
        found.total("quarantined") / read if found and read else None,
        None if taken is None else london_day(taken.since),
        len(used),
        sum(n > 0 for n in used),
    )


def _half(days: list[tuple[date, int]], total: int) -> date | None:
    """The day by which half of the rows had come: records that come with a later file do not make a period late."""
    running = 0
    for day, rows in days:
        running += rows
        if 2 * running >= total:
            return day
    return None


def _used(on: date) -> dict[str, list[int]]:
    """By feed, how many first places it changed in each profile of the last year, from the record of acts."""
    from peelian.access.models import Entry

    found: dict[str, list[int]] = {}
    entries = Entry.objects.filter(
        what="problem profile", at__gte=start_of_day(on - LOOKED_BACK), detail__has_key="partners"
    )
    for changed in entries.values_list("detail__partners", flat=True):
        for feed, places in changed.items():
            found.setdefault(feed, []).append(places)
    return found


def partner_document(picture: Picture) -> Document:
    """The picture as a document."""
    findings, tasks = [], []
    late = [s for s in picture.shared if s.periods and s.in_time < len(s.periods)]
    for n, one in enumerate(sorted(late, key=lambda s: s.in_time / len(s.periods)), start=1):
        findings.append(Finding(f"late-{n}", _late(one)))
        if one.lacking:
            tasks.append(
                Task(
                    f"Ask {_inside(one.agreement.party)} for {_names(one.lacking)}, and what keeps it from the agreed day",
                    one.agreement.owner, picture.on + timedelta(days=14), (f"late-{n}",),
                    "The periods are here, or it is written down that nothing happened in them",
                )
            )  # fmt: skip
    thin = [s for s in picture.shared if s.incomplete]
    for n, one in enumerate(thin, start=1):
        findings.append(
            Finding(
                f"complete-{n}",
                f"{one.agreement.title}: {one.filled:.0%} of the optional cells are filled; {one.agreement.least:.0%} was agreed.",
            )
        )
    for n, one in enumerate((s for s in picture.shared if s.withdrawn), start=1):
        assert one.withdrawn
        findings.append(
            Finding(
                f"withdrawn-{n}",
                f"{one.agreement.title}: withdrawn since {Column('', 'date').show(one.withdrawn)}; no profile uses it.",
            )
        )
    if not picture.shared:
        findings.append(Finding("none", "No agreement is loaded, so nothing can be called late or missing."))
    elif not findings:
        findings.append(Finding("well", "Every agreement is kept: each period came whole and in time."))
    if picture.without_agreement:
        findings.append(
            Finding(
                "no-agreement", f"Held without an agreement that is loaded: {', '.join(picture.without_agreement)}."
            )
        )
    return Document(
        title="Partners' data",
        subtitle=f"Agreements and what came of them, as held on {Column('', 'date').show(picture.on)}",
        marking="OFFICIAL",
        edition=picture.on,
        meta=(("For", "The head of analysis, and the board on which the partners sit"),),
        sections=(
            Section("Findings", tuple(findings)),
            *([Section("Recommendations", tuple(tasks))] if tasks else []),
            Section("Agreements", _agreements(picture)),
            *(
                [Section("Periods that came late, thin or never", (_periods(picture),))]
                if any(not p.in_time for s in picture.shared for p in s.periods)
                else []
            ),
        ),
    )


def _inside(party: str) -> str:
    """A party's name within a sentence: an article loses its capital."""
    return re.sub(r"^(The|A|An)(?= )", lambda found: found[0].lower(), party)


def _late(one: Shared) -> str:
    n = len(one.periods)
    text = f"{one.agreement.title}: {one.in_time} of {n} periods came whole by the agreed day"
    if one.longest:
        text += f"; the longest delay was {one.longest} days"
    never, thin = ([p for p in one.lacking if p.thin == flag] for flag in (False, True))
    if never:
        text += f"; never came: {_names(never)}"
    if thin:
        text += f"; with far fewer records than usual: {_names(thin)}"
    return text + "."


def _names(periods: list[Period]) -> str:
    words = [
        f"{p.first:%B %Y}" if p.first.month == p.last.month else f"{p.first:%B} to {p.last:%B %Y}" for p in periods
    ]
    return ", ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")


def _agreements(picture: Picture) -> tuple[Table | Paragraph | Note, ...]:
    rows = []
    for one in picture.shared:
        n = len(one.periods)
        share = Estimate(*(float(x[0]) for x in share_interval([one.in_time], [n]))) if n else None
        rows.append(
            (one.agreement.title, one.agreement.party, f"every {one.agreement.every} months" if one.agreement.every > 1 else "every month",
             one.agreement.due, share, one.longest if n else None, one.filled, one.quarantined,
             f"{one.changed} of {one.profiles} profiles" if one.profiles else "no profile has used it")
        )  # fmt: skip
    if not rows:
        return (Note("peelian partners load FILE.toml loads what was agreed.", "No agreement"),)
    return (
        Table(
            "What was agreed and what came",
            (Column("Agreement"), Column("With"), Column("How often"), Column("Due", "number", "days after the period"),
             Column("In time and whole", "percent", "95% interval"), Column("Longest delay", "number", "days"),
             Column("Optional cells filled", "percent"), Column("Quarantined", "percent", decimals=1), Column("Changed the first places of")),
            tuple(rows),
            note="In time and whole: half of the period's records had come by the due day, and they are not far fewer than usual. Profiles: those "
            "made in the last year.",
        ),
    )  # fmt: skip


def _periods(picture: Picture) -> Table:
    rows = tuple(
        (one.agreement.title, _names([p]), p.due, p.came if p.came else "never", p.late, p.rows)
        for one in picture.shared
        for p in one.periods
        if not p.in_time
    )
    return Table(
        "Periods that came late, thin or never",
        (Column("Agreement"), Column("Period"), Column("Due", "date"), Column("Came", "date"), Column("Late", "number", "days"),
         Column("Records", "number")),
        rows,
    )  # fmt: skip
