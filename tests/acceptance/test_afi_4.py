"""AFI 4: partners' data in profiles and assessments; a missing-person profile. Here the parts of V1 and V4, on the county's feed files.

The county plants a children's home whose missing episodes social care alone is told of, and a venue whose assaults the emergency
department alone is told of. Three runs for the missing-person profile and three for the strategic assessment: (a) without the system,
from police records; (b) used as meant: it is made, laid before tasking, decided, and one feed is withdrawn; (c) installed but ignored:
it is laid before tasking and nobody takes it.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from peelian.county import make

ACCEPT = 24  # hours in which an offer is accepted, as the made-up force set it
PROGRAM = """
import csv, json, sys
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from peelian.cli import ready, acting
from peelian.cli.feeds import feeds_withdraw
ready()
from peelian import systems
from peelian.access.agreements import load_agreements
systems.load()
from peelian.access.actor import Actor
from peelian.access.models import Change, Posting, User
from peelian.casework import store
from peelian.casework.models import Notice
from peelian.casework.ticking import tick
from peelian.core.document import Finding, Table, Task
from peelian.core.kinds import Case as Read
from peelian.records.landing import ingest
from peelian.records.withdrawal import restore, withdraw
from peelian.vulnerability.missing_episodes import CARE, POLICE, gather
from peelian.vulnerability.missing_profile import counted, missing_profile
from peelian.vulnerability.tasking import lay_before, take_back

