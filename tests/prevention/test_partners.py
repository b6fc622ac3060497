"""What partners' data add to a profile: unknown events, places raised, and what is lost when a feed is withdrawn."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from peelian.core.document import Finding, Note, Table, Task
from peelian.prevention.profile.partners import SECTION, partners_part
from peelian.prevention.profile.scope import Held
from peelian.prevention.profile.spread import Spread
from peelian.prevention.themes import THEMES, Partner, Selection

from .conftest import LSOAS, records, scope_of

AREAS = list(LSOAS)
ASSAULTS = Partner(
    "ae-assaults", Selection(categories=("assault-injury",)), "assaults that are treated and never reported"
)
FIRES = Partner("fire", Selection(), "deliberate fires")
TITLE = "Assaults told in the emergency departments"


def events_in(rng, counts, **how):
    """Events by LSOA."""
    return pl.concat([records(rng, n, area=area, **how) for area, n in counts.items()])


def held(frame, partner=ASSAULTS, **how):
    return Held(partner, TITLE if partner is ASSAULTS else "Fire and rescue", frame, **how)


@pytest.fixture
def police():
    """Forty violent crimes in the first LSOA, then five fewer in each after it, over a year."""
    return events_in(np.random.default_rng(1), {AREAS[n]: 40 - 5 * n for n in range(7)}, category="violent-crime")


def part(police, *partners):
    theme = replace(THEMES["violent-crime"], partners=tuple(h.partner for h in partners))
    return partners_part(scope_of(police, police, theme=theme, partners=partners))


def texts(found):
    return " ".join(f.text for f in found.findings)


def table(found):
    return next(b for b in found.section.blocks if isinstance(b, Table) and "ranked" in b.caption)


def test_a_place_that_only_the_hospital_knows_is_raised(police):
    added = events_in(np.random.default_rng(2), {AREAS[20]: 60}, category="assault-injury")
    found = part(police, held(added))
    name = LSOAS[AREAS[20]].name
    assert f"{name} would fall from 1st to nowhere in the list" in texts(found)
    assert "About 100% of them" in texts(found)
    rows = table(found).rows
    assert rows[0][:3] == (1, name, "not listed")
    assert rows[0][-1] == 60
    [task] = [t for t in found.tasks if isinstance(t, Task)]
    assert name in task.what and task.findings == ("partner-ae-assaults",)


def test_what_the_police_know_too_raises_nothing(police):
    same = police.with_columns(pl.col("start") + timedelta(hours=3), category=pl.lit("assault-injury"))
    found = part(police, held(same))
    assert "They change no place among the first 5" in texts(found)
    share = next(b for b in found.section.blocks if isinstance(b, Table) and "uses" in b.caption).rows[0][2]
    assert share.value > 0.9
    assert not found.tasks


def test_coincidences_are_taken_out():
    """Where a place has something every day, each partner's event has a police record near by, and that says nothing."""
    rng = np.random.default_rng(3)
    busy = events_in(rng, {AREAS[0]: 4_000})
    other = events_in(rng, {AREAS[0]: 200})
    found = part(busy, held(other))
    share = next(b for b in found.section.blocks if isinstance(b, Table) and "uses" in b.caption).rows[0][2]
    assert share is None
    quiet = events_in(rng, {AREAS[0]: 150})
    found = part(quiet, held(other))
    share = next(b for b in found.section.blocks if isinstance(b, Table) and "uses" in b.caption).rows[0][2]
    assert share.low < 0.05 and share.value < 0.2


def test_a_withdrawn_feed_reverses_what_it_raised(police):
    added = events_in(np.random.default_rng(2), {AREAS[20]: 60}, category="assault-injury")
    name = LSOAS[AREAS[20]].name
    found = part(police, held(added, since=date(2026, 1, 1), reason="the agreement ended"))
    said = texts(found)
    assert "were withdrawn on 1 January 2026 (the agreement ended)" in said
    assert f"{name} would stand 1st, now nowhere in the list" in said
    assert name not in {row[1] for row in table(found).rows}
    assert any(isinstance(b, Note) and b.title == "Withdrawn" for b in found.section.blocks)
    assert not found.tasks


def test_each_feed_is_told_apart_from_the_others(police):
    rng = np.random.default_rng(4)
    found = part(
        police,
        held(events_in(rng, {AREAS[20]: 60}, category="assault-injury")),
        held(events_in(rng, {AREAS[0]: 3}, category="deliberate-fire"), FIRES),
    )
    by_id = {f.id: f.text for f in found.findings if isinstance(f, Finding)}
    assert "would fall" in by_id["partner-ae-assaults"]
    assert "They change no place" in by_id["partner-fire"]
    assert "hardly any event" in by_id["partner-fire"]  # three could point at somebody
    assert " 3 events" not in by_id["partner-fire"]


