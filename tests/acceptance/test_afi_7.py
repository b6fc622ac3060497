"""AFI 7: an effective county multi-agency safeguarding hub.

A school refers children from violent households of the made-up county. There are three upper-tier authorities: West will not pool its
records, South's site is down for two days. The same nine referrals run three times: without the system, with it, and with it installed
but ignored. Latencies are those of the test (design); who holds a record of which child is the county's truth.
"""

import csv
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

import numpy as np
import polars as pl
import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Change, Posting, Team, User
from peelian.casework import store
from peelian.casework.models import Case, Item, Notice
from peelian.casework.ticking import tick
from peelian.core.kinds import Refused
from peelian.core.working_time import WorkingTime
from peelian.county import make
from peelian.identity.blind import exact
from peelian.identity.blind.people import read_people
from peelian.vulnerability.hub_joining import joining
from peelian.vulnerability.hub_rules import heard
from peelian.vulnerability.referrals.form import Sent
from peelian.vulnerability.referrals.receiving import read_answers, receive

MONDAY = datetime(2026, 1, 12, 9, tzinfo=UTC)
AUTHORITIES = ("east", "west", "south")  # west will not pool; south's site is down
HOURS = {"police": 2, "health": 5, "east": 3, "west": 1, "south": 3}  # from a question to its answer
DOWN = timedelta(days=2)
SUPPORT = timedelta(days=2)  # from the decision to the first support, in every run
ACCEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Child:
    person: int
    surname: str
    forenames: str
    born_on: date
    authority: str
    held: dict[str, bool]

    @property
    def name(self):
        return f"{self.forenames} {self.surname}"


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    """Nine children at risk, three of each authority, and who truly holds a record of each; each authority's social care knows one."""
    known = "childrens-social-care"
    county = make(
        tmp_path_factory.mktemp("afi7") / "county", people=4_000, seed=7, months=3, until=date(2025, 12, 31), defects=0
    ).folder
    people = pl.read_csv(county / "truth" / "people.csv").select("person", "surname", "forenames", "born_on")
    at_risk = (
        pl.read_csv(county / "truth" / "vulnerable.csv")
        .filter(pl.col("theme") == "child at risk")
        .join(people, on="person")
    )
    return [
        Child(
            r["person"], r["surname"], r["forenames"], date.fromisoformat(r["born_on"]), AUTHORITIES[n % 3],
            {"social_care": r["childrens-social-care"], "police": r["police"], "health": r["health"]},
        )
        for n, r in enumerate(at_risk.sort(known, "person", descending=[True, False]).head(9).iter_rows(named=True))
    ]  # fmt: skip


def on_time(received, decided):
    return decided.date() <= WorkingTime("ENG").count(received.date(), 1, counts_start=False)


# -- (a) the system is not used --------------------------------------------------------------------------------------------


def by_telephone(children):
    """The authority asks one agency after the other, each answers the next working day, and each has the family tell again."""
    runs = []
    for child in children:
        at, told = MONDAY, 1
        for agency in (child.authority, "police", "health"):
            day = WorkingTime("ENG").count(at.date(), 1, counts_start=False)
            at, told = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(hours=HOURS[agency]), told + 1
        runs.append({"decided": at, "support": at + SUPPORT, "told": told, "named": False, "referrer": False})
    return runs


# -- the system ------------------------------------------------------------------------------------------------------------


def agency(code, kind="partner"):
    return Agency.objects.get_or_create(code=code, defaults={"name": code.title(), "kind": kind})[0]


def acting(name, code, kind="partner"):
    of = agency(code, kind)
    user = User.objects.filter(username=name).first() or User.objects.create_user(name, agency=of)
    return Actor(user, of, "safeguarding", on=MONDAY.date(), reason="test")


def deciding(code):
    """The duty manager of an authority's social care, who decides in the hub."""
    user = acting(f"manager-{code}", code).user
    Posting.objects.get_or_create(user=user, roles=["hub-manager"], start=date(2020, 1, 1), by="t", at=MONDAY)
    return acting(user.username, code)


