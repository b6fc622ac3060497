"""The force's further extracts of the county against its truth: groups, custody, missing, wanted, intelligence, stops, outcomes."""

import hashlib
from collections import Counter
from datetime import date

import polars as pl
import pytest

FEEDS = (
    "police-uk-outcomes",
    "police-uk-stop-and-search",
    "force-custody",
    "force-intelligence",
    "force-missing",
    "force-offenders",
    "pnc-wanted",
)
LIVING = FEEDS[2:]


def rows(county, feed):
    return pl.DataFrame(list(county.sound(feed)))


def latest(county, feed):
    """The last word on each reference."""
    frame = rows(county, feed)
    return frame.unique(frame.columns[0], keep="last", maintain_order=True)


def lost(county, feed):
    """References whose rows were spoilt on purpose."""
    return set(county.truth("defects").filter(pl.col("feed") == feed)["reference"])


@pytest.mark.parametrize("feed", FEEDS)
def test_columns_are_those_of_the_schema_page(county, columns, feed):
    assert {tuple(header) for _, _, header, _ in county.lines(feed)} == {tuple(columns[feed])}


@pytest.mark.parametrize("feed", LIVING)
def test_every_row_that_is_no_first_statement_is_told(county, feed):
    """A reference stands once in its own month; each further row, each late one and each withdrawal is in `changes`."""
    changes = county.truth("changes").filter(feed=feed)
    told = {(f, line): (reference, change) for _, f, line, reference, change in changes.iter_rows()}
    spoilt = set(county.truth("defects").filter(pl.col("feed") == feed).select("file", "line").iter_rows())
    first = Counter()
    for file, line, header, cells in county.lines(feed):
        if (file, str(line)) in spoilt:
            continue
        if (file, str(line)) in told:
            assert told[file, str(line)][0] == cells[0]
            if "Status" in header:
                assert (cells[header.index("Status")] == "withdrawn") == (told[file, str(line)][1] == "withdrawn")
        else:
            first[cells[0]] += 1
    assert set(first.values()) <= {1}
    assert {"late", "corrected", "updated"} & set(changes["change"])


def test_a_group_has_members_and_others_who_are_none(county):
    groups, people = county.truth("groups", members=pl.Int64), county.truth("group_people")
    assert groups["members"].min() >= 3, (
        "fewer than three are no organised crime group (Serious Crime Act 2015, s.45(6))"
    )
    assert set(people.filter(member="false")["part"]) >= {"exploited child", "home taken over"}
    assert not set(people.filter(member="true")["person"]) & set(people.filter(member="false")["person"])
    members = people.filter(member="true").group_by("group").len()
    assert dict(members.iter_rows()) == dict(groups.select("group", pl.col("members").cast(pl.UInt32)).iter_rows())
    born = county.truth("people").select("person", pl.col("born_on").str.to_date())
    aged = people.join(born, on="person")
    assert (aged.filter(part="exploited child")["born_on"] > date(2005, 1, 1)).all()
    assert (aged.filter(member="true")["born_on"] <= date(2005, 1, 2)).all(), (
        "every member was 18 when the calendar began"
    )
    links = county.truth("group_links").filter(pl.col("kind") != "address")
    assert set(links["person"]) <= set(people["person"])
    assert (links.group_by("kind", "value").agg(pl.col("group").n_unique())["group"] == 1).all()


def test_custody_follows_the_suspects_of_recorded_crimes(county):
    truth, events = county.truth("custody"), county.truth("events")
    for_crimes = truth.filter(pl.col("crime") != "").join(events, left_on="crime", right_on="reference")
    assert for_crimes.height > 500
    assert (for_crimes["person"] == for_crimes["suspect"]).all()
    assert (for_crimes["arrested"] >= for_crimes["reported"]).all()
    held = latest(county, "force-custody")
    assert set(held["Custody Reference"]) | lost(county, "force-custody") >= set(truth["reference"])
    assert set(held["Custody Reference"]) <= set(truth["reference"])
    outcome = {r["Crime Reference"]: r["Outcome"] for r in county.sound("force-crimes")}
    ended = held.filter((pl.col("Disposal") == "charged") & (pl.col("Crime Reference") != ""))
    told = {outcome[c] for c in ended["Crime Reference"] if outcome.get(c)}
    assert told == {"1"}, "whoever is charged in custody is charged in the crime record"


def test_members_of_a_group_are_arrested_together(county):
    truth = county.truth("custody").filter(pl.col("group").is_not_null())
    days = truth.group_by("group", pl.col("arrested").str.head(10)).len()
    assert (days["len"] > 1).mean() > 0.8


def test_what_the_police_never_heard_is_in_no_report(county):
    truth = county.truth("missing")
    alone = truth.filter(police="false")
    assert alone.height > 20
    assert (alone["social_care"] == "true").all() and (alone["from_care"] == "true").all()
    assert alone["report"].is_null().all()
    held = latest(county, "force-missing")
    known = truth.filter(police="true")
    assert set(held["Missing Reference"]) <= set(known["report"])
    assert set(known["report"]) - lost(county, "force-missing") <= set(held["Missing Reference"])
    calls = {r["Incident Reference"] for r in county.sound("force-incidents")} | lost(county, "force-incidents")
    assert set(held["Incident Reference"]) - {""} <= calls


