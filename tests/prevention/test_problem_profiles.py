"""A problem profile says what the records hold, with its uncertainty, and refuses what they cannot say."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from peelian.core.document import Figure, Finding, Note, Section, Table, Task
from peelian.core.errors import InvalidInput
from peelian.documents.html import page
from peelian.documents.pdf import pdf
from peelian.prevention.problem_profiles import profile_of
from peelian.prevention.profile.gather import chosen_feed, months_back
from peelian.prevention.profile.part import percent, say_days
from peelian.prevention.profile.people import people_part
from peelian.prevention.profile.repeats import repeats_part
from peelian.prevention.profile.scale import scale_part
from peelian.prevention.profile.trend import trend_part
from peelian.prevention.profile.when import when_part
from peelian.prevention.themes import THEMES, Selection

from .conftest import LSOAS, records, scope_of, victims


def profile(scope):
    return profile_of(scope, rng=np.random.default_rng(1))


def words(document_or_part):
    if hasattr(document_or_part, "texts"):
        return " ".join(document_or_part.texts())
    part = document_or_part
    return " ".join([*(f.text for f in part.findings), *part.unknown, *_section(part.section)])


def _section(section):
    for block in section.blocks:
        yield from (block.text,) if hasattr(block, "text") else ()
        if isinstance(block, Table):
            yield from (cell for row in block.shown for cell in row)


def tables(part):
    blocks = part.section.blocks
    return [b.table if isinstance(b, Figure) else b for b in blocks if isinstance(b, Figure | Table)]


@pytest.fixture(scope="module")
def made(burglary):
    return profile(burglary)


def test_findings_come_first_then_tasks_then_the_evidence(made):
    titles = [section.title for section in made.sections]
    assert titles == [
        "Findings", "Recommendations", "What this rests on", "Scale", "Trend", "Harm", "When in the week", "Where",
        "Repeat and near repeat", "Victims, offences and locations", "What is not known", "Methods", "Files",
    ]  # fmt: skip
    assert all(isinstance(block, Finding) for block in made.sections[0].blocks)


def test_every_figure_has_its_table_and_its_batch(made):
    figures = [block for block in made.blocks() if isinstance(block, Figure)]
    assert len(figures) >= 6
    assert all(f.table.rows and f.sources[0].detail == "batch b1b1b1b1" for f in figures)


def test_every_task_has_an_owner_a_day_and_a_measure(made):
    tasks = [block for block in made.blocks() if isinstance(block, Task)]
    assert tasks and all(task.by > made.edition and task.owner and task.measure for task in tasks)


def test_no_name_birth_date_or_address_of_the_records_is_in_a_profile(made):
    assert not re.search(r"Smith|Ann\d|Secret Lane|195\d-01-01", words(made))


def test_the_same_records_and_seed_give_the_same_document(burglary, made):
    assert page(profile(burglary)) == page(made)
    assert pdf(made)[:5] == b"%PDF-"


def test_planted_near_repeats_are_found_and_become_a_task(burglary):
    part = repeats_part(burglary, np.random.default_rng(1))
    assert part.tasks and "within 100 m" in part.findings[0].text
    # 80 pairs were planted 50 m and 3 days apart, a few of them past the end of the year.
    near = next(row for row in tables(part)[0].rows if row[0] == "1 to 100 m" and row[1] == "0 to 7 days")
    assert 70 <= near[2] <= 95 and near[5] <= 0.05


def test_scattered_burglaries_give_no_near_repeat(burglary):
    scattered = replace(burglary, events=burglary.events.filter(~pl.col("reference").str.ends_with("b")))
    part = repeats_part(scattered, np.random.default_rng(1))
    assert not part.tasks and "No near repetition is shown" in part.findings[0].text


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [("precision", "month", "gives the month only"), ("place_precision", "snapped", "moved the points")],
)
def test_near_repeats_are_refused_with_the_reason(burglary, column, value, reason):
    part = repeats_part(
        replace(burglary, events=burglary.events.with_columns(pl.lit(value).alias(column))), np.random.default_rng(1)
    )
    assert isinstance(part.section.blocks[0], Note) and reason in part.section.blocks[0].text
    assert not part.findings and not part.tasks


def test_zones_are_those_of_the_day_of_the_profile(burglary):
    now = [t for t in tables(repeats_part(burglary, np.random.default_rng(1))) if t.caption.startswith("Risk zones")]
    assert now and all(row[3] <= burglary.on <= row[4] for row in now[0].rows)
    later = repeats_part(replace(burglary, on=date(2027, 1, 1)), np.random.default_rng(1))
    assert "No zone is active on 1 January 2027" in words(later)


def test_asb_is_never_weighed():
    events = records(np.random.default_rng(1), 300, category="anti-social-behaviour").with_columns(kind=pl.lit("asb"))
    made = profile(scope_of(events, events, theme=THEMES["anti-social-behaviour"]))
    [harm] = [s for s in made.sections if s.title == "Harm"]
    assert [type(block) for block in harm.blocks] == [Note] and "severity" not in " ".join(_section(harm))


def test_police_generated_crime_is_flagged_and_never_tasked_as_a_hot_spot():
    rng = np.random.default_rng(1)
    gathered = records(rng, 200, category="drugs").with_columns(
        easting=pl.Series(rng.normal(575_000, 100, 200)), northing=pl.Series(rng.normal(205_000, 100, 200))
    )
    everything = pl.concat([gathered, records(rng, 4_000, category="violent-crime")])
    made = profile(scope_of(gathered, everything, theme=THEMES["drugs"]))
    assert "police-generated" in made.finding("where").text
    assert "not to be used to direct patrol" in words(made)
    assert not [t for t in made.blocks() if isinstance(t, Task) and "where" in t.findings]
    patrolled = profile(scope_of(gathered, everything, theme=THEMES["robbery"]))
    assert [t for t in patrolled.blocks() if isinstance(t, Task) and "where" in t.findings]


def test_the_rates_are_those_of_the_published_interval():
    """2,250 burglaries among 45,000 people: 50 per 1,000; exact interval of Garwood (1936) 47.96 to 52.11."""
    events = records(np.random.default_rng(1), 2_250)
    assert "50.0 (48.0 to 52.1) for every 1,000" in profile(scope_of(events, events)).finding("scale").text


def test_a_change_over_the_year_has_its_interval():
    """60 against 30: ratio 2; its interval is that of the odds of 60 in 90, by the exact test of scipy."""
    low, high = binomtest(60, 90).proportion_ci(method="exact")
    rng = np.random.default_rng(1)
    events, before = records(rng, 60), records(rng, 30)
    text = profile(scope_of(events, events, before=before)).finding("scale").text
    assert "100% more than the 30" in text and f"({low / (1 - low) - 1:+.0%} to {high / (1 - high) - 1:+.0%})" in text
    alike = profile(scope_of(events, events, before=records(rng, 62))).finding("scale").text
    assert "not shown to differ from the 62" in alike


def test_without_areas_the_profile_says_which_file_is_missing(burglary):
    made = words(profile(replace(burglary, lsoas={}, districts={}, population={}, decile={}, years={})))
    for what in ("LSOA11CD", "total_population"):
        assert what in made
    assert "for every 1,000" not in made


def test_under_two_years_no_trend_is_stated(burglary):
    part = trend_part(burglary)
    assert "12 of the 24 months needed" in part.findings[0].text and part.tasks
    assert "no trend is stated" in words(part)


def test_a_doubling_in_the_third_year_is_a_signal():
    rng = np.random.default_rng(1)
    steady = records(rng, 1_460, first=datetime(2023, 1, 1, tzinfo=UTC), days=730)
    doubled = records(rng, 1_460, first=datetime(2025, 1, 1, tzinfo=UTC), days=365)
    events = pl.concat([steady, doubled])
    part = trend_part(scope_of(events, events))
    assert "do not look like chance" in part.findings[0].text and " rose by " in part.findings[0].text
    assert len(tables(part)[0].rows) == 36


def test_a_month_that_was_never_read_ends_the_history():
    events = records(np.random.default_rng(1), 300).with_columns(
        month=pl.Series(["2025-01", "2025-03", "2025-04"] * 100)
    )
    held = {"2025-01", "2025-03", "2025-04"}
    assert months_back(events, held.__contains__, date(2025, 4, 30)) == (("2025-03", 100), ("2025-04", 100))


def test_hours_are_those_of_london():
    """22:30 UTC on Wednesday 2 July 2025 is 23:30 in London; on Wednesday 8 January it is 22:30."""
    at = [datetime(2025, 7, 2, 22, 30, tzinfo=UTC)] * 60 + [datetime(2025, 1, 8, 22, 30, tzinfo=UTC)] * 60
    start = pl.Series(at, dtype=pl.Datetime("us", "UTC"))
    events = records(np.random.default_rng(1), 120).with_columns(start=start, end=start)
    rows = tables(when_part(scope_of(events, events), np.random.default_rng(1)))[0].rows
    assert rows[2] == ("Wednesday", 0, 0, 0, 0, 0, 0, 0, 120)


def test_an_event_known_to_lie_between_two_days_is_in_no_hour():
    events = records(np.random.default_rng(1), 120).with_columns(
        end=pl.col("start") + timedelta(days=2), precision=pl.lit("range")
    )
    part = when_part(scope_of(events, events), np.random.default_rng(1))
    assert "fewer than 50" in words(part)
    # Two days weigh on every hour alike: 120 events, an eighth of each in three hours of the day.
    [table] = tables(part)
    assert [round(row[1].value) for row in table.rows] == [15] * 8
    assert "37% (37% to 38%) falls between 21:00 and 06:00" in words(part) or "38% (37% to 38%)" in words(part)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=7), st.integers(60, 200))
def test_no_small_count_of_victims_can_be_read_or_worked_out(small, large):
    """Of each table that adds up to a total that is told: no count of 1 to 4 stands in it, and not just one is missing."""
    ages = [2, 14, 20, 30, 40, 60, 70]
    born = [date(2025 - ages[i], 1, 1) for i, n in enumerate([large, *small][:7]) for _ in range(n)]
    events = records(np.random.default_rng(1), len(born))
    people = [(f"S{i}", f"F{i}", "F" if i % 3 else "M", day) for i, day in enumerate(born)]
    part = people_part(scope_of(events, events, mentions=victims(events["reference"].to_list(), people)))
    for table in (t for t in tables(part) if t.caption.startswith("Victims by")):
        counts = [row[1] for row in table.rows]
        assert not [n for n in counts if isinstance(n, int) and 0 < n < 5]
        assert counts.count("not shown") != 1 or len(counts) == 1


def test_repeat_victims_are_the_fewest_there_can_be(burglary):
    """880 events less those past the year, 700 names: everyone whose number comes again is a repeat victim."""
    [finding] = [f for f in people_part(burglary).findings if f.id == "repeat-victims"]
    known = burglary.mentions.group_by("surname", "forenames", "born_on").len()
    assert finding.text.startswith(f"At least {(known['len'] > 1).sum()} people")


def test_missing_people_are_no_victims_and_their_circumstances_no_offence():
    events = records(np.random.default_rng(2), 60, category="").with_columns(
        kind=pl.lit("missing"), feed=pl.lit("force-missing")
    )
    people = [(f"S{i % 40}", "F", "F" if i % 2 else "M", date(2010, 1, 1 + i % 20)) for i in range(60)]
    mentions = victims(events["reference"].to_list(), people).with_columns(role=pl.lit("missing person"))
    theme = replace(
        THEMES["burglary"],
        one="missing episode",
        many="missing episodes",
        select=Selection(kinds=("missing",)),
        parts=("scale", "trend", "when", "people"),
    )
    scope = scope_of(
        events.with_columns(area=pl.lit(""), offence=pl.lit("left home"), location_type=pl.lit("")), events, theme=theme,
        feed="force-missing", mentions=mentions,
    )  # fmt: skip
    part = people_part(scope)
    text = words(part)
    assert "60 missing people are named" in text
    assert "At least 20 people went missing more than once" in text
    assert any(t.caption.startswith("Missing people by age") for t in tables(part))
    said = " ".join([part.section.title, text, *part.unknown, *(f"{t.caption} {t.note}" for t in tables(part))])
    assert not re.search("victim|offence|crime", said, re.I), said
    whole = profile_of(replace(scope, batches=()), rng=np.random.default_rng(1))
    found = re.findall(r".{40}\b(?:victim|offence|crime).{20}", " ".join(whole.texts()), re.I)
    assert not found, found


def test_of_several_feeds_the_most_detailed_is_used_and_never_both():
    assert chosen_feed(["force-crimes", "police-uk-street"], None) == "force-crimes"
    assert chosen_feed(["force-crimes", "police-uk-street"], "police-uk-street") == "police-uk-street"


@pytest.mark.parametrize("held", [[], ["force-crimes"]])
@pytest.mark.parametrize("feed", [None, "force-incidents"])
def test_where_nothing_is_recorded_the_reader_is_told_what_to_do(held, feed):
    if held and feed is None:
        return
    with pytest.raises(InvalidInput) as refused:
        chosen_feed(held, feed)
    assert refused.value.id == "peelian.E502"
    assert ("force-crimes" if held else "widen the area") in refused.value.fix
    if not held:
        with pytest.raises(InvalidInput, match="no such event") as refused_with_months:
            chosen_feed(held, feed, "January 2023 to December 2025")
        assert "held of January 2023 to December 2025" in refused_with_months.value.fix
    assert feed is None or feed in refused.value.found


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2018, 1, 1), date(2018, 7, 31), "January to July 2018"),
        (date(2018, 1, 1), date(2018, 1, 31), "January 2018"),
        (date(2017, 11, 1), date(2018, 2, 28), "November 2017 to February 2018"),
        (date(2024, 2, 1), date(2024, 2, 28), "1 February 2024 to 28 February 2024"),
        (date(2018, 1, 3), date(2018, 1, 9), "3 January 2018 to 9 January 2018"),
    ],
)
def test_periods_are_said_as_people_say_them(first, last, said):
    assert say_days(first, last) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0%"), (0.004, "0.4%"), (0.0996, "10.0%"), (0.239, "24%"), (1, "100%")]
)
def test_shares(share, said):
    assert percent(share) == said


def test_the_concentration_has_its_baseline():
    """All in two of thirty LSOAs: far beyond chance. Dealt evenly: no more than chance."""
    rng = np.random.default_rng(1)
    events = records(rng, 400)
    even = profile(scope_of(events, events)).finding("concentration").text
    assert "no more than chance" in even
    packed = events.with_columns(area=pl.Series([list(LSOAS)[i % 2] for i in range(400)]))
    assert "hold 100% of the burglaries" in profile(scope_of(packed, packed)).finding("concentration").text


def test_sections_are_never_empty(made):
    assert all(block.blocks for block in made.blocks() if isinstance(block, Section))


def test_outcome_types_have_the_home_offices_names(burglary):
    """Type 18 of the Home Office outcome framework: investigation complete, no suspect identified."""
    part = people_part(replace(burglary, events=burglary.events.with_columns(outcome=pl.lit("18"))))
    assert "18: Investigation complete: no suspect identified" in words(part)


def test_a_small_count_of_a_district_is_in_no_table_no_words_and_no_picture():
    """Three in Forest, the rest in Harbour: with the total told, neither may be."""
    rng = np.random.default_rng(1)
    harbour, forest = list(LSOAS)[:15], list(LSOAS)[15:]
    events = pl.concat([records(rng, 200, area=harbour[0]), records(rng, 3, area=forest[0])])
    made = words(profile(scope_of(events, events, decile=dict.fromkeys(LSOAS, 5.0))))
    # 3 among 22,500 people is 0.1 for every 1,000; 200 among them is 8.9.
    assert "Too few are recorded to show districts" in made and "0.1 (0.0 to 0.4)" not in made and "8.9" not in made
    # Harm is 147.5 an offence, so it would tell the count as well.
    assert not re.search(r"(?<![-\d])442\b|29,500", made)


def test_kinds_of_place_are_shown_and_where_the_source_has_none_it_says_so(burglary):
    places = pl.Series((["dwelling"] * 3 + ["retail"]) * 300)[: len(burglary.events)]
    part = people_part(replace(burglary, events=burglary.events.with_columns(location_type=places)))
    [table] = [t for t in tables(part) if t.caption.startswith("Kinds of place")]
    assert [row[:2] for row in table.rows] == [(kind, places.to_list().count(kind)) for kind in ("dwelling", "retail")]
    silent = people_part(replace(burglary, events=burglary.events.with_columns(location_type=pl.lit(""))))
    assert not [t for t in tables(silent) if t.caption.startswith("Kinds of place")]
    assert "does not say what kind of place" in words(silent) and any("kinds of place" in u for u in silent.unknown)


def test_one_lsoa_is_not_called_several():
    events = records(np.random.default_rng(1), 40, area=list(LSOAS)[3])
    scope = scope_of(events, events)
    captions = " ".join(t.caption for t in tables(scale_part(scope, np.random.default_rng(1))))
    assert "The LSOA with the highest rate, " in captions and "The 1 LSOA" not in captions