@pytest.fixture
def hub(db):
    systems.load()
    force = agency("force", "police")
    team = Team.objects.create(code="hub", name="Hub", agency=force)
    worker = User.objects.create_user("hubber", agency=force)
    Posting.objects.create(user=worker, team=team, roles=["hub-manager"], start=date(2020, 1, 1), by="t", at=MONDAY)
    for code in (*AUTHORITIES, "nhs", "school"):
        agency(code)
    values = {
        "hub.desk": "hub", "hub.accept_within": "1 hour", "hub.answer_within": "6 hours", "hub.triage_profile": "surrey", "hub.opens": "09:00",
        "hub.closes": "17:00", "hub.screen_within": "1 hour", "hub.strategy_within": "24 hours", "hub.conference_within": "15 working days after",
        "hub.core_group_within": "10 working days after", "hub.feedback_within": "3 working days after", "hub.dispute_within": "1 working day after",
        "hub.first_review_within": "3 months after", "hub.later_review_within": "6 months after",
    }  # fmt: skip
    long_ago = MONDAY - timedelta(days=900)
    for name, value in values.items():
        Change.objects.create(
            uid=name,
            name=name,
            after=value,
            reason="t",
            proposed_by="a",
            proposed_at=long_ago,
            approved_by="b",
            approved_at=long_ago,
        )
    return Actor(worker, force, "safeguarding", on=MONDAY.date(), reason="test")


def refer(children):
    """The school sends each child once, on the hub's page."""
    school = acting("teacher", "school")
    refs = {}
    for child in children:
        facts = {
            "authority": child.authority, "from_agency": "school", "sent_by": "the designated lead", "about": "child", "person_name": child.name,
            "born_on": child.born_on.isoformat(), "concern": "Tells of fights at home and does not want to go back.", "injury": False,
            "violence_at_home": True, "agreed": "not safe to ask", "basis": "a child at risk of significant harm", "safe_contact": "through the school",
        }  # fmt: skip
        refs[child.person] = receive(Sent(facts, number=str(child.person)), actor=school, at=MONDAY).ref
    return refs


def west_hits(children, folder):
    """West answers hit or no hit by an exact blind exchange: it learns nobody's name, the hub nothing of anyone else."""
    held = [c for c in children if c.authority == "west"]
    decoys = [Child(900_000 + n, f"Decoy{n}", "Robin", date(2012, 1, 1 + n), "west", {}) for n in range(20)]

    def people(name, rows):
        path = folder / name
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["reference", "surname", "forenames", "born_on", "sex", "postcode"])
            table.writerows([c.person, c.surname, c.forenames, c.born_on, "", ""] for c in rows)
        return read_people(path, exact.FIELDS)

    west = people("west.csv", [*decoys, *(c for c in held if c.held["social_care"])])
    ours = people("hub.csv", held)
    offer, kept = exact.setup(west, exchange="x-1", most=10, agreement="mash", until=date(2030, 1, 1))
    asked, mine = exact.request(ours, offer, on=MONDAY.date(), rng=np.random.default_rng(1))
    answer, _ = exact.respond(asked, kept, on=MONDAY.date())
    return {int(r) for r in exact.hits(offer, answer, mine)}


def absent(children):
    """Who never answers about whom: health about the first child; neither police nor health about one whom West's social care holds."""
    west = next(c.person for c in children if c.authority == "west" and c.held["social_care"])
    return {(children[0].person, "health"), (west, "police"), (west, "health")}