folder, accept = Path(sys.argv[1]), int(sys.argv[2])
at = datetime(2026, 4, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

def analyst():
    return acting("operator", "crime-analysis")  # anew for each act, as each page and command does

def officer(name, role):
    user = User.objects.create(username=name, agency=analyst().agency)
    Posting.objects.create(user=user, roles=[role], start=date(2026, 1, 1), by="test", at=at)
    return Actor(user, user.agency, "safeguarding", on=date(2026, 4, 2))

chair, chief = officer("chair", "superintendent"), officer("chief", "chief-officer")
for name, hours in (("accept", accept), ("decide", 72), ("report", 720)):
    Change.objects.create(uid=name, name=f"tasking.{name}_within", after=f"{hours} hours", reason="x", proposed_by="a", proposed_at=at,
                          approved_by="b", approved_at=at)

def land(feed):
    for n, row in enumerate(csv.DictReader((folder / "editions.csv").open())):
        if row["feed"] == feed:
            (result,) = ingest(feed, [folder / row["file"]], actor=analyst(), at=at + timedelta(seconds=n), published=date.fromisoformat(row["published"]))
            assert not result.error, result.error

span = {"start": date(2025, 7, 1), "end": date(2025, 12, 31), "on": date(2026, 4, 2)}

def take_back_by_command(feed, reason, at):
    # as the user does: the command alone, which must find the decisions that rested on the feed
    said = StringIO()
    with redirect_stdout(said):
        feeds_withdraw(feed, reason=reason, at=at, as_="operator")
    return said.getvalue()

def told():
    made = missing_profile(analyst(), **span)
    return {
        "ranked": made.facts["ranked"],
        "findings": {b.id: b.text for b in made.blocks() if isinstance(b, Finding)},
        "tasks": [[b.what, b.owner] for b in made.blocks() if isinstance(b, Task)],
        "sections": [s.title for s in made.sections],
        "repeats": [b.rows for b in made.blocks() if isinstance(b, Table) and "most often" in b.caption],
        "texts": list(made.texts()),
    }

def state(ref, when):
    found = Read(store.load(ref, chair, at=when).state, when)
    return {"first": found.first, "police": found.first_by_police, "tasked": found.tasked_first, "overtaken": found.overtaken}

out, now = {}, at + timedelta(days=1)
land(POLICE)
out["a"] = told()                                      # what police records alone would have anybody do
out["a notices"] = [tick(now + timedelta(days=30)), Notice.objects.count()]

load_agreements(folder / "agreements.toml", actor=analyst(), at=at)
land(CARE)
out["b"] = told()
case = lay_before("missing people", "July to December 2025", counted(gather(analyst(), **span)), actor=analyst(), at=now, to="chair")
store.accept(case.ref, actor=chair, at=now + HOUR)
loaded = store.load(case.ref, chair, at=now + HOUR)
out["b proposal"] = loaded.proposals["task"].proposal.reason
store.decide(case.ref, "task", "as_ranked", {"plan": "a plan with the home, social care and the neighbourhood team"}, actor=chair, at=now + 2 * HOUR)
out["b decided"] = state(case.ref, now + 2 * HOUR)
out["b touched"] = take_back_by_command(CARE, "the council objected", now + 3 * HOUR), case.ref
out["b withdrawn"], out["b without"] = state(case.ref, now + 4 * HOUR), told()
restore(CARE, actor=analyst(), at=now + 5 * HOUR)
out["b again"] = told()

later = now + timedelta(days=2)
left = lay_before("missing people", "July to December 2025", counted(gather(analyst(), **span)), actor=analyst(), at=later, to="chair")
out["c"] = []
for hours in range(0, 4 * accept, accept // 2):
    tick(later + hours * HOUR)
    tick(later + hours * HOUR)                         # however often: a word is given once
    out["c"].append([hours, sorted(Notice.objects.filter(case=left, what="unaccepted").values_list("to", flat=True))])
out["c undecided"] = list(Notice.objects.filter(case=left, clock="decided").values_list("what", flat=True))

from peelian.records import areas
from peelian.vulnerability.vulnerability_document import document
from peelian.vulnerability.vulnerability_picture import counted as of_picture, picture

AE = "ae-assaults"
areas.load(sorted((folder / "areas").glob("*")), actor=analyst(), at=at)
for feed in ("force-crimes", "force-people"):
    land(feed)

def assessed():
    made = picture(analyst(), **span)
    findings = {b.id: b.text for b in document(made).blocks() if isinstance(b, Finding)}
    tasks = [b.what for b in document(made).blocks() if isinstance(b, Task)]
    return {"ranked": [p.name for p in made.ranked[:5]], "findings": findings, "tasks": tasks, "texts": list(document(made).texts())}, of_picture(made)

def waits(what, case):
    return sorted(Notice.objects.filter(case=case, what=what).values_list("to", flat=True))

then = later + timedelta(days=30)
v = out["v"] = {}
v["a"], rows = assessed()                              # social care is read in, the emergency departments are not
land(AE)
v["b"], rows = assessed()
case = lay_before("vulnerability", "July to December 2025", rows, actor=analyst(), at=then, to="chair")
store.accept(case.ref, actor=chair, at=then + HOUR)
v["proposal"] = store.load(case.ref, chair, at=then + HOUR).proposals["task"].proposal.reason
store.decide(case.ref, "task", "as_ranked", {"plan": "licensing, the hospital and the town team"}, actor=chair, at=then + 2 * HOUR)
v["decided"] = state(case.ref, then + 2 * HOUR)
v["touched"] = take_back_by_command(AE, "the hospitals objected", then + 3 * HOUR), case.ref
v["withdrawn"], (v["without"], _) = state(case.ref, then + 4 * HOUR), assessed()
restore(AE, actor=analyst(), at=then + 5 * HOUR)
left = lay_before("vulnerability", "July to December 2025", rows, actor=analyst(), at=then, to="chair")
v["c"] = []
for hours in range(0, 4 * accept, accept // 2):
    tick(then + hours * HOUR)
    v["c"].append([hours, waits("unaccepted", left)])
v["c undecided"] = waits("overdue", left)
json.dump(out, sys.stdout)
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("afi4") / "county"
    make(folder, people=12_000, seed=1, months=6, until=date(2025, 12, 31))
    return folder


@pytest.fixture(scope="module")
def runs(county, tmp_path_factory, started_home):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")}
    env["PEELIAN_HOME"] = str(shutil.copytree(started_home, tmp_path_factory.mktemp("home") / "data"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(county), str(ACCEPT)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(county):
    """The first part of the planted placement's address."""
    with (county / "truth" / "partner_plants.csv").open() as file:
        (address,) = [row["address"] for row in csv.DictReader(file) if row["kind"] == "placement"]
    return address.split(",")[0]


def episodes(county):
    """Of the truth, what any source holds: whose each record is, each person's episodes, and the hours at which they began."""

    def rows(name):
        with (county / "truth" / f"{name}.csv").open() as file:
            return list(csv.DictReader(file))

    care, missing = rows("care_episodes"), [r for r in rows("missing") if r["police"] == "true" or r["call"]]
    who = {r["reference"]: r["person"] for r in care} | {r["report"]: r["person"] for r in missing if r["report"]}
    held = {r["episode"] or r["reference"]: r for r in care} | {r["episode"]: r for r in missing}
    return who, Counter(r["person"] for r in held.values()), [int(r["gone"][11:13]) for r in held.values()]


def named(place, home):
    return home.upper() in place.upper()


def test_a_without_the_system_the_home_is_not_the_first_priority_and_nobody_is_told(runs, home):
    assert not named(runs["a"]["ranked"][0][0], home)
    assert not named(runs["a"]["tasks"][0][0], home)
    assert runs["a notices"] == [0, 0]


def test_b_the_profile_puts_the_home_first_and_says_whose_records_did(runs, home):
    assert named(runs["b"]["ranked"][0][0], home)
    assert (
        named(runs["b"]["tasks"][0][0], home) and "by police records alone it would stand" in runs["b"]["tasks"][0][0]
    )
    assert "They change the ranked priorities" in runs["b"]["findings"]["partners"]
    assert "because of childrens-social-care; by police records alone" in runs["b proposal"]


def test_b_the_profile_names_places_repeats_patterns_and_owners(runs, home, county):
    found = runs["b"]
    assert {"Missing from", "Repeats", "When", "Return interviews", "Cost"} <= set(found["sections"])
    assert {"priorities", "repeats", "when", "interviews"} <= set(found["findings"])
    assert home.upper() in found["findings"]["priorities"].upper()

    # Who truly went three times or more is named by reference, and nobody else; the one who went most often stands first.
    who, times, hours = episodes(county)
    ((*rows,),) = found["repeats"]
    repeat = [who[ref] for ref, *_ in rows]
    often = [person for person, n in times.most_common() if n > 2]
    assert set(repeat) == set(often) and repeat[0] == often[0]
    assert all(0.6 * times[person] <= row[2] <= times[person] for person, row in zip(repeat, rows, strict=True))
    # The hours in which most begin, with their share.
    share, first = re.match(r"(\d+)% of episodes begin between (\d+):00", found["findings"]["when"]).groups()
    assert int(first) == 4 * Counter(hour // 4 for hour in hours).most_common(1)[0][0]
    assert abs(int(share) / 100 - sum(hour // 4 == int(first) // 4 for hour in hours) / len(hours)) < 0.05
    owners = dict(found["tasks"])
    assert all("lead" in owner or "Head of" in owner or "team" in owner for owner in owners.values())
    assert home.upper() in owners[found["tasks"][0][0]].upper()  # the home's manager beside the force's lead


def test_b_what_social_care_alone_holds_is_the_countys_truth(runs, county):
    with (county / "truth" / "care_episodes.csv").open() as file:
        alone = sum(row["police"] != "true" for row in csv.DictReader(file))
    said = int(runs["b"]["findings"]["partners"].split("holds ")[1].split()[0])
    assert abs(said - alone) <= 0.1 * alone


def test_b_tasking_follows_and_withdrawing_one_feed_visibly_reverses_it(runs, home):
    assert named(runs["b decided"]["tasked"], home) and runs["b decided"]["overtaken"] == ""
    said, case = runs["b touched"]
    assert said.count("decide again") == said.count(case) == 1
    assert not named(runs["b withdrawn"]["first"], home)
    assert runs["b withdrawn"]["first"] == runs["b withdrawn"]["police"]
    assert "Decide again" in runs["b withdrawn"]["overtaken"]
    assert not named(runs["b without"]["tasks"][0][0], home)
    assert "was withdrawn on 2 April 2026 (the council objected)" in runs["b without"]["findings"]["partners"]
    assert runs["b again"] == runs["b"]


def test_c_ignored_it_climbs_to_the_owner_then_to_a_chief_officer_in_the_stated_time(runs):
    told = dict(map(tuple, ((hours, tuple(to)) for hours, to in runs["c"])))
    assert told[0] == told[ACCEPT // 2] == ()
    assert told[ACCEPT] == ("superintendent",)
    assert told[2 * ACCEPT] == ("chief-officer", "superintendent")
    assert told[max(told)] == ("chief-officer", "superintendent")  # once each, however often it ticks
    assert runs["c undecided"] == ["overdue"]


# The strategic assessment: the venue whose violence police never hear of.
@pytest.fixture(scope="module")
def venue(county):
    """Name of the area of the planted venue, and the assaults there that the emergency department alone holds."""
    with (county / "truth" / "partner_plants.csv").open() as file:
        (code,) = [row["area"] for row in csv.DictReader(file) if row["kind"] == "venue"]
    with (county / "truth" / "assaults.csv").open() as file:
        alone = [row for row in csv.DictReader(file) if row["ae"] == "true" and row["police"] == "false"]
    features = json.loads((county / "areas" / "lsoa.geojson").read_text())["features"]
    (name,) = [own["LSOA11NM"] for f in features if (own := f["properties"])["LSOA11CD"] == code]
    return name, sum(row["area"] == code for row in alone)


def test_strategic_a_without_the_feed_the_venue_is_no_priority_and_it_says_what_is_lacking(runs, venue):
    told = runs["v"]["a"]
    assert told["ranked"]
    assert not any(venue[0] in text for text in told["texts"])
    assert "Nothing of the feed ae-assaults is held here that you may see." in told["texts"]


def test_strategic_b_the_venue_is_raised_and_it_says_whose_records_did(runs, venue):
    name, alone = venue
    told, raised = runs["v"]["b"], f"violence known only to A&E in {venue[0]}"
    assert raised in told["ranked"]
    assert any(raised in text and "police records alone do not" in text for text in told["tasks"])
    assert raised in told["findings"]["list-violence-known-only-to-AE-emergency-departments"]
    assert "would not be among the first 5" in told["findings"]["list-child-at-risk-childrens-social-care"]
    said = int(told["findings"]["violence"].split(f" of them in {name}")[0].split()[-1])
    assert abs(said - alone) <= 0.2 * alone  # some of the truth's lack an area in the hospital's file
    assert "how many are hidden, cannot be said" in told["findings"]["violence"]


def test_strategic_b_tasking_follows_and_withdrawing_the_feed_visibly_reverses_it(runs, venue):
    told, raised = runs["v"], f"violence known only to A&E in {venue[0]}"
    assert f"{raised} stands" in told["proposal"]
    assert "because of ae-assaults; by police records alone it would stand nowhere" in told["proposal"]
    assert told["decided"]["overtaken"] == ""
    said, case = told["touched"]
    assert said.count("decide again") == said.count(case) == 1
    was, now = told["withdrawn"]["overtaken"].split("As the sources stand now:")
    assert raised in was and raised not in now and "Decide again" in now
    assert told["without"]["ranked"] == told["a"]["ranked"]
    assert raised in told["without"]["findings"]["withdrawn-ae-assaults"]
    assert "(the hospitals objected)" in told["without"]["findings"]["withdrawn-ae-assaults"]


def test_strategic_c_ignored_it_climbs_to_the_owner_then_to_a_chief_officer_in_the_stated_time(runs):
    told = dict(map(tuple, ((hours, tuple(to)) for hours, to in runs["v"]["c"])))
    assert told[0] == told[ACCEPT // 2] == ()
    assert told[ACCEPT] == ("superintendent",)
    assert told[2 * ACCEPT] == told[max(told)] == ("chief-officer", "superintendent")
    assert runs["v"]["c undecided"]


# Assaults that the emergency department alone holds: the county plants a venue whose violence police never hear of. The ranked places
# are those of the profile on violence; the tasking decision is this question's.
ASSAULTS = (
    PROGRAM.split("span = {")[0]
    + """
import numpy as np
from peelian.prevention.problem_profiles import problem_profile
from peelian.records import areas

AE = "ae-assaults"
areas.load(sorted((folder / "areas").glob("*")), actor=analyst(), at=at)
load_agreements(folder / "agreements.toml", actor=analyst(), at=at)
land("force-crimes")
land(AE)

def ranked():
    made = problem_profile(analyst(), "violence", area="", start=date(2025, 7, 1), end=date(2025, 12, 31), on=date(2026, 4, 2), rng=np.random.default_rng(1))
    table = next(b for b in made.blocks() if isinstance(b, Table) and "ranked" in b.caption)
    heads = [c.label for c in table.columns]
    police = heads.index("Police")
    rows = [[r[1], "police", r[police]] for r in table.rows] + [[r[1], AE, r[n]] for r in table.rows for n in range(police + 1, len(heads) - 1)]
    return [r for r in rows if isinstance(r[2], int) and r[2]], next(b.text for b in made.blocks() if isinstance(b, Finding) and b.id.endswith(AE))

now = at + timedelta(days=1)
rows, said = ranked()
case = lay_before("violence", "July to December 2025", rows, actor=analyst(), at=now, to="chair")
store.accept(case.ref, actor=chair, at=now + HOUR)
out = {"said": said, "rows": rows, "proposal": store.load(case.ref, chair, at=now + HOUR).proposals["task"].proposal.reason}
store.decide(case.ref, "task", "as_ranked", {"plan": "licensing, the hospital and the town team"}, actor=chair, at=now + 2 * HOUR)
withdraw(AE, reason="the hospitals objected", actor=analyst(), at=now + 3 * HOUR)
out["touched"] = take_back(AE, reason="the hospitals objected", actor=analyst(), at=now + 3 * HOUR) == [case.ref]
out["overtaken"] = Read(store.load(case.ref, chair, at=now + 4 * HOUR).state, now + 4 * HOUR).overtaken
json.dump(out, sys.stdout)
"""
)


@pytest.mark.long
def test_assaults_that_the_hospital_alone_holds_change_a_priority_and_a_decision_and_back(
    county, venue, tmp_path_factory
):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")}
    env["PEELIAN_HOME"] = str(tmp_path_factory.mktemp("home"))
    done = subprocess.run(
        [sys.executable, "-c", ASSAULTS, str(county), str(ACCEPT)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    name, _ = venue
    assert f"{name} stands" in told["proposal"] or told["proposal"].startswith(f"first is {name}")
    assert "because of ae-assaults; by police records alone" in told["proposal"]
    assert name in told["said"]
    assert told["touched"] and "Decide again" in told["overtaken"]
    assert name not in told["overtaken"].split("As the sources stand now:")[1]
