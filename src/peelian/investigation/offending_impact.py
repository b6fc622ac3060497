"""I6: did it help? Offending before and after selection for each month at liberty, against people proposed and not selected.

Before and after alone is level 2 of the Maryland scale: people are selected at a peak, so a fall follows by itself (regression to the
mean). The comparison takes that fall out as far as the others were at a like peak.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from peelian.access.actor import Actor, record_act
from peelian.casework.kinds import kind_of
from peelian.casework.local_values import around_of
from peelian.casework.reading import folded
from peelian.casework.sight import cases
from peelian.core.clock import london_day
from peelian.core.document import Column, Document, Estimate, Finding, Note, Paragraph, Section, Source, Table
from peelian.core.kinds import State, Unset
from peelian.core.local import Local

from .offender_records import districts

MONTH = 365.25 / 12
WINDOW = timedelta(days=365)  # before and after
FEW = 5  # offences expected in a cell below which nothing is told (standards: evaluating practice)
POLICY = "IOM operating protocol of the force and probation"
ESTABLISHMENT, EACH = (Local(f"iom.{n}", POLICY) for n in ("establishment", "cases_for_each_manager"))
REGRESSION = (
    "People are selected when their offending is at a peak, and after a peak it falls by itself. A fall after selection is therefore no proof "
    "that management worked; read it only against people at a like peak who were not selected."
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Offences, harm and months at liberty of one person or of many, before and after."""

    before: int
    after: int
    harm_before: float
    harm_after: float
    months_before: float
    months_after: float

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))


NONE = Counts(0, 0, 0.0, 0.0, 0.0, 0.0)


def count(
    offences: Iterable[Mapping[str, Any]], custody: Iterable[Mapping[str, Any]], *, turn: date, on: date
) -> Counts:
    """Count one person's offending in the year before a day and the year after it, as far as that has passed.

    Parameters
    ----------
    offences : iterable of mapping
        ``offended_on`` and ``harm``.
    custody : iterable of mapping
        ``from_on`` and ``to_on`` (open while still in): those days are no days at liberty.
    turn : date
        The day of selection (of the others: of the decision not to select).
    on : date
        Until when is known.

    Examples
    --------
    >>> one = count([{"offended_on": date(2026, 1, 5), "harm": 10.0}], [{"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}],
    ...             turn=date(2026, 2, 1), on=date(2026, 7, 1))
    >>> one.before, one.after, round(one.months_after, 2)
    (1, 0, 3.91)
    """
    start, end = turn - WINDOW, min(on, turn + WINDOW)
    inside = {"b": 0, "a": 0}
    for stay in custody:
        out = stay.get("to_on")
        last = on if out is None else out + timedelta(days=1)
        inside["b"] += max(0, (min(last, turn) - max(stay["from_on"], start)).days)
        inside["a"] += max(0, (min(last, end) - max(stay["from_on"], turn)).days)
    told = [(o["offended_on"], float(o["harm"])) for o in offences]
    before, after = [h for d, h in told if start <= d < turn], [h for d, h in told if turn <= d < end]
    return Counts(
        len(before), len(after), sum(before), sum(after), max(0, (turn - start).days - inside["b"]) / MONTH, max(0, (end - turn).days - inside["a"]) / MONTH
    )  # fmt: skip


def of_state(state: State, on: date) -> Counts | None:
    """The counts of one case; None before it was decided on."""
    turn = state.facts.get("selected_at") or next((t.at for t in reversed(state.taken) if t.name == "select_it"), None)
    if turn is None:
        return None
    return count(
        [i.facts for i in state.live("offences")],
        [i.facts for i in state.live("custody")],
        turn=london_day(turn),
        on=on,
    )


def words(case: Any) -> str:
    """Offending before and after, in words, with what it does not say."""
    told = of_state(case.state, london_day(case.at))
    if told is None:
        return "not decided on yet"
    return (
        f"{told.before} offences in {told.months_before:.1f} months at liberty before, {told.after} in {told.months_after:.1f} after. "
        "One person's fall is no proof: people are selected at a peak."
    )


def change_of(case: Any) -> float | None:
    """Harm a month at liberty after, less before; None until three months have passed."""
    told = of_state(case.state, london_day(case.at))
    if told is None or told.months_after < 3 or not told.months_before:
        return None
    return told.harm_after / told.months_after - told.harm_before / told.months_before


