"""AFI 5: qualified for the role, or supported at all times.

The county plants a district whose serious crimes go to whoever is free, and few there are qualified. Three runs on its roster and its
training register: (a) as it was; (b) allocated with the system, used as meant; (c) the system installed and its notices left unread.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.casework.investigators import CRIME
from tests.casework.world import set_local

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Posting, Team, User
from peelian.casework import allocation, duty, roster, store, support
from peelian.casework.models import Case, Notice
from peelian.casework.ticking import tick, watch
from peelian.core.kinds import Refused
from peelian.core.local import Local
from peelian.county import Made, making
from peelian.county.feeds.force_hr import Staff
from peelian.county.feeds.force_roster import Roster
from peelian.county.feeds.force_training import Training
from peelian.records import landing
from peelian.vulnerability.workforce import say_unsupported
from peelian.vulnerability.workforce_measures import raise_demand, training_needs

MONDAY = datetime(2026, 1, 5, 10, tzinfo=UTC)  # of the weeks that the roster plans ahead
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GAP, CAP, CRIMES = 30, 2, 8
TEAM = "investigation"
# Two people of each rank, of the county's own staff; ranks are roles, people are the county's.
RANKS = (("supervisor", 2), ("inspector", 2), ("superintendent", 1), ("chief-officer", 1))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three months of a county of which only the feeds of its own people are written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "SOURCES", (Roster, Training, Staff))
        return making.make(
            tmp_path_factory.mktemp("afi5") / "county", people=24_000, seed=5, months=3, until=date(2025, 12, 31)
        )


def truth(county: Made, name: str) -> list[dict[str, str]]:
    """A table of the county's truth."""
    with (county.folder / "truth" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture
def planted(county: Made) -> tuple[str, list[dict[str, str]]]:
    """The district where fewer than half are qualified, and its serious crimes."""
    rows = truth(county, "allocations")
    by_district: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_district.setdefault(row["district"], []).append(row)
    share = {d: sum(r["qualified"] == "true" for r in held) / len(held) for d, held in by_district.items()}
    district = min(share, key=lambda d: share[d])
    return district, by_district[district]


@pytest.fixture(autouse=True)
def posted() -> None:
    """Only the county's people."""


def holders(county: Made) -> dict[str, str]:
    """Who holds what these crimes ask for, and until when, read from the register's own file."""
    rows: dict[str, dict[str, str]] = {}
    for path in county.files["force-training"]:
        with path.open() as file:
            rows |= {row["Record Reference"]: row for row in csv.DictReader(file)}  # the last entry of a record holds
    day = str(MONDAY.date())
    return {
        f"s{row['Staff Number']}": row["Expires On"]
        for row in rows.values()
        if row["Accreditation"] == "PIP 2"
        and row["Grade"] == "accredited"  # whoever is trained has passed the course, and is not accredited yet
        and row["Status"] == "held"
        and row["Passed On"] <= day
        and (row["Expires On"] or "9") > day
    }


class Force:
    """Accounts of the county's staff, with the roster and the training register read."""

    def __init__(self, county: Made, district: str, home: Path) -> None:
        systems.load()
        self.agency = Agency.objects.create(code="force", name="The force", kind="police")
        keeper = User.objects.create(username="keeper", agency=self.agency)
        Posting.objects.create(
            user=keeper, roles=["analyst", "planner", "administrator"], start=date(2020, 1, 1), by="x", at=MONDAY
        )
        for feed in ("force-roster", "force-training"):
            for result in landing.ingest(feed, county.files[feed], actor=Actor.of(keeper, "records"), at=MONDAY - DAY):
                assert not result.error, result.error
        self.qualified = holders(county)
        self.actors: dict[str, Actor] = {}
        staff = [r for r in truth(county, "staff") if not r["end"]]
        plan = Actor(keeper, self.agency, "planning", on=MONDAY.date())
        detectives = [r for r in staff if r["role"] == "investigation" and r["district"] == district]
        qualified = [r for r in staff if r["role"] in ("public protection", "serious crime")]
        for row in detectives:
            self._account(row, ["investigator"], TEAM, plan)
        for row in qualified:
            self._account(row, ["investigator"], "protection", plan)
        others = iter([r for r in staff if r["role"] == "neighbourhood"])
        for rank, number in RANKS:
            for _ in range(number):
                self._account(next(others), [rank], "", plan)
        roster.refresh(actor=plan, at=MONDAY - DAY)
        for name, value in (("support.gap-minutes", GAP), ("support.contact-days", 3), ("allocation.cap-specialist", CAP),
                            ("workforce.accept_within", "1 hour"), ("workforce.concern_within", "4 hours")):  # fmt: skip
            set_local(Local(name, "x"), value, MONDAY - 9 * DAY)

    def _account(self, row: dict[str, str], roles: list[str], team: str, plan: Actor) -> None:
        name = f"s{row['number']}"
        user = User.objects.create(username=name, agency=self.agency)
        where = (
            Team.objects.get_or_create(code=team, defaults={"name": team.title(), "agency": self.agency})[0]
            if team
            else None
        )
        Posting.objects.create(user=user, team=where, roles=roles, start=date(2020, 1, 1), by="x", at=MONDAY)
        roster.set_number(name, row["number"], actor=plan, at=MONDAY - DAY)
        self.actors[name] = Actor(user, self.agency, "safeguarding", on=MONDAY.date())

    def on(self, role: str, at: datetime) -> Actor:
        """Somebody of a role on duty; signed on where the roster has nobody."""
        here = duty.on_duty(at, role=role)
        if not here:
            name = next(n for n, a in sorted(self.actors.items()) if role in a.roles)
            duty.sign_on(until=at + 10 * HOUR, actor=self.actors[name], at=at)
            return self.actors[name]
        return self.actors[here[0].username]

    def crime(self, at: datetime, origin: str) -> str:
        """One of the planted district's serious crimes, recorded by a supervisor and in nobody's hands yet."""
        told = {"offence": "wounding with intent", "area": "north"}
        return store.open_case(
            CRIME.name, "record", told, actor=self.on("supervisor", at), at=at, origin=origin, to=f"team:{TEAM}"
        ).ref

    def allocate(self, ref: str, at: datetime) -> bool:
        """As meant: whom the rules propose; else somebody on duty with a qualified supporter. Whether it took an override."""
        boss = self.on("supervisor", at)
        found = allocation.candidates(ref, actor=boss, at=at, team=TEAM)
        if found.first is not None:
            taker, how = found.first.username, {}
        else:
            taker = found.ranked[0].username
            with pytest.raises(Refused):  # alone they may not
                store.offer(ref, taker, actor=boss, at=at)
            how = {"until": at + 14 * DAY, "reason": "nobody qualified is free"}
            other = next(n for n in sorted(self.actors) if n not in {taker, *self.qualified})
            with pytest.raises(Refused) as refused:
                store.offer(ref, taker, actor=boss, at=at, supporter=other, **how)
            assert "not qualified either" in refused.value.fields["supporter"]
            offered = [c.username for c in allocation.supporters(ref, taker, actor=boss, at=at)]
            assert set(offered) <= set(self.qualified)
            assert all(duty.is_on_duty(name, at) for name in offered)
            how["supporter"] = offered[0]
        store.offer(ref, taker, actor=boss, at=at, **how)
        store.accept(ref, actor=self.actors[taker], at=at + MINUTE)
        return bool(how)


@pytest.fixture
def force(county: Made, planted: Any, db: None, tmp_path: Path, settings: Any) -> Callable[[], Force]:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    return lambda: Force(county, planted[0], settings.HOME)


def test_a_without_the_system_most_serious_crimes_are_in_unqualified_hands_alone(
    planted: tuple[str, list[dict[str, str]]],
) -> None:
    _, crimes = planted
    alone = [row for row in crimes if row["qualified"] != "true"]
    assert len(crimes) >= CRIMES
    assert len(alone) / len(crimes) > 0.5  # and nobody supports them: the force has no record of any supporter


def test_b_used_as_meant_nobody_is_alone_gaps_climb_and_overrides_become_a_demand(
    force: Callable[[], Force], planted: Any
) -> None:
    made, crimes = force(), planted[1][:CRIMES]
    # One who is qualified went home: whoever is offered as supporter must be one who did not.
    home = next(n for n in sorted(made.qualified) if n in made.actors and duty.is_on_duty(n, MONDAY))
    duty.sign_off(actor=made.actors[home], at=MONDAY)
    refs = [made.crime(MONDAY + n * MINUTE, row["reference"]) for n, row in enumerate(crimes)]
    overridden = [ref for n, ref in enumerate(refs) if made.allocate(ref, MONDAY + (20 + 2 * n) * MINUTE)]
    assert len(overridden) >= 3  # the qualified of the district are full: the planted shortage is met by overrides
    begun = MONDAY + HOUR
    for case in Case.objects.filter(ref__in=overridden):
        assert case.supporter and case.supporter != case.owner
        assert any(gap.case.ref == case.ref and "not accepted" in gap.reason for gap in support.gaps(begun))
        store.support(case.ref, actor=made.actors[case.supporter], at=begun)
    assert support.gaps(begun + MINUTE) == []
    assert not Case.objects.filter(ref__in=refs, accepted=False).exists()

    # Contacts are logged.
    held = Case.objects.get(ref=overridden[0])
    supporter, officer = made.actors[held.supporter], made.actors[held.owner]
    support.note_contact(
        held.ref, channel="met", note="the plan for the first day", actor=supporter, at=begun + 5 * MINUTE
    )
    made.on("inspector", begun)
    row = next(r for r in support.overrides(made.on("supervisor", begun), begun + HOUR) if r.case.ref == held.ref)
    assert (row.contacts, row.due) == (1, False)

    # The supporter goes home: another is named as a proposal, and the gap climbs until somebody names one.
    gone = MONDAY + 2 * HOUR
    duty.sign_off(actor=supporter, at=gone)
    [gap, *_] = [g for g in support.gaps(gone) if g.case.ref == held.ref]
    assert (gap.reason, gap.since, gap.rank) == ("the supporter is off duty", gone, "supervisor")
    assert gap.stand_ins and not {supporter.user.username, officer.user.username} & set(gap.stand_ins)
    assert set(gap.stand_ins) <= set(made.qualified)
    assert all(duty.is_on_duty(name, gone) for name in gap.stand_ins)
    watch(gone)
    watch(gone + GAP * MINUTE)
    told = Notice.objects.filter(case=held, clock="support", start=gone).values_list("step", flat=True)
    assert set(told) == {"supervisor", "inspector"}
    boss = made.on("supervisor", gone + 40 * MINUTE)
    for one in support.gaps(gone + 40 * MINUTE):
        until = gone + 14 * DAY
        store.support(
            one.case.ref, actor=boss, at=gone + 40 * MINUTE, supporter=one.stand_ins[0], until=until, reason="stands in"
        )
        store.support(one.case.ref, actor=made.actors[one.stand_ins[0]], at=gone + 41 * MINUTE)
    assert support.gaps(gone + 42 * MINUTE) == []

    # The officer says it and it reaches an inspector on duty, with a clock.
    concern = say_unsupported("four of these at once", actor=officer, at=gone + HOUR, about=held.ref)
    assert "inspector" in made.actors[concern.offered_to].roles
    assert duty.is_on_duty(concern.offered_to, gone + HOUR)
    [due] = [
        r.due
        for r in store.load(concern.ref, made.actors[concern.offered_to], gone + HOUR).runs
        if r.clock == "concern_answered"
    ]
    assert due == gone + 5 * HOUR

    # What comes again becomes a demand with numbers.
    looks = Actor(boss.user, boss.agency, "assurance", on=MONDAY.date())
    [need] = training_needs(looks, start=MONDAY.date(), end=MONDAY.date() + DAY)
    owners = {Case.objects.get(ref=ref).owner for ref in overridden}
    assert (need.team, need.lacks, need.overrides, need.officers) == (TEAM, "PIP 2", len(overridden), len(owners))
    in_team = {n for n, actor in made.actors.items() if TEAM in actor.standing.teams} & set(made.qualified)
    assert need.qualified == len(in_team)
    ends = [made.qualified[name] for name in in_team]
    assert need.lapsing == sum(bool(end) and end < "2026-07-06" for end in ends)
    midnight = datetime(2026, 1, 6, tzinfo=UTC)
    accepted = [midnight - (MONDAY + (21 + 2 * refs.index(ref)) * MINUTE) for ref in overridden]
    assert need.days == pytest.approx(sum(accepted, timedelta()) / DAY, abs=0.051)
    demand = raise_demand(need, actor=boss, at=gone + 2 * HOUR)
    told = {
        name: demand.facts[name] for name in ("team", "lacks", "overrides", "officers", "days", "qualified", "lapsing")
    }
    assert told == asdict(need)
    assert "superintendent" in made.actors[demand.offered_to].roles


def test_c_installed_but_ignored_the_named_officers_and_then_a_chief_officer_are_told(
    force: Callable[[], Force], planted: Any
) -> None:
    """An override whose supporter never answers; nobody looks. The stated time: three times the force's own minutes."""
    made = force()
    for role, _ in RANKS:
        made.on(role, MONDAY)
    refs = [made.crime(MONDAY, row["reference"]) for row in planted[1][:CRIMES]]
    overridden = [ref for n, ref in enumerate(refs) if made.allocate(ref, MONDAY + n * 2 * MINUTE)]
    case = Case.objects.get(ref=overridden[0])
    begun = support.gaps(MONDAY + HOUR)[0].since
    told: dict[str, datetime] = {}
    for minutes in range(0, 3 * GAP + 15, 15):
        at = begun + minutes * MINUTE
        watch(at)
        watch(at)  # however often: a word is given once
        for step in Notice.objects.filter(case=case, clock="support").values_list("step", flat=True):
            told.setdefault(step, at)
    steps = ["supervisor", "inspector", "superintendent", "chief-officer"]
    assert [told[step] - begun for step in steps] == [n * GAP * MINUTE for n in range(4)]
    rows = Notice.objects.filter(case=case, clock="support")
    assert rows.count() == len({(n.step, n.to) for n in rows})
    assert all(not n.to.startswith("role:") for n in rows)  # by name
    # The end date passes: it is in the work list, and said once.
    tick(case.support_until + MINUTE)
    assert Notice.objects.filter(case=case, what="support ended", clock="").count() == 1