def with_the_hub(children, hub, folder):
    refs, silent = refer(children), absent(children)
    # The police answer for themselves as any other; each agency signs in once.
    answering = {"police": acting("intel", "force", "police"), "health": acting("nurse", "nhs")}
    social = {code: acting(f"social-{code}", code) for code in AUTHORITIES}
    hits = west_hits(children, folder)
    for child in children:
        ref, hour = refs[child.person], timedelta(minutes=30)
        store.accept(ref, actor=hub, at=MONDAY + hour)
        store.decide(ref, "triage", "amber", actor=hub, at=MONDAY + hour)
        store.ask(ref, "police", "force", actor=hub, at=MONDAY + hour)
        store.ask(ref, "health", "nhs", actor=hub, at=MONDAY + hour)
        if child.authority == "west":
            result = "hit" if child.person in hits else "no hit"
            given = {"function": "social_care", "holder": "west", "result": result, "exchange": "x-1"}
            store.do(ref, "check_blind", given, actor=hub, at=MONDAY + timedelta(hours=HOURS["west"]))
        else:
            store.ask(ref, "social_care", child.authority, actor=hub, at=MONDAY + hour)
    waiting = {code: [] for code in AUTHORITIES}
    for child in children:
        for item in Item.objects.filter(case__ref=refs[child.person], ask=True).order_by("pk"):
            given = {
                "held": child.held[item.part],
                "what": "see the file" if child.held[item.part] else "nothing held",
                "minutes": 10,
                "asked_family": False,
            }
            if (child.person, item.part) in silent:
                continue
            if item.part == "social_care":
                if child.authority == "south":
                    waiting["south"].append({"ask": item.ref, "answered_at": (MONDAY + DOWN).isoformat(), **given})
                    continue
                who, after = social[child.authority], HOURS[child.authority]
            else:
                who, after = answering[item.part], HOURS[item.part]
            store.answer(item.ref, "", given, actor=who, at=MONDAY + timedelta(hours=after))
    managers = {code: deciding(code) for code in AUTHORITIES}
    decided = MONDAY + timedelta(hours=8)  # the same day, before anyone knows when South comes back
    for child in children:
        ref = refs[child.person]
        outcome = store.load(ref, hub, decided).proposals["respond"].proposal
        store.decide(ref, "respond", outcome.outcome if outcome else "assessment", {"decided_by": "duty team manager"}, actor=managers[child.authority], at=decided,
                     reason="" if outcome else "violence at home; who is silent is named")  # fmt: skip
        store.do(ref, "make_plan", {"lead_worker": "family support worker"}, actor=hub, at=decided)
        with pytest.raises(Refused, match="one plan already"):
            store.do(ref, "make_plan", {"lead_worker": "somebody else"}, actor=hub, at=decided)
        store.do(ref, "tell_referrer", {"told_referrer": "decided today; keep her in sight"}, actor=hub, at=decided)
        support = {
            "support": "safe adult at school",
            "support_from": "school",
            "supported_at": (decided + SUPPORT).isoformat(),
        }
        store.do(ref, "start_support", support, actor=hub, at=decided + SUPPORT)
    file = folder / "south.json"
    file.write_text(json.dumps(waiting["south"]))
    for _ in range(2):  # its site is back; the file is read twice
        read_answers(file, actor=acting("social-south", "south"), at=MONDAY + DOWN + timedelta(hours=1))
    return refs


# -- the three runs --------------------------------------------------------------------------------------------------------


def test_without_the_system_it_is_late_and_nobody_is_named(children):
    runs = by_telephone(children)

    assert not any(on_time(MONDAY, r["decided"]) for r in runs)
    assert not any(r["named"] or r["referrer"] for r in runs)
    assert median(r["told"] for r in runs) == 4


