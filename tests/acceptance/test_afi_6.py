"""AFI 6: outstanding offenders handled alike across the force.

Suspects are those of the made-up county's recorded crime, in three of its districts. One district never makes an enquiry (phones, benefits,
employer) that the others make; a suspect enquired after is found within fourteen days with a chance of 85 %, else of 30 % (design). In the
last quarter another district ends cases as duplicates. The same year runs three times: the system not used, used as meant, installed but
ignored.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from peelian import systems
from peelian.access.models import Agency
from peelian.casework import store
from peelian.casework.models import Case, Notice
from peelian.casework.ticking import tick
from peelian.core.kinds import Case as Read
from peelian.county import happenings
from peelian.vulnerability.consistency import review
from peelian.vulnerability.consistency_gaps import gap_of, narrowed
from peelian.vulnerability.consistency_picture import compare

from .setting import posted, settled

DISTRICTS = ("north", "south", "west")
LEAVES_OUT, RENAMES = "south", "west"
QUARTERS = [(date(2025, 1, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2025, 6, 30)),
            (date(2025, 7, 1), date(2025, 9, 30)), (date(2025, 10, 1), date(2025, 12, 31))]  # fmt: skip
EACH = 9  # suspects of a district and quarter
FOUND_IF_ASKED, FOUND_ELSE = 0.85, 0.3
ACCEPT = timedelta(days=3)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def suspects():
    """(district, quarter, wanted at, offence, domestic abuse) of crimes of the county, as many in every district and quarter."""
    held, rng = {}, np.random.default_rng(1)
    crimes = happenings(people=10_000, seed=6, months=12, until=date(2025, 12, 31)).filter(
        ~pl.col("category").is_in(["", "Anti-social behaviour"])
    )
    district = {area: DISTRICTS[n % 3] for n, area in enumerate(sorted(crimes["area"].unique()))}
    for at, category, area in crimes.select("happened", "category", "area").iter_rows():
        violence = category == "Violence and sexual offences"
        one = at.replace(tzinfo=UTC), "violence" if violence else "theft", bool(violence and rng.random() < 0.4)
        held.setdefault((district[area], (at.month - 1) // 3), []).append(one)
    return [(d, q, *one) for q in range(4) for d in DISTRICTS for one in held[d, q][:EACH]]


def asked_after(district, quarter, carried_over):
    return district != LEAVES_OUT or (carried_over and quarter >= 2)


def fates(suspects, carried_over):
    """Whether each suspect is found in time: drawn alike in every run."""
    rng = np.random.default_rng(6)
    return [rng.random() < (FOUND_IF_ASKED if asked_after(d, q, carried_over) else FOUND_ELSE) for d, q, *_ in suspects]


# -- (a) the system is not used --------------------------------------------------------------------------------------------


def test_without_the_system_the_gap_stays(suspects):
    found = fates(suspects, carried_over=False)
    rows = pl.DataFrame(
        [(d, hit, q) for (d, q, *_), hit in zip(suspects, found, strict=True)],
        schema=["area", "hit", "quarter"],
        orient="row",
    )

    first, last = (gap_of(rows.filter(pl.col("quarter").is_in(q)), (), LEAVES_OUT, "") for q in ([0, 1], [2, 3]))

    assert first.high < 0
    assert last.high < 0
    assert narrowed(first, last)[1] < 0  # no narrowing beyond chance


# -- the system ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def force(db):
    systems.load()
    agency = Agency.objects.create(code="force", name="Force", kind="police")
    values = {
        "suspects.profile": "by_grade", "suspects.accept_within": "1 hour", "suspects.grade_within": "1 hour", "suspects.find_within": "14 days after",
        "consistency.accept_within": "72 hours", "consistency.answer_within": "14 days after", "consistency.follow_within": "100 days after",
    }  # fmt: skip
    settled(values)
    made = {}
    for name, role in (
        ("analyst", "analyst"),
        ("officer", "investigator"),
        ("inspector", "inspector"),
        ("head", "superintendent"),
        ("chief", "chief-officer"),
    ):
        purpose = "crime-analysis" if role == "analyst" else "investigation"
        made[name] = posted(name, agency, role, purpose=purpose, on=date(2025, 1, 1))
    return made


def worked(suspects, found, quarters, force, carried_over):
    """Officers work the suspects of some quarters on the register."""
    officer, inspector = force["officer"], force["inspector"]
    for n, ((district, quarter, at, offence, da), hit) in enumerate(zip(suspects, found, strict=True)):
        if quarter not in quarters:
            continue
        given = {
            "wanted_at": at,
            "area": district,
            "wanted_for": "suspect",
            "offence": offence,
            "da": da,
            **({"da_grade": "medium"} if da else {}),
        }
        case = store.open_case("outstanding_suspect", "register", given, actor=officer, at=at)
        store.decide(case.ref, "grade_it", "amber" if da or offence == "violence" else "green", actor=officer, at=at)
        if n % 4 == 0:
            store.do(case.ref, "circulate", {"circulated_at": at + DAY / 4}, actor=officer, at=at + DAY / 4)
        if asked_after(district, quarter, carried_over):
            store.do(
                case.ref,
                "enquire",
                {"made_at": at + DAY, "source": "phone", "answer": "an address"},
                actor=officer,
                at=at + DAY,
            )
        renamed = district == RENAMES and quarter == 3 and n % 2
        if renamed:
            store.do(
                case.ref,
                "close_not_found",
                {"closed_as": "duplicate", "ended_at": at + 2 * DAY, "why": "another entry"},
                actor=inspector,
                at=at + 2 * DAY,
            )
        elif hit:
            store.do(
                case.ref,
                "close_found",
                {"closed_as": "arrested", "ended_at": at + 5 * DAY},
                actor=officer,
                at=at + 5 * DAY,
            )


def looked_at(force, on, since, until, to="head"):
    """The monthly review, made by the analyst."""
    return review(
        "outstanding_suspect", "found_in_time", actor=force["analyst"], at=on, since=since, until=until, to=to
    )


def test_used_as_meant_the_gap_narrows_within_two_quarters(suspects, force):
    found = fates(suspects, carried_over=True)
    worked(suspects, found, (0, 1), force, carried_over=True)
    july = datetime(2025, 7, 20, 9, tzinfo=UTC)

    (ref,) = looked_at(force, july, QUARTERS[0][0], QUARTERS[1][1])

    # The step left out is named with its cases, those not circulated apart.
    case = Case.objects.get(ref=ref)
    assert (case.facts["step"], case.area, case.facts["cases"]) == ("enquire", LEAVES_OUT, 2 * EACH)
    told = compare(
        "outstanding_suspect",
        "found_in_time",
        actor=force["analyst"],
        at=july,
        since=QUARTERS[0][0],
        until=QUARTERS[1][1],
    )
    ((step, area),) = told.left_out
    mine = set(Case.objects.filter(kind="outstanding_suspect", area=LEAVES_OUT).values_list("ref", flat=True))
    assert {one for one, _ in step.without[area]} == mine
    apart = sum(stage == "identified" for _, stage in step.without[area])
    assert 0 < case.facts["not_circulated"] == apart < len(mine)

    # The better practice is adopted as a plan.
    store.accept(ref, actor=force["head"], at=july + DAY)
    plan = {
        "practice": "phones and benefits are asked on the first day",
        "lead": "Inspector, south",
        "start_on": date(2025, 7, 1),
    }
    store.decide(ref, "answer_it", "adopt", plan, actor=force["head"], at=july + DAY)
    # So is a plan of the same district about another measure, which this review says nothing of.
    found_there = {"about": "a step is left out", "step": "refer", "measure": "domestic_abuse.graded_in_time", "area": LEAVES_OUT, "figures": "9 of 20", "cases": 20, "best": RENAMES, "period": "2025 Q2"}  # fmt: skip
    other = store.open_case(
        "consistency", "name_difference", found_there, actor=force["analyst"], at=july, to="head"
    ).ref
    store.accept(other, actor=force["head"], at=july + DAY)
    store.decide(other, "answer_it", "adopt", plan, actor=force["head"], at=july + DAY)

    # The gap, adjusted for the mix, narrows within two quarters.
    for quarter, on in ((2, datetime(2025, 10, 20, 9, tzinfo=UTC)), (3, datetime(2026, 1, 20, 9, tzinfo=UTC))):
        worked(suspects, found, (quarter,), force, carried_over=True)
        opened = looked_at(force, on, *QUARTERS[quarter])
    loaded = store.load(ref, force["head"], at=on)
    plan = Read(loaded.state, on)
    assert [row.period for row in plan.followed] == ["2025 Q3", "2025 Q4"]
    assert plan.shows == "narrowed"
    assert not Case.objects.get(ref=other).items.filter(part="followed").exists()
    store.do(ref, "close", {"result": "narrowed", "learnt": "asked on day one"}, actor=force["head"], at=on)

    # A fall made by renaming is flagged, in the district that did it.
    (flagged,) = Case.objects.filter(ref__in=opened)
    assert (flagged.facts["about"], flagged.area) == ("endings by words alone", RENAMES)


def test_installed_but_ignored_it_reaches_its_owner_and_then_a_chief_officer(suspects, force):
    found = fates(suspects, carried_over=False)
    worked(suspects, found, (0, 1), force, carried_over=False)
    july = datetime(2025, 7, 20, 9, tzinfo=UTC)
    (ref,) = looked_at(force, july, QUARTERS[0][0], QUARTERS[1][1])
    assert Case.objects.get(ref=ref).offered_to == "head"

    for day in range(1, 20):
        tick(july + day * DAY)

    told = Notice.objects.filter(case__ref=ref).order_by("due")
    climbed = {n.to: n.due - july for n in told if n.what == "unaccepted"}
    assert climbed["chief-officer"] <= 2 * ACCEPT
    assert [n.clock for n in told if n.what == "overdue"] == ["answered"]
    # Looked at again, it is named once, not twice.
    assert looked_at(force, july + 20 * DAY, QUARTERS[0][0], QUARTERS[1][1]) == []