def test_a_feed_of_which_nothing_is_held_is_named(police):
    found = part(police, held(police.clear(), landed=False))
    assert found.section.title == SECTION
    assert any(isinstance(b, Note) and b.title == TITLE for b in found.section.blocks)
    assert any("assaults that are treated" in text for text in found.unknown)
    assert not found.findings


SIX = dict(list(LSOAS.items())[12:18])  # three of each district, so that a total leaves little to hide behind
# Half a year apart, so that no partner's event is taken for one that the police know.
POOL = {
    name: {
        code: records(np.random.default_rng(5), 30, area=code, first=datetime(2025, month, 1, tzinfo=UTC), days=150)
        for code in SIX
    }
    for name, month in (("police", 1), ("hospital", 7), ("fires", 7))
}
few = st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 30]), min_size=6, max_size=6)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(police=few, hospital=few, fires=few)
def test_no_small_count_can_be_worked_out(police, hospital, fires):
    """One who also holds the table by LSOA, and each source's total, finds more than one value for every small count."""
    assume(sum(police) >= 5)
    true = dict(zip(("police", "hospital", "fires"), (police, hospital, fires), strict=True))
    made = {
        name: pl.concat([POOL[name][code].head(n) for code, n in zip(SIX, counts, strict=True)])
        for name, counts in true.items()
    }
    parents = {code: area.parent for code, area in SIX.items()}
    theme = replace(THEMES["violent-crime"], partners=(ASSAULTS, FIRES))
    scope = scope_of(
        made["police"], made["police"], theme=theme, lsoas=SIX, partners=(held(made["hospital"]), held(made["fires"], FIRES))
    )  # fmt: skip
    rows = next(
        (b.rows for b in partners_part(scope).section.blocks if isinstance(b, Table) and "ranked" in b.caption), ()
    )
    shown = {(name, code): None for name in true for code in SIX}
    for row in rows:
        (code,) = (c for c, area in SIX.items() if area.name == row[1])
        shown |= {(name, code): cell for name, cell in zip(true, row[3:-1], strict=True)}
        # A total of more than what is shown beside it would tell what is not shown.
        assert row[-1] == sum(cell for cell in row[3:-1] if isinstance(cell, int))
    spread = Spread(scope)
    assert all(
        spread.lsoas[c] == cell for (name, c), cell in shown.items() if name == "police" and isinstance(cell, int)
    )
    shown |= {("police", code): "not shown" if n is None else n for code, n in spread.lsoas.items()}

    cells = list(shown)
    counts = np.array([true[name][list(SIX).index(code)] for name, code in cells])
    sums = [[name == source for name, _ in cells] for source in true]
    sums += [
        [name == "police" and parents[code] == d for name, code in cells]
        for d, n in spread.districts.items()
        if n is not None
    ]
    # The police's noughts are shown, so what is not is at least 1 where any of theirs is.
    some = any(isinstance(n, int) for n in spread.lsoas.values())
    known = [
        (cell, cell) if isinstance(cell, int) else (int(some and name == "police"), None)
        for (name, _), cell in shown.items()
    ]
    for n, cell in enumerate(cells):
        assert not (isinstance(shown[cell], int) and 0 < shown[cell] < 5), cell
        if 0 < counts[n] < 5:
            least, most = (
                sign * linprog(sign * np.eye(len(cells))[n], A_eq=np.array(sums), b_eq=np.array(sums) @ counts, bounds=known).fun
                for sign in (1, -1)
            )  # fmt: skip
            assert most - least > 0.99, (cell, rows)


def test_one_address_written_in_many_ways_is_one_place():
    from peelian.prevention.profile.addresses import whole

    ways = {
        "SOUTH HOUSE 19 SOUTH CLOSE",
        "SOUTH HOUSE 19 SOUTH CL CASTLEWORTHY",
        "SOUTH HOUSE 19 SOUTH CLOSE CASTLEWORTHY",
    }
    assert set(whole(ways).values()) == {"SOUTH HOUSE 19 SOUTH CLOSE"}
    apart = {"1 HIGH STREET", "1 HIGH STREETON", "11 HIGH STREET", "SOUTH HOUSE", "SOUTH HOUSE 19 SOUTH CLOSE", ""}
    assert len(set(whole(apart).values())) == len(apart)