def ratio_of_ratios(selected: Counts, others: Counts) -> Estimate | None:
    """After to before among the selected, to the same among the others: 1 is no difference. None with too few offences.

    Notes
    -----
    Poisson counts for each month at liberty; the interval (95 %) is of the logarithm. It takes offences for independent: where a few
    people do most of it, it is too narrow.

    Examples
    --------
    >>> a, b = Counts(40, 20, 0, 0, 100, 100), Counts(40, 30, 0, 0, 100, 100)
    >>> ratio_of_ratios(a, b).show(2)
    '0.67 (0.33 to 1.36)'
    """
    counts = np.array([selected.before, selected.after, others.before, others.after], dtype=float)
    months = np.array([selected.months_before, selected.months_after, others.months_before, others.months_after])
    if counts.min() < FEW or months.min() <= 0:
        return None
    rates = counts / months
    log = np.log(rates[1] / rates[0]) - np.log(rates[3] / rates[2])
    half = 1.959964 * np.sqrt((1 / counts).sum())
    return Estimate(*(float(np.exp(v)) for v in (log, log - half, log + half)))


def sheet(*, actor: Actor, at: datetime) -> Document:
    """Impact: the cohort against those proposed and not selected."""
    on = london_day(at)
    totals, people = {"selected": NONE, "not selected": NONE}, {"selected": 0, "not selected": 0}
    for case in cases(actor).defer(None).filter(kind="managed_offender").exclude(stage="proposed"):
        told = of_state(folded(case, at)[0], on)
        if told is not None:
            group = "not selected" if case.stage == "not_selected" else "selected"
            totals[group], people[group] = totals[group] + told, people[group] + 1
    record_act(actor, "consultation", "integrated offender management: impact", at=at)
    found = ratio_of_ratios(totals["selected"], totals["not selected"])
    columns = (Column("Group"), Column("People", "number"), Column("Offences before", "number"), Column("Offences after", "number"),
               Column("A month at liberty before", "number", decimals=2), Column("After", "number", decimals=2), Column("Harm a month before", "number"),
               Column("Harm after", "number"))  # fmt: skip
    rows = tuple(
        (name, people[name], t.before, t.after, *(a / m if m else None for a, m in (
            (t.before, t.months_before), (t.after, t.months_after), (t.harm_before, t.months_before), (t.harm_after, t.months_after))))
        for name, t in totals.items()
    )  # fmt: skip
    if found is None:
        said = f"Not enough data: fewer than {FEW} offences in one of the cells. That is no finding of no effect."
    elif found.low <= 1 <= found.high:
        said = f"After to before, selected against not selected: {found.show(2)}. The interval holds 1, so these figures cannot show an effect."
    else:
        said = f"After to before, selected against not selected: {found.show(2)}; {'less' if found.high < 1 else 'more'} offending than among the others."
    return Document(
        "Integrated offender management: what changed", "The year before selection and the year after, as far as it has passed", "OFFICIAL-SENSITIVE", on,
        sections=(Section("What the figures say", (Finding("impact", said), Note(REGRESSION, "Regression to the mean"))),
                  Section("Figures", (Table("Offences and harm for each month at liberty", columns, rows, sources=(Source("Cases of this system", "offences noted on each case; ONS weights"),)),
                                      Paragraph("Scale of methods: a comparison with people at a like peak who were not drawn by lot (Maryland level 3 at most).")))),
    )  # fmt: skip


def demand(*, actor: Actor, at: datetime) -> Document:
    """The cohort against how many managers there are and how many it asks for."""
    rows = list(
        cases(actor)
        .filter(kind="managed_offender", closed=False)
        .exclude(stage="proposed")
        .values_list("area", "facts__cohort", "facts__grade")
    )
    waiting = cases(actor).filter(kind="managed_offender", stage="proposed").count()
    around = around_of(kind_of("managed_offender"))
    held, unset = {}, []
    for local in (ESTABLISHMENT, EACH):
        try:
            held[local.name] = float(around.local(local, at)[0])
        except Unset:
            unset.append(local.name)
    record_act(actor, "consultation", "integrated offender management: demand", at=at)
    areas, named = sorted({area for area, *_ in rows}), districts()
    table = tuple(
        (
            named.get(area, area),
            sum(a == area for a, *_ in rows),
            *(sum(a == area and c == name for a, c, _ in rows) for name in ("fixed", "flex", "free")),
        )
        for area in areas
    )
    if unset:
        said = f"Not known: {' and '.join(unset)} is not set; whoever owns the {POLICY} sets it."
    else:
        wanted = len(rows) / held[EACH.name]
        gap = wanted - held[ESTABLISHMENT.name]
        said = (
            f"{len(rows)} people managed and {waiting} waiting for a decision. At {held[EACH.name]:g} for each manager that asks for {wanted:.1f} managers; "
            f"the establishment is {held[ESTABLISHMENT.name]:g}: {abs(gap):.1f} {'too few' if gap > 0 else 'to spare'}."
        )
    columns = (
        Column("District"),
        Column("Managed", "number"),
        Column("Fixed", "number"),
        Column("Flex", "number"),
        Column("Free", "number"),
    )
    return Document("Integrated offender management: demand", "Against establishment", "OFFICIAL-SENSITIVE", london_day(at),
                    sections=(Section("Demand", (Finding("demand", said), *((Table("People managed, by district", columns, table),) if table else ()))),))  # fmt: skip