def test_children_in_care_go_missing_again_and_again(county):
    truth = county.truth("missing").join(county.truth("people"), on="person")
    again = truth.group_by("person").agg(pl.len(), pl.col("from_care").first())
    homed, others = (again.filter(from_care=f)["len"] for f in ("true", "false"))
    assert homed.mean() > 4 * others.mean()
    assert truth.filter(pl.col("from_care") == "true", pl.col("born_on") < "2005-01-01").is_empty(), "nobody over 20"
    order = truth.sort("person", "gone").filter(pl.col("from_care") == "true")
    assert order.filter((pl.col("gone") < pl.col("found").shift(1)).over("person")).is_empty(), (
        "nobody goes who is gone"
    )


def test_some_of_the_outstanding_are_on_no_computer(county):
    """HMIC, PEEL 2016: count those on the PNC and those not yet circulated."""
    truth = county.truth("outstanding")
    circulated = truth.filter(pl.col("circulated").is_not_null())
    assert 0.2 < circulated.height / truth.height < 0.9
    wanted = latest(county, "pnc-wanted").filter(pl.col("Report Type") == "wanted")
    assert set(wanted["Force Reference"]) <= set(circulated["crime"])
    open_now = truth.filter(pl.col("arrested").is_null())
    assert open_now.height > 0
    live = wanted.filter(
        (pl.col("Cancelled At") == "") & ~pl.col("PNC Reference").is_in(list(lost(county, "pnc-wanted")))
    )
    assert set(live["Force Reference"]) <= set(open_now["crime"]) | set(
        truth.filter(pl.col("arrested") > "2025-12-25")["crime"]
    )


def test_wrong_intelligence_is_graded_worse_and_names_no_member(county):
    truth = county.truth("intelligence")
    held = latest(county, "force-intelligence").join(truth, left_on="Item Reference", right_on="item")
    about = held.filter(pl.col("group").is_not_null() & (pl.col("about") == "person"))
    poor = pl.col("Intelligence Assessment").is_in(["D", "E"])
    wrong, right = about.filter(right="false"), about.filter(right="true")
    assert wrong.select(poor.mean()).item() > 2 * right.select(poor.mean()).item()
    people = set(county.truth("group_people").select("group", "person").iter_rows())
    assert set(right.select("group", "person").iter_rows()) <= people
    assert not set(wrong.select("group", "person").iter_rows()) & people
    assert held.filter((pl.col("Handling") == "C") != (pl.col("Handling Conditions") != "")).is_empty()
    things = held.filter(pl.col("about") != "person")
    assert things.height > 5 and (things["Surname"] == "").all()


def test_stops_are_planted_unequal_and_found_alike(county):
    truth = county.truth("stop_rates", people=pl.Int64, stops=pl.Int64, found=pl.Int64).with_columns(
        rate=pl.col("stops") / pl.col("people")
    )
    rate = dict(truth.select("group", "rate").iter_rows())
    assert 3.5 < rate["Black"] / rate["White"] < 9.5, "planted at 6, before age and sex"
    held = rows(county, "police-uk-stop-and-search")
    assert truth["stops"].sum() == county.made.rows["police-uk-stop-and-search"]
    assert 0.15 < truth["found"].sum() / truth["stops"].sum() < 0.37
    assert set(held["Officer-defined ethnicity"]) <= {"White", "Black", "Asian", "Other"}
    midnight = held["Date"].str.contains("T00:00:00").mean()
    assert 0.005 < midnight < 0.12


def test_outcomes_are_those_of_the_crimes(county, shared):
    """Each is of a published crime; labels are the publisher's; what the force's extract says of a crime is what is published."""
    listed = pl.read_csv(shared / "standards/tables/policeuk_outcome_codes.csv")["name"].to_list()
    held = rows(county, "police-uk-outcomes")
    assert set(held["Outcome type"]) - {"Offender given penalty notice"} <= set(listed)
    street = {r["Crime ID"] for r in county.sound("police-uk-street")} | {
        published(r) for r in lost(county, "police-uk-street") if r
    }
    assert set(held["Crime ID"]) <= street
    label = {"1": "Suspect charged", "8": "Local resolution", "18": "Investigation complete; no suspect identified"}
    said = {(i, o): m for i, o, m in held.select("Crime ID", "Outcome type", "Month").iter_rows()}
    gone = {published(r) for r in lost(county, "police-uk-outcomes")}
    seen = 0
    for crime in county.sound("force-crimes"):
        key = published(crime["Crime Reference"]), label.get(crime["Outcome"], "")
        if key[1] and key[0] not in gone:
            assert said[key] == crime["Outcome Date"][:7]
            seen += 1
    assert seen > 1_000


def published(reference):
    return hashlib.sha256(f"1/{reference}".encode()).hexdigest()


def test_a_cohort_holds_results_of_owned_tools_alone(county):
    held = latest(county, "force-offenders")
    assert set(held["Cohort"]) == {"IOM", "RSO", "DA"}
    assert set(held["Risk Tool"]) <= {"OGRS4", "RM2000", "PPIT"}
    truth = county.truth("cohorts")
    assert set(held["Cohort Reference"]) <= set(truth["reference"])
    assert (truth["start"] <= truth["end"].fill_null("9999")).all()
