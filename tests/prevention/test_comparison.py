"""A profile says what changed since the last of its kind: known numbers, and nothing where there was none."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from peelian.access.actor import Actor, record_act
from peelian.access.models import Agency, User
from peelian.core.document import Finding, Table
from peelian.prevention.problem_profiles import problem_profile
from peelian.prevention.profile.comparison import NONE_BEFORE, comparison_part
from peelian.prevention.profile.gather import gather
from peelian.prevention.profile.scope import Last, with_time
from peelian.prevention.templates import theme_of
from peelian.prevention.themes import THEMES
from peelian.records.feeds import FEEDS
from peelian.records.landing import ingest
from peelian.records.setup import OPERATOR, ensure_ready

from .conftest import LSOAS, records, scope_of

JANUARY, FEBRUARY = (date(2025, 1, 1), date(2025, 1, 31)), (date(2025, 2, 1), date(2025, 2, 28))


def row(reference, seen, *, why="other", status="live", found=""):
    return {
        "Missing Reference": reference, "Status": status, "Reported At": f"{seen} 21:00", "Last Seen At": f"{seen} 18:00",
        "Missing From": "home", "Circumstances": why, "Risk Level": "medium", "Found At": found,
    }  # fmt: skip


def january(n, **told):
    return row(f"M/{n}", f"2025-01-{n % 28 + 1:02}", **told)


@pytest.fixture
def actor(transactional_db, tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    ensure_ready()
    return Actor.of(User.objects.select_related("agency").get(username=OPERATOR), "crime-analysis")


@pytest.fixture
def read(actor, tmp_path):
    def read(day, rows):
        path = tmp_path / f"{day}-missing.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in FEEDS["force-missing"].columns])
            writer.writeheader()
            writer.writerows(rows)
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        (result,) = ingest("force-missing", [path], actor=actor, at=at, published=day)
        assert not result.error and not result.quarantined, result

    return read


def made(actor, period, at, *, theme="missing", area=""):
    detail = {"theme": theme, "area": area, "from": str(period[0]), "to": str(period[1])}
    return record_act(actor, "consultation", "problem profile", detail=detail, at=at)


@pytest.fixture
def two_editions(actor, read):
    """60 episodes of January; then 6 taken back, 7 corrected, 5 moved to December, 8 late, 9 found, and 70 of February."""
    read(date(2025, 2, 1), [january(n) for n in range(60)])
    made(actor, JANUARY, datetime(2025, 2, 3, 9, tzinfo=UTC), theme="Missing")
    read(
        date(2025, 3, 2),
        [
            *(january(n, status="withdrawn") for n in range(6)),
            *(january(n, why="dementia") for n in range(10, 17)),
            *(row(f"M/{n}", "2024-12-30") for n in range(20, 25)),
            *(row(f"L/{n}", f"2025-01-{n + 1:02}") for n in range(8)),
            *(january(n, found="2025-02-20 10:00") for n in range(30, 39)),
            *(row(f"F/{n}", f"2025-02-{n % 28 + 1:02}") for n in range(70)),
        ],
    )


def scope(actor, period=FEBRUARY, on=date(2025, 3, 3)):
    return gather(actor, theme_of("missing"), area="", start=period[0], end=period[1], on=on)


def test_late_corrected_and_withdrawn_records_are_told_apart(actor, two_editions):
    last = scope(actor).last
    assert (last.late, last.corrected_in, last.corrected, last.withdrawn, last.corrected_out) == (8, 0, 7, 6, 5)
    assert (last.then, len(last.now)) == (60, 57)  # 60 + 8 - 6 - 5


def test_the_document_says_what_changed(actor, two_editions):
    document = problem_profile(
        actor, "missing", area="", start=FEBRUARY[0], end=FEBRUARY[1], on=date(2025, 3, 3), rng=np.random.default_rng(1)
    )
    [section] = [s for s in document.sections if s.title == "Since the last edition"]
    known, beside = [b for b in section.blocks if isinstance(b, Table)][:2]
    assert [row[1] for row in known.rows] == [60, 8, 0, 6, 5, 57, 7]
    assert [(row[2], row[3]) for row in beside.rows] == [(31, 57), (28, 70)]
    assert next(b.text for b in document.blocks() if isinstance(b, Finding) and b.id == "last-edition").startswith(
        "Since the last edition (January 2025) missing episodes went from 1.84"  # 57 / 31
    )
    assert "cannot be judged" in " ".join(document.texts())


def test_a_correction_into_the_period_is_no_late_record(actor, read):
    read(date(2025, 2, 1), [*(january(n) for n in range(20)), *(row(f"D/{n}", "2024-12-30") for n in range(6))])
    made(actor, JANUARY, datetime(2025, 2, 3, 9, tzinfo=UTC))
    read(date(2025, 3, 2), [*(row(f"D/{n}", "2025-01-30") for n in range(6)), row("F/1", "2025-02-02")])
    last = scope(actor).last
    assert (last.late, last.corrected_in, last.then, len(last.now)) == (0, 6, 20, 26)


@pytest.mark.parametrize(
    ("period", "at", "theme", "area"),
    [
        (JANUARY, datetime(2025, 3, 3, 0, 0, tzinfo=UTC), "missing", ""),  # the same day is the same edition
        ((date(2025, 1, 1), date(2025, 3, 31)), datetime(2025, 2, 3, tzinfo=UTC), "missing", ""),
        (JANUARY, datetime(2025, 2, 3, tzinfo=UTC), "robbery", ""),
        (JANUARY, datetime(2025, 2, 3, tzinfo=UTC), "missing", "Harbour"),
    ],
)
def test_what_is_no_earlier_edition(actor, read, period, at, theme, area):
    read(date(2025, 2, 1), [january(n) for n in range(20)])
    made(actor, period, at, theme=theme, area=area)
    assert scope(actor, JANUARY).last is None


def test_another_agency_s_profile_is_no_last_edition(actor, read):
    read(date(2025, 2, 1), [january(n) for n in range(20)])
    other = User.objects.create_user("pat", agency=Agency.objects.create(code="next", name="Next", kind="police"))
    made(Actor.of(other, "crime-analysis"), JANUARY, datetime(2025, 2, 3, tzinfo=UTC))
    assert scope(actor, JANUARY).last is None


def test_the_newest_earlier_one_is_the_last(actor, read):
    read(date(2025, 2, 1), [january(n) for n in range(20)])
    for day in (2, 5, 4):
        made(actor, JANUARY, datetime(2025, 2, day, 9, tzinfo=UTC))
    assert scope(actor, JANUARY).last.at.day == 5


# What the words do with counts, on made-up scopes.


def compared(now, last, **changes):
    """The part for events `now` of 2025 after an edition of 2024 whose events are `last`."""
    began = Last(
        datetime(2025, 1, 9, tzinfo=UTC), date(2024, 1, 1), date(2024, 12, 31), with_time(last), **changes
    )  # fmt: skip
    return comparison_part(replace(scope_of(now, now), last=began))


def year(seed, count, year):
    return records(np.random.default_rng(seed), count, first=datetime(year, 1, 1, tzinfo=UTC))


def words(part):
    cells = [cell for b in part.section.blocks if isinstance(b, Table) for row in b.shown for cell in (*row, b.note)]
    return " ".join([*(b.text for b in part.section.blocks if hasattr(b, "text")), *cells])


def test_without_an_earlier_edition_one_line_says_so(burglary):
    part = comparison_part(burglary)
    assert part.unknown == (NONE_BEFORE,) and not part.section.blocks and not part.findings


def test_a_change_is_told_with_its_interval_and_equal_years_are_no_change():
    more = compared(year(1, 1_200, 2025), year(2, 800, 2024))
    assert "50% more a day, by more than chance explains" in more.findings[0].text  # 1,200/365 against 800/366
    same = compared(year(1, 800, 2025), year(2, 810, 2024))
    assert "not shown to be a change" in same.findings[0].text


def test_places_that_entered_and_left_the_first_five_are_named():
    codes = list(LSOAS)
    old = pl.concat(
        [
            records(np.random.default_rng(n), 60 - n, area=codes[n], first=datetime(2024, 1, 1, tzinfo=UTC))
            for n in range(6)
        ]
    )
    new = pl.concat([records(np.random.default_rng(n), 60 - n, area=codes[n]) for n in (0, 1, 2, 3, 7)])
    said = words(compared(new, old))
    assert "Harbour 007A is new, and Harbour 004A is there no longer" in said


def test_few_late_records_are_not_told_by_the_totals_beside_them():
    """3 late of 803: 803 - 800 would tell the 3, so the total of then is not shown."""
    said = words(compared(year(1, 900, 2025), year(2, 803, 2024), late=3))
    assert "fewer than 5" in said and "803" in said and "800" not in said


def test_a_total_of_a_longer_period_does_not_tell_the_days_that_were_added():
    """January to November, then the whole year, with 3 in December: 803 - 800 would tell them."""
    rng = np.random.default_rng(1)
    most = records(rng, 800, days=330)
    whole = pl.concat([most, records(rng, 3, first=datetime(2025, 12, 5, tzinfo=UTC), days=20)])
    scope = scope_of(whole, whole)
    last = Last(datetime(2025, 12, 9, tzinfo=UTC), date(2025, 1, 1), date(2025, 11, 30), with_time(most))
    part = comparison_part(replace(scope, last=last))
    assert not part.findings and "800" not in words(part)


def test_open_data_are_told_as_published():
    scope = scope_of(year(1, 900, 2025), year(1, 900, 2025), feed="police-uk-street", theme=THEMES["burglary"])
    last = Last(
        datetime(2025, 1, 9, tzinfo=UTC), date(2024, 1, 1), date(2024, 12, 31), with_time(year(2, 803, 2024)), late=3
    )
    assert "800" in words(comparison_part(replace(scope, last=last)))
