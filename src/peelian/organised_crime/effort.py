"""O5: harm against effort: do the hours of teams go to the groups that do most harm?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Prefetch

from peelian.access.actor import Actor
from peelian.casework.models import Item
from peelian.casework.reading import around_for, folded
from peelian.casework.sight import cases, who_is
from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Estimate, Finding, Note, Paragraph, Section, Source, Table
from peelian.core.kinds import Case

from .disruption import PLAN
from .effort_results import Result, result_of, section
from .groups import GROUP
from .groups_rules import picture_of

DAYS = 91  # a quarter
FEWEST = 4  # groups; of fewer nothing is said [DESIGN]
DRAWS = 2_000
_SEED = 5  # of the draws: the same figures give the same interval


@dataclass(frozen=True, slots=True)
class Spent:
    """A group with its open risk and the hours that teams spent on it."""

    group: str
    tier: str
    risk: float | None
    hours: float
    disruptions: int


def share_to_most_harm(risk: Sequence[float], hours: Sequence[float]) -> Estimate | None:
    """Of all hours the share that went to the half of the groups with most risk, with its 95% interval by drawing groups anew.

    Parameters
    ----------
    risk, hours : sequence of float, one a group

    Returns
    -------
    Estimate or None
        None for fewer than four groups, or no hours. Half would be chance; the wider the interval, the less it says.
    """
    r, h = np.asarray(risk, dtype=float), np.asarray(hours, dtype=float)
    if len(r) < FEWEST or h.sum() == 0:
        return None
    rng = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(DRAWS):
        pick = rng.integers(len(r), size=len(r))
        if h[pick].sum() > 0:
            drawn.append(_top_half(r[pick], h[pick]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(_top_half(r, h), float(low), float(high))


def _top_half(risk: np.ndarray, hours: np.ndarray) -> float:
    """The share of hours of the half with most risk; of groups that score alike at the edge, each counts in part."""
    order = np.sort(risk)[::-1]
    half = len(risk) / 2
    edge = order[int(np.ceil(half)) - 1]
    above, level = risk > edge, risk == edge
    part = (half - above.sum()) / level.sum()
    return float((hours[above].sum() + part * hours[level].sum()) / hours.sum())


def spent(*, actor: Actor, at: datetime, days: int = DAYS) -> list[Spent]:
    """Every mapped group that the reader may see, with its open risk now and the hours of teams in the last days."""
    actor = actor.for_one_look()
    since = london_day(at) - timedelta(days=days)
    hours, claims = dict[str, float](), dict[str, int]()
    for plan in cases(actor).filter(kind=PLAN.name).prefetch_related("items"):
        group = plan.facts.get("plan_group", "")
        for row in plan.items.all():
            if row.withdrawn:
                continue
            if row.part == "efforts" and date.fromisoformat(row.facts["week_from"]) >= since:
                hours[group] = hours.get(group, 0.0) + float(row.facts["hours"])
            if row.part == "claims" and row.facts.get("level_moderated") not in (None, "none"):
                claims[group] = claims.get(group, 0) + 1
    found = []
    for held in cases(actor).filter(kind=GROUP.name, stage="active").order_by("ref"):
        case = Case(folded(held)[0], at, who_is(actor, at), around=around_for(GROUP, actor, held))
        risk = picture_of(case).risk
        name = str(held.facts.get("group_name") or held.ref)
        found.append(
            Spent(
                name,
                str(held.facts.get("tier") or "not set"),
                None if risk is None else risk.score,
                hours.get(held.ref, 0.0),
                claims.get(held.ref, 0),
            )
        )
    return sorted(found, key=lambda s: (-(s.risk if s.risk is not None else -1.0), s.group))


def results(*, actor: Actor) -> list[Result]:
    """What came of every plan that the reader may see."""
    actor = actor.for_one_look()
    names = {
        ref: str(facts.get("group_name") or ref)
        for ref, facts in cases(actor).filter(kind=GROUP.name).values_list("ref", "facts")
    }
    rows = Prefetch("items", Item.objects.order_by("pk"))
    plans = cases(actor).filter(kind=PLAN.name).order_by("pk").prefetch_related(rows)
    return [result_of(names.get(p.facts.get("plan_group", ""), "not seen"), not p.closed, p.items.all()) for p in plans]


def sheet(*, actor: Actor, at: datetime) -> Document:
    """Groups by open risk, with the hours of teams, what they would have by risk alone, and how far the most goes to the most harm."""
    rows = spent(actor=actor, at=at)
    scored = [s for s in rows if s.risk is not None]
    all_risk, all_hours = sum(s.risk or 0.0 for s in scored), sum(s.hours for s in scored)
    source = Source(
        "Disruption plans and groups that you may see", f"hours noted in the last {DAYS} days; open risk now"
    )
    columns = (Column("Group"), Column("Tier"), Column("Open risk", "number", decimals=1), Column("Hours of teams", "number"),
               Column("Hours by risk alone", "number"), Column("Disruptions moderated", "number"))  # fmt: skip
    table = Table(
        "Harm against effort", columns,
        tuple((s.group, s.tier, s.risk, s.hours, None if s.risk is None or not all_risk else all_hours * s.risk / all_risk, s.disruptions) for s in rows),
        note="Hours by risk alone: all hours, shared out as the open risk is. A plan may rightly differ: say why in its review.", sources=(source,),
    )  # fmt: skip
    found = share_to_most_harm([s.risk or 0.0 for s in scored], [s.hours for s in scored])
    blocks: list[Block] = [table] if rows else [Paragraph("No mapped group that you may see.")]
    if found is None:
        blocks.append(Note(f"With {len(scored)} scored groups or no hours noted, nothing can be said of whether the most goes to the most harm: "
                           f"at least {FEWEST} groups with a score are needed.", "Too little is known"))  # fmt: skip
    else:
        says = (
            "more than chance would give"
            if found.low > 0.5
            else "less than chance would give"
            if found.high < 0.5
            else "no more than chance may give"
        )
        blocks.insert(0, Finding("effort", f"The half of the groups with most open risk has {Column('', 'percent').show(found)} of the hours of teams: "
                                 f"{says} (50%)."))  # fmt: skip
    idle = [s.group for s in scored if not s.hours]
    if idle:
        blocks.append(
            Note(
                f"No hour is noted for {len(idle)} scored groups: {', '.join(idle)}.",
                "Nobody works on them, or nobody notes it",
            )
        )
    came = section(results(actor=actor))
    return Document("Harm against effort", f"Organised crime groups, the {DAYS} days before", "OFFICIAL-SENSITIVE", london_day(at),
                    sections=(Section("Do the hours go where the harm is?", tuple(blocks)), *([came] if came else [])))  # fmt: skip