def test_with_the_system_the_authority_decides_on_time_and_each_agency_sees_what_it_cost_and_changed(
    children, hub, tmp_path
):
    before = by_telephone(children)
    refs = with_the_hub(children, hub, tmp_path)
    later = MONDAY + timedelta(days=5)
    loaded = {c.person: store.load(refs[c.person], hub, later) for c in children}

    for child in children:
        case = loaded[child.person]
        # Social care decides, on time, with the three present or named as absent.
        (by,) = {e.agency for e in case.state.entries if e.name == "respond"}
        assert by == child.authority
        assert {r.state for r in case.runs if r.clock == "authority_decision"} == {"met"}
        reason = case.state.taken[-1].proposal["reason"]
        away = absent(children) | {(c.person, "social_care") for c in children if c.authority == "south"}
        for words, function in (("Children's social care", "social_care"), ("Police", "police"), ("Health", "health")):
            assert f"{words}: " in reason
            assert (f"{words}: UNKNOWN, asked 12 Jan" in reason) == ((child.person, function) in away)
        assert ("not pooled" in reason) == (child.authority == "west")
        assert ("hit; not pooled" in reason) == (child.authority == "west" and child.held["social_care"])
        # One plan, the referrer told, and the authority that leads sees it.
        assert len([d for d in case.state.done if d.name == "make_plan"]) == 1
        assert {r.state for r in case.runs if r.clock == "feedback_due"} == {"met"}
        assert Case.objects.get(ref=refs[child.person]).agency == child.authority
        # South's answers came two days late and count as if they had never been missing; a hit is shown as news.
        view = {h.function: h.state for h in heard(view_of(case, later))}
        known = "known" if child.held["social_care"] else "not known"
        pooled = "hit" if child.held["social_care"] else "no hit"
        assert view["social_care"] == (pooled if child.authority == "west" else known)
        news = view_of(case, later).came_after_the_decision
        assert news == ("Children's social care" if child.authority == "south" and child.held["social_care"] else "")

    # Time to support and how often the family told fall.
    hours = [(c.state.facts["supported_at"] - MONDAY).total_seconds() for c in loaded.values()]
    assert median(hours) < median((r["support"] - MONDAY).total_seconds() for r in before)
    assert median(view_of(c, later).times_family_told for c in loaded.values()) < median(r["told"] for r in before)

    # What joining cost each agency, and what it changed. An agency sees its own account alone.
    rows = {j.agency: j for j in joining(actor=hub, since=MONDAY, until=later, at=later)}
    assert set(rows) == {"east", "west", "south", "force", "nhs"}
    nhs = rows["nhs"]
    assert (nhs.asked, nhs.answered, nhs.in_time, nhs.silent, sum(nhs.minutes)) == (9, 7, 7, 2, 70)
    assert (rows["south"].asked, rows["south"].in_time) == (3, 0)
    assert (rows["west"].asked, rows["west"].checked, rows["west"].minutes) == (0, 3, [])
    holds = {
        function: {c.person for c in children if c.held[function] and (c.person, function) not in away}
        for function in ("social_care", "police", "health")
    }
    of_west = holds["social_care"] & {c.person for c in children if c.authority == "west"}
    for code, mine, others in (
        ("force", holds["police"], holds["health"] | holds["social_care"]),
        ("nhs", holds["health"], holds["police"] | holds["social_care"]),
        ("west", of_west, holds["police"] | holds["health"]),
    ):
        assert (rows[code].decisions, rows[code].reasons) == (len(mine), len(mine - others))
    assert rows["west"].reasons  # of one child West's hit alone was the reason
    assert (len(nhs.with_it), len(nhs.without_it)) == (7, 2)
    for name, code in (("nurse", "nhs"), ("social-west", "west")):
        (own,) = joining(actor=acting(name, code), since=MONDAY, until=later, at=later)
        assert own == rows[code]


def view_of(loaded, at):
    from peelian.core.kinds import Case as View

    return View(loaded.state, at, around=loaded.around)


def test_installed_but_ignored_the_desk_and_then_a_chief_officer_are_told(children, hub):
    refs = refer(children)
    for minutes in range(0, 30 * 60, 30):
        tick(MONDAY + timedelta(minutes=minutes))
    tick(MONDAY + timedelta(days=2))

    for ref in refs.values():
        notices = list(Notice.objects.filter(case__ref=ref))
        climbed = {n.to.removeprefix("role:"): n.due - MONDAY for n in notices if n.what == "unaccepted"}
        assert climbed["hub-manager"] == ACCEPT and climbed["chief-officer"] <= 4 * ACCEPT
        late = [n for n in notices if n.what == "overdue"]
        assert {n.clock for n in late} >= {"screening", "authority_decision"} and {n.to for n in late} == {"team:hub"}
        assert len(late) == len({(n.clock, n.item, n.start) for n in late})  # each once, however often one looks
        assert Case.objects.get(ref=ref).stage == "received"  # passing time moved nothing
