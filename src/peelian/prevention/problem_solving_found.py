"""Places where a problem recurs, found in the records and proposed as plans, with what a plan there could show."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from peelian.analysis.detectable import detectable_fall
from peelian.core.system import Found

from . import problem_solving_counts as counts

if TYPE_CHECKING:
    from peelian.access.actor import Actor

MONTHS = 12
HELD = 36  # months in which records are looked for
LISTED = 12
RECURS = 9  # of the twelve months, in which the problem shows at all
SOURCE = "Recorded crime and incidents of the last twelve whole months, by ward"


def recurring(*, actor: Actor, at: datetime) -> list[Found]:
    """Wards in which one problem goes on through the year, most above the middle ward first, each with the ward most like it."""
    from peelian.records import areas

    until = counts.this_month(at)
    rows = counts.recorded(actor, counts.CATEGORY, counts.month_of(until, -HELD), until)
    newest = rows["month"].max()
    if not isinstance(newest, date):
        return []
    after = counts.month_of(newest, 1)  # records that stop earlier are looked at as far as they go
    months = counts.months_between(counts.month_of(after, -MONTHS), after)
    ward_of = areas.parts("ward") or areas.parts("district")
    names = {a.code: a.name for kind in ("ward", "district") for a in areas.areas(kind)}
    district_of = {
        ward: names.get(code, "") for lsoa, code in areas.parts("district").items() if (ward := ward_of.get(lsoa))
    }
    nth = {month: n for n, month in enumerate(months)}
    series: dict[str, dict[str, list[int]]] = defaultdict(lambda: {ward: [0] * MONTHS for ward in district_of})
    for category, lsoa, month, number in rows.group_by("category", "area", "month").len().iter_rows():
        if (ward := ward_of.get(lsoa)) in district_of and month in nth:
            series[category][ward][nth[month]] += number
    told = []
    for problem, category in counts.CATEGORY.items():
        totals = sorted(map(sum, series[category].values()))
        middle = totals[len(totals) // 2] if totals else 0
        for ward, held in series[category].items():
            if sum(n > 0 for n in held) >= RECURS and sum(held) > middle:
                told.append((sum(held) - middle, middle, problem, ward, held))
    # Counts alone would list one busy ward for everything: each ward is proposed once, for what stands out most.
    found: list[Found] = []
    taken: set[str] = set()
    for _, middle, problem, ward, held in sorted(told, key=lambda t: (-t[0], t[2], t[3])):
        if ward in taken or len(found) == LISTED:
            continue
        others = {
            w: s for w, s in series[counts.CATEGORY[problem]].items() if district_of[w] != district_of[ward] and sum(s)
        }
        if not others:
            continue
        taken.add(ward)
        alike = min(others, key=lambda w: (sum((a - b) ** 2 for a, b in zip(held, others[w], strict=True)), w))
        least = detectable_fall(held, others[alike], after=MONTHS)
        shows = "not even the end of it" if least is None else f"a fall of {100 * least:.0f} % or more"
        found.append(
            Found(
                f"{ward}-{counts.CATEGORY[problem]}-{after:%Y-%m}",
                f"{names[ward]}: {sum(held)} of {problem} in the twelve months to {months[-1]:%B %Y}, in {sum(n > 0 for n in held)} of them; the middle ward has {middle}. A plan counted for a "
                f"further year could show {shows}.",
                {
                    "title": f"{problem.capitalize()} in {names[ward]}", "area": district_of[ward], "place": names[ward], "problem": problem,
                    "outcome": f"{problem.capitalize()} recorded in {names[ward]}, by month", "comparison": names[alike], "history": held,
                    "comparison_history": others[alike],
                },
                source=SOURCE, evidence="local", numbers=(("In twelve months", sum(held)), ("Middle ward", middle)),
            )
        )  # fmt: skip
    return found


def carried_over(*, actor: Actor, at: datetime) -> list[Found]:
    """Better practice of one district that another decided to carry over: each is tried as a plan of its own, so that it is known whether it worked."""
    from peelian.casework.sight import cases

    found = []
    for case in cases(actor).filter(kind="consistency", stage="planned").order_by("-opened_at", "pk"):
        told = case.facts
        step, best = str(told.get("step", "")).replace("_", " "), told.get("best", "")
        if not step or told.get("answer") not in ("adopt", "adapt"):
            continue
        wanted = str(told.get("measure", "")).startswith("outstanding_suspect")
        found.append(
            Found(
                str(case.ref), f"{told.get('figures', '')}. Decided: carry over what {best} does.",
                {
                    "title": f"Carry over from {best}: {step}", "area": case.area, "place": "the whole district", "place_type": "an office or a process",
                    "problem": "wanted people not found" if wanted else "other", "objective": told.get("practice", ""), "comparison": best,
                    "arises_from": case.ref,
                },
                source="Monthly review of differences between districts", evidence="local", numbers=(("Cases concerned", told.get("cases", 0)),),
            )
        )  # fmt: skip
    return found
