"""The partners' files against their truth: who is on which list and who on none, who holds what alone, what came late or never."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from peelian.county.feeds import partners
from peelian.county.vulnerability import LISTS, THEMES

FEEDS = [source.feed for source in partners.SOURCES]
PLACED = ("ae-assaults", "ambulance", "fire")
# The columns of a feed that may differ in a second version, as the schema page's words for them go.
CHANGES = {
    "council-asb": {"Action", "Status"}, "council-housing": {"Outcome", "Status"}, "ambulance": {"Conveyed", "Status"},
    "fire": {"Property", "Status"}, "schools": {"Kind", "Status"}, "childrens-social-care": {"Status"},
    "adults-social-care": {"Section 42", "Status"}, "health": {"Consent", "Status"}, "probation": {"Risk", "Status"},
    "hmrc-intelligence": {"Grading", "Status"}, "border-force-intelligence": {"Grading", "Status"},
}  # fmt: skip
TRUE = pl.Boolean


@pytest.fixture(scope="module")
def vulnerable(county):
    """The true population, with Boolean lists."""
    frame = county.truth("vulnerable", person=pl.Int64)
    return frame.with_columns(pl.col(c) == "true" for c in (*LISTS, "hidden"))


@pytest.fixture(scope="module")
def assaults(county):
    """The true assaults, with Boolean holders."""
    return county.truth("assaults").with_columns(pl.col(c) == "true" for c in ("police", "ae", "ambulance"))


@pytest.mark.parametrize("feed", FEEDS)
def test_columns_are_those_of_the_schema_page(county, columns, feed):
    assert {tuple(header) for _, _, header, _ in county.lines(feed)} == {tuple(columns[feed])}


@pytest.mark.parametrize("feed", FEEDS)
def test_files_stand_in_the_order_in_which_they_were_sent(county, feed):
    told = county.truth("deliveries").filter(feed=feed)
    sent = told.drop_nulls("sent")
    files = [path.relative_to(county.folder).as_posix() for path in county.made.files[feed]]
    assert files == sent.sort("sent", "file")["file"].to_list()
    assert sent.select(pl.col("rows").cast(pl.Int64).sum()).item() == county.made.rows[feed]
    assert told.filter(pl.col("sent").is_null())["file"].null_count() == len(told) - len(sent)
    for agreed, day in sent.select("agreed", "sent").iter_rows():
        assert date.fromisoformat(agreed) <= date.fromisoformat(day)


def test_some_files_are_late_and_some_never_come(county):
    told = county.truth("deliveries")
    late = told.filter(pl.col("sent") > pl.col("agreed"))
    assert late["feed"].n_unique() == len(FEEDS)
    assert told.filter(pl.col("sent").is_null())["feed"].n_unique() >= 8


@pytest.mark.parametrize("feed", sorted(CHANGES))
def test_a_second_version_changes_what_it_may_and_nothing_else(county, columns, feed):
    cells = {(file, str(line)): row for file, line, _, row in county.lines(feed)}
    spoilt = set(county.truth("defects").filter(feed=feed).select("file", "line").iter_rows())
    versions = county.truth("partner_versions").filter(feed=feed)
    assert set(versions["change"]) <= {"corrected", "taken back"}
    for _, file, line, reference, first_file, first_line, change in versions.iter_rows():
        if {(file, line), (first_file, first_line)} & spoilt:
            continue
        new, old = (
            dict(zip(columns[feed], cells[key], strict=True)) for key in ((file, line), (first_file, first_line))
        )
        differ = {c for c in columns[feed] if new[c] != old[c]}
        assert next(iter(new.values())) == reference
        assert differ and differ <= CHANGES[feed]
        if change == "taken back":
            assert new["Status"] in ("withdrawn", "entered in error", "duplicate", "cancelled")


def test_records_are_taken_back_by_every_partner_that_numbers_them(county):
    gone = county.truth("partner_versions").filter(change="taken back")
    assert gone["feed"].n_unique() >= 9


@pytest.mark.parametrize("feed", PLACED)
def test_whoever_names_nobody_holds_nothing_of_a_person(columns, feed):
    words = " ".join(columns[feed]).casefold()
    assert not [w for w in ("name", "birth", "age ", "sex", "gender", "patient", "address", "phone") if w in words]


def test_no_mention_comes_from_a_partner_that_names_nobody(county):
    assert not set(county.truth("partner_mentions")["feed"]) & set(PLACED)


def test_hidden_is_who_stands_on_no_list_and_as_many_as_stated(vulnerable):
    on_none = ~vulnerable.select(pl.any_horizontal(*LISTS)).to_series()
    assert (vulnerable["hidden"] == on_none).all()
    assert not vulnerable.select("person", "theme").is_duplicated().any()
    for theme in THEMES:
        mine = vulnerable.filter(theme=theme.name)
        if len(mine) > 200:
            assert theme.hidden[0] < mine["hidden"].mean() < theme.hidden[1], theme.name
            assert abs(mine["police"].mean() - theme.police) < 0.01, theme.name
        absent = set(LISTS) - {"police", *theme.lists}
        assert not mine.select(pl.any_horizontal(*absent)).to_series().any()


def test_the_lists_depend_on_each_other(vulnerable):
    """Two lists taken as independent (Chapman 1951) fall short of the truth; the odds ratio of police and housing is above one."""
    mine = vulnerable.filter(theme="domestic abuse")
    police, housing = mine["police"], mine["housing"]
    estimate = (police.sum() + 1) * (housing.sum() + 1) / ((police & housing).sum() + 1) - 1
    assert estimate < 0.85 * len(mine)
    cells = [[(a & b).sum() for b in (housing, ~housing)] for a in (police, ~police)]
    assert 1.6 < cells[0][0] * cells[1][1] / (cells[0][1] * cells[1][0]) < 3.6


def test_whom_police_hold_is_named_in_the_forces_own_records(county, vulnerable):
    victims = county.truth("mentions", person=pl.Int64).filter(role="victim")["person"]
    for theme in ("domestic abuse", "child at risk", "adult at risk"):
        held = vulnerable.filter(pl.col("theme") == theme, "police")["person"]
        assert set(held) <= set(victims), theme
    # And nobody was abused on file who is not in the truth.
    abused = county.truth("events", victim=pl.Int64).filter(
        (pl.col("domestic") == "true") & (pl.col("reference") != "")
    )
    crimes = {r["Crime Reference"] for r in county.sound("force-crimes")}
    on_file = abused.filter(pl.col("reference").is_in(list(crimes)) & (pl.col("victim") >= 0))["victim"]
    assert set(on_file) <= set(vulnerable.filter(theme="domestic abuse")["person"])


@pytest.mark.parametrize(
    ("feed", "held"),
    [("health", "health"), ("council-housing", "housing"), ("schools", "schools"), ("probation", "probation"),
     ("childrens-social-care", "childrens-social-care"), ("adults-social-care", "adults-social-care")],
)  # fmt: skip
def test_a_partners_records_of_a_theme_are_of_those_on_its_list(county, vulnerable, feed, held):
    themes = {theme.name for theme in THEMES}
    mentions = county.truth("partner_mentions", person=pl.Int64).filter(
        pl.col("feed") == feed, pl.col("theme").is_in(themes)
    )
    named = set(mentions.select("person", "theme").iter_rows())
    true = set(vulnerable.filter(held).select("person", "theme").iter_rows())
    assert named <= true
    assert len(named) > 0.85 * len(true), "the rest is in files that never came"


def test_police_know_the_stated_share_of_assaults(assaults):
    """45, 50 and 60 per cent, less the few that are reported in a later month."""
    usual = assaults.filter(pl.col("plant").is_null())
    for setting, share in (("licensed premises", 0.45), ("street", 0.50), ("dwelling", 0.60)):
        mine = usual.filter(setting=setting)
        assert abs(mine["police"].mean() - share) < 4 * (share * (1 - share) / len(mine)) ** 0.5 + 0.01, setting
    assert assaults.filter("police")["event"].null_count() == 0
    assert assaults.filter(~pl.col("police"))["event"].is_null().all()


def test_the_planted_venue_leads_only_while_the_emergency_department_tells(assaults, county):
    venues = assaults.filter(setting="licensed premises")
    planted = county.truth("partner_plants").filter(kind="venue")
    mine = venues.filter(plant="P1")
    assert mine["ae"].all() and not mine["police"].any() and not mine["ambulance"].any()
    key = ["place", "easting", "northing"]
    rank = lambda rows: rows.group_by(key).len().sort("len", descending=True)  # noqa: E731
    everybody = rank(venues.filter(pl.col("police") | pl.col("ae") | pl.col("ambulance")))
    without = rank(venues.filter(pl.col("police") | pl.col("ambulance")))
    at = planted.select("easting", "northing").row(0)
    assert everybody.select("easting", "northing").row(0) == at
    assert at not in list(without.head(3).select("easting", "northing").iter_rows())


def test_the_emergency_departments_tell_every_assault_they_treated(county, assaults):
    """All but those of the month that never came; a month sent again is whole the second time."""
    lost = county.truth("deliveries").filter(pl.col("feed") == "ae-assaults", pl.col("sent").is_null())["period"]
    again = (
        county.truth("deliveries").filter(feed="ae-assaults", kind="whole").with_columns(pl.col("rows").cast(pl.Int64))
    )
    first = (
        county.truth("deliveries")
        .filter(pl.col("feed") == "ae-assaults", pl.col("kind") == "first")
        .with_columns(pl.col("rows").cast(pl.Int64))
    )
    treated = assaults.filter("ae").group_by(pl.col("happened").str.head(7).alias("period")).len()
    told = first.join(again.select("period", whole="rows"), on="period", how="left").join(treated, on="period")
    told = told.filter(~pl.col("period").is_in(lost.to_list()))
    assert (told["whole"].fill_null(told["rows"]) == told["len"]).all()
    assert (told.drop_nulls("whole")["whole"] > told.drop_nulls("whole")["rows"]).all()


def test_episodes_that_social_care_alone_holds(county):
    held = county.truth("care_episodes")
    missing = county.truth("missing") if (county.folder / "truth/missing.csv").exists() else None
    planted = held.filter(plant="P3")
    rows = {r["Episode Ref"]: r for r in county.sound("childrens-social-care") if r["Kind"] == "missing from care"}
    assert len(planted) >= 4 * 36
    assert (planted["police"] == "false").all() and planted["episode"].null_count() == len(planted)
    for row in held.filter(pl.col("reference").is_in(list(rows))).iter_rows(named=True):
        written = rows[row["reference"]]
        assert (written["Told Police"], written["Started"]) == ("Y" if row["police"] == "true" else "N", row["gone"])
        assert written["Placement"]
    times = planted.sort("person", "gone").with_columns(before=pl.col("found").shift(1).over("person"))
    assert times.filter(pl.col("before") > pl.col("gone")).is_empty(), "nobody goes missing who has not been found"
    if missing is not None:
        assert set(held["episode"].drop_nulls()) <= set(missing["episode"])


def test_the_repeat_victim_complains_to_the_council_alone(county):
    complaints = county.truth("council_asb")
    planted = complaints.filter(plant="P2")
    months = planted.group_by(pl.col("happened").str.head(7)).len()
    assert len(months) == 12 and months["len"].min() >= 2
    assert planted["event"].null_count() == len(planted)
    assert (
        planted["person"].unique().to_list()
        == county.truth("partner_plants").filter(kind="repeat victim")["person"].to_list()
    )
    shared = complaints.drop_nulls("event")
    assert 0.05 < len(shared) / len(complaints) < 0.5
    assert set(shared["event"]) <= set(county.truth("events")["event"])
    one = {r["Complainant Ref"] for r in county.sound("council-asb") if r["Case Ref"] in set(planted["reference"])}
    assert len(one) == 1


def test_one_partners_cells_grow_empty_from_the_month_the_truth_states(county):
    rows = pl.DataFrame(list(county.sound("health")))
    told = county.truth("drift", empty_before=pl.Float64, empty_after=pl.Float64)
    assert set(told["feed"]) == {"health"}
    for _, month, column, _, after in told.iter_rows():
        early, late = (rows.filter(test) for test in (pl.col("Referred On") < month, pl.col("Referred On") >= month))
        assert (early[column] == "").mean() < 0.27
        assert (late[column] == "").mean() > after - 0.06
        assert (late[column] == "").mean() > (early[column] == "").mean() + 0.15


def test_every_agency_numbers_people_in_its_own_way(county):
    own = {
        "health": "Patient No", "schools": "Pupil No", "childrens-social-care": "Child Ref", "adults-social-care": "Adult Ref",
        "probation": "Person Ref", "council-housing": "Tenancy Ref",
    }  # fmt: skip
    people = {(f, m): p for f, m, p, _ in county.truth("partner_mentions").iter_rows()}
    seen = set()
    for feed, column in own.items():
        number = {}
        for row in county.sound(feed):
            person = people[feed, next(iter(row.values()))]
            assert number.setdefault(person, row[column]) == row[column]
        values = set(number.values())
        assert len(values) == len(number)
        assert not values & seen
        seen |= values


def test_partners_misspell_and_move_people(county):
    true = county.truth("people")
    mentions = county.truth("partner_mentions")
    rows = pl.DataFrame(list(county.sound("council-housing"))).join(
        mentions.filter(feed="council-housing"), left_on="Case Number", right_on="mention"
    )
    found = rows.join(true, on="person")
    alike = (found["Surname"].str.to_lowercase() == found["surname"].str.to_lowercase()).mean()
    stated = found.filter(pl.col("Date of Birth") != "")
    assert 0.75 < alike < 0.95
    assert 0.93 < (stated["Date of Birth"] == stated["born_on"]).mean() < 0.995
    assert np.isclose((rows["Date of Birth"] == "").mean(), 0.08, atol=0.05)
