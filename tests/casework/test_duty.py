"""Who is on duty, and who must act: no high-risk case is nobody's longer than its limit, whatever people forget."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.casework.shifts import HOUR, KIND, LIMIT, Pure, Stored, live, make_force

from peelian.access.actor import Actor, Denied
from peelian.access.models import Agency, Entry, Posting, Team, User
from peelian.casework import duty, roster
from peelian.casework.cover import Cover, Shifts, cover
from peelian.casework.kinds import register
from peelian.casework.models import Duty, StaffNumber
from peelian.core.errors import PeelianError
from peelian.core.kinds import State, Who, act, fold, must_answer, offer
from peelian.records import landing

MINUTE = timedelta(minutes=1)
AT = datetime(2026, 3, 20, 22, tzinfo=UTC)
ALWAYS = [(AT - 30 * 24 * HOUR, AT + 30 * 24 * HOUR)]


def worked(seeds: range, days: int = 10) -> tuple[int, timedelta]:
    """Shifts worked, and the longest time in which a case was nobody's."""
    shifts, worst = 0, timedelta(0)
    for seed in seeds:
        rng = random.Random(seed)
        force = make_force(rng, days)
        shifts += force.worked
        worst = max(worst, live(Pure(), force, rng, days))
    return shifts, worst


def test_no_high_risk_case_is_nobodys_longer_than_its_limit_in_20_000_shifts() -> None:
    shifts, worst = worked(range(280))
    assert shifts >= 20_000
    assert HOUR < worst <= LIMIT  # it happens, and it ends


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_no_high_risk_case_is_nobodys_longer_than_its_limit_in_a_million_shifts(part: int) -> None:
    shifts, worst = worked(range(1_000 + part * 3_600, 1_000 + (part + 1) * 3_600))
    assert shifts >= 250_000
    assert HOUR < worst <= LIMIT


def stored(seeds: range, days: int) -> tuple[int, timedelta]:
    """The same through the database; every journal is proved afterwards."""
    from peelian.casework.verify import verify

    register(KIND)
    shifts, worst = 0, timedelta(0)
    for seed in seeds:
        rng = random.Random(seed)
        force = make_force(rng, days)
        shifts += force.worked
        with transaction.atomic():
            worst = max(worst, live(Stored(force), force, rng, days))
            assert verify().first_bad is None
            transaction.set_rollback(True)
    return shifts, worst


@pytest.mark.django_db
def test_the_same_holds_through_the_database_in_50_shifts() -> None:
    shifts, worst = stored(range(2), 4)
    assert shifts >= 50
    assert worst <= LIMIT


@pytest.mark.long
@pytest.mark.django_db
def test_the_same_holds_through_the_database_in_2_000_shifts() -> None:
    shifts, worst = stored(range(100, 128), 10)
    assert shifts >= 2_000
    assert HOUR < worst <= LIMIT


def made(to: str = "", opener: str = "pc") -> State:
    """A high-risk case opened at `AT`, offered to somebody else or kept."""
    return fold(KIND, [act(State(KIND), "report", {"risk": "high"}, who=Who(opener), at=AT, to=to)])


def ranks(**spans: Any) -> Shifts:
    """People called after what they are, with their duties."""
    roles = {
        "pc": (),
        "other": (),
        "sgt": ("supervisor",),
        "insp": ("inspector",),
        "supt": ("superintendent",),
        "chief": ("chief-officer",),
    }
    teams = {"pc": ("a",), "sgt": ("a",), "sgt_b": ("b",)}
    people = {n: Who(n, roles[n.split("_")[0]], teams=teams.get(n, ())) for n in spans}
    return Shifts(spans, people)


GOLDEN = [
    # after, to, on duty, step, people, why
    (0, "other", "other sgt insp", 0, "other", "whom it was offered to has an hour"),
    (59, "other", "other sgt insp", 0, "other", "to the last minute"),
    (60, "other", "other sgt insp", 1, "sgt", "then the first rung"),
    (120, "other", "other sgt insp", 2, "insp", "then the second"),
    (180, "other", "other sgt insp supt", 3, "supt", "and over the declared ladder the ranks above it"),
    (0, "other", "sgt insp", 1, "sgt", "tagged to somebody off duty: it climbs at once"),
    (0, "other", "insp chief", 2, "insp", "a rung with nobody on duty is climbed over at once"),
    (0, "other", "chief", 4, "chief", "up to a chief officer"),
    (0, "other", "pc", 1, "", "nobody of the ladder: called out"),
    (0, "team:a", "sgt_b pc sgt", 0, "pc sgt", "a team's own people"),
    (60, "team:a", "sgt_b pc sgt", 1, "sgt", "the team's own supervisor before another"),
    (0, "team:a", "sgt_b", 1, "sgt_b", "another team's where it has none"),
]


@pytest.mark.parametrize(("after", "to", "on", "step", "people", "why"), GOLDEN, ids=[row[-1] for row in GOLDEN])
def test_who_must_act_on_an_offer(after: int, to: str, on: str, step: int, people: str, why: str) -> None:
    found = cover(made(to), AT + after * MINUTE, ranks(**dict.fromkeys(on.split(), ALWAYS)))
    assert found is not None
    assert (found.step, " ".join(found.people)) == (step, people)
    assert found.call_out == ("chief-officer" if not people else "")


def test_a_high_risk_case_climbs_from_the_minute_in_which_its_owner_goes_off_duty() -> None:
    home = AT + 2 * HOUR
    shifts = ranks(pc=[(AT - HOUR, home)], sgt=ALWAYS, insp=ALWAYS)
    state = made()
    assert cover(state, home - MINUTE, shifts) is None
    first = cover(state, home, shifts)
    assert first == Cover(
        1, "supervisor", ("sgt",), home, home + HOUR, "its owner is off duty and nobody has taken it over"
    )
    second = cover(state, home + HOUR, shifts)
    assert second is not None
    assert second.people == ("insp",)
    # A case that is not at high risk waits for its owner's next shift.
    low = fold(KIND, [act(State(KIND), "report", {"risk": "low"}, who=Who("pc"), at=AT)])
    assert cover(low, home, shifts) is None


def test_offered_on_and_on_it_climbs_all_the_same() -> None:
    state, entries = made(), list(made().entries)
    home = AT + 2 * HOUR
    shifts = ranks(pc=[(AT - HOUR, home)], other=ALWAYS, sgt=ALWAYS, insp=ALWAYS, supt=ALWAYS)
    for n in range(1, 8):
        when = home + n * 50 * MINUTE
        entries.append(offer(state, "other", who=Who("sgt", ("supervisor",)), at=when, taker=Who("other")))
        state = fold(KIND, entries)
    found = cover(state, home + 6 * HOUR, shifts)
    assert found is not None
    # Nobody of the top rung is on duty: those below call it out. It is never nobody's.
    assert (found.people, found.call_out) == (("supt",), "chief-officer")


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from(["", "other", "team:a", "sgt"]))
def test_it_agrees_with_the_engine_where_everybody_is_on_duty_and_never_climbs_down(a: int, b: int, to: str) -> None:
    state = made(to)
    shifts = ranks(**dict.fromkeys(("pc", "other", "sgt", "insp", "supt", "chief"), ALWAYS))
    early, late = sorted((a, b))
    found = [cover(state, AT + n * MINUTE, shifts) for n in (early, late)]
    if to == "":
        assert found == [None, None]
        return
    steps = [c.step for c in found if c]
    assert steps == sorted(steps)
    engine = must_answer(state, AT + early * MINUTE)
    assert engine is not None
    assert found[0] is not None
    assert min(found[0].step, 2) == engine.step
    assert found[0].since >= engine.since


@pytest.fixture(autouse=True)
def posted() -> None:
    """People are posted as each test needs them."""


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    """A sergeant and two constables of a team, and an inspector of none."""
    force = Agency.objects.create(code="force", name="The force", kind="police")
    team = Team.objects.create(code="response-a", name="Response A", agency=force)
    found = {}
    for name, roles, where in (
        ("sgt", ["supervisor", "planner"], team), ("pc1", ["investigator"], team), ("pc2", ["investigator"], team),
        ("insp", ["inspector"], None), ("admin", ["administrator"], None),
    ):  # fmt: skip
        user = User.objects.create(username=name, agency=force)
        Posting.objects.create(user=user, roles=roles, team=where, start=date(2020, 1, 1), by="test", at=AT)
        found[name] = Actor(user, force, "planning", on=date(2026, 3, 20))
    return found


def rostered(user: str, start: datetime, hours: float) -> None:
    Duty.objects.create(user=user, start=start, end=start + hours * HOUR, source=duty.ROSTER, at=AT)


def names(at: datetime, **how: Any) -> list[str]:
    return [one.username for one in duty.on_duty(at, **how)]


def test_who_is_on_duty_by_team_and_role(people: dict[str, Actor]) -> None:
    for user in ("sgt", "pc1", "insp"):
        rostered(user, AT - HOUR, 8)
    assert names(AT) == ["insp", "pc1", "sgt"]
    assert names(AT, team="response-a") == ["pc1", "sgt"]
    assert names(AT, role="supervisor") == ["sgt"]
    assert names(AT, team="response-a", role=("inspector", "investigator")) == ["pc1"]
    assert names(AT - HOUR - MINUTE) == []
    assert names(AT + 7 * HOUR) == []  # the end is the first minute off duty
    User.objects.filter(username="pc1").update(is_active=False)
    assert names(AT, team="response-a") == ["sgt"]
    assert [(team.name if team else "", len(on)) for team, on in duty.teams_on(AT)] == [("Response A", 1), ("", 1)]


def test_what_somebody_says_of_themselves_outweighs_the_roster(people: dict[str, Actor]) -> None:
    rostered("pc1", AT, 8)
    assert duty.sign_off(actor=people["pc1"], at=AT + 2 * HOUR)
    assert duty.is_on_duty("pc1", AT + 2 * HOUR - MINUTE)
    assert not duty.is_on_duty("pc1", AT + 2 * HOUR)
    assert not duty.sign_off(actor=people["pc1"], at=AT + 3 * HOUR)
    duty.sign_on(until=AT + 10 * HOUR, actor=people["pc1"], at=AT + 4 * HOUR)
    assert duty.span("pc1", AT + 9 * HOUR) == (AT + 4 * HOUR, AT + 10 * HOUR)
    assert duty.next_duty(["pc1", "pc2"], AT + 3 * HOUR) == {"pc1": AT + 4 * HOUR}
    for until in (AT, AT + 25 * HOUR):
        with pytest.raises(PeelianError, match="E480"):
            duty.sign_on(until=until, actor=people["pc1"], at=AT)
    assert Entry.objects.filter(what__startswith="duty: signed").count() == 2


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(["+", "-"])), max_size=8))
def test_spans_equal_a_count_hour_by_hour(said: list[tuple[int, int, str]]) -> None:
    on: set[int] = set()
    spans: list[tuple[datetime, datetime]] = []
    for start, length, sign in said:
        hours = set(range(start, start + length))
        on = on | hours if sign == "+" else on - hours
        span = (AT + start * HOUR, AT + (start + length) * HOUR)
        spans = duty._joined([*spans, span]) if sign == "+" else duty._without(spans, *span)
    counted = {h for h in range(90) if any(a <= AT + h * HOUR < b for a, b in spans)}
    assert counted == on
    assert all(a < b for a, b in spans)
    assert all(first[1] < then[0] for first, then in itertools.pairwise(spans))


def test_who_must_act_is_found_in_the_tables(people: dict[str, Actor]) -> None:
    rostered("pc1", AT - HOUR, 3)
    rostered("insp", AT - HOUR, 12)
    state = made(opener="pc1")
    assert duty.answerer(state, AT + HOUR) is None
    found = duty.answerer(state, AT + 2 * HOUR + MINUTE)
    assert found is not None
    assert (found.people, found.since) == (("insp",), AT + 2 * HOUR)
    assert "nobody is on duty as supervisor" in found.reason


def test_where_the_owner_alone_is_of_a_rank_nobody_else_is() -> None:
    state = made(opener="sgt")
    given = offer(state, "other", who=Who("sgt", ("supervisor",)), at=AT, taker=Who("other"))
    found = cover(fold(KIND, [*state.entries, given]), AT + MINUTE, ranks(sgt=ALWAYS, insp=ALWAYS))
    assert found is not None and found.people == ("insp",)
    assert "nobody else is on duty as supervisor" in found.reason


ROSTER = "Duty Reference,Staff Number,Team,Station,Role On Duty,From,To,State,Abstracted To\n"
TRAINING = "Record Reference,Staff Number,Course,Accreditation,Passed On,Expires On,Grade,Status\n"


@pytest.fixture
def land(tmp_path: Path, settings: Any, people: dict[str, Actor]) -> Callable[[str, str], None]:
    """Land text as a file of a feed."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    keeper = User.objects.create(username="keeper", agency=people["sgt"].agency)
    Posting.objects.create(user=keeper, roles=["analyst"], start=date(2020, 1, 1), by="test", at=AT)

    def land(feed: str, text: str) -> None:
        path = tmp_path / f"{feed}-{len(text)}.csv"
        path.write_text(text)
        [result] = landing.ingest(feed, [path], actor=Actor.of(keeper, "records"), at=AT - 48 * HOUR)
        assert not result.error and not result.quarantined, result

    return land


def test_the_landed_roster_and_training_register_are_read(people: dict[str, Actor], land: Any) -> None:
    rows = [
        # The clocks go forward in the night of the 29th: 22:00 London is 22:00 UTC before and 21:00 after.
        "D/1,1001,Response A,X,response,2026-03-20 22:00,2026-03-21 07:00,planned,",
        "D/2,1002,Response A,X,response,2026-03-20 22:00,2026-03-21 07:00,sick,",
        "D/3,1001,Response A,X,response,2026-03-29 22:00,2026-03-30 07:00,planned,",
        "D/4,1002,Response A,X,response,2026-03-21 22:00,2026-03-22 07:00,abstracted,court",
        "D/5,9999,Response A,X,response,2026-03-20 22:00,2026-03-21 07:00,planned,",
    ]
    land("force-roster", ROSTER + "\n".join(rows) + "\n")
    land(
        "force-training",
        TRAINING
        + "T/1,1001,ICIDP,PIP 2,2024-03-20,2026-03-21,accredited,held\n"
        + "T/2,1001,SCAIDP,child abuse investigator,2024-03-20,2027-03-20,in development,held\n"
        + "T/3,1002,ICIDP,PIP 2,2024-03-20,2027-03-21,accredited,suspended\n"
        + "T/4,1002,Initial,PIP 1,2020-03-20,,accredited,held\n",
    )
    for name, number in (("pc1", "1001"), ("pc2", "1002")):
        roster.set_number(name, number, actor=people["admin"], at=AT)
    assert roster.waiting()
    sgt = people["sgt"]
    with pytest.raises(Denied):  # another purpose would read nothing, and take everybody off duty
        roster.refresh(actor=Actor(sgt.user, sgt.agency, "prevention", on=sgt.on), at=AT)
    done = roster.refresh(actor=people["sgt"], at=AT)
    assert done == {"accounts": 2, "duties": 2, "accreditations": 2}
    assert not roster.waiting()
    assert names(AT) == ["pc1"]
    assert names(datetime(2026, 3, 29, 21, tzinfo=UTC)) == ["pc1"]
    assert duty.skills("pc1", AT) == {"PIP 2"}
    assert duty.skills("pc1", AT + 24 * HOUR) == frozenset()  # the day on which it expires
    assert duty.skills("pc2", AT) == {"PIP 1"}
    # Read again, nothing is doubled; what somebody said themselves stays.
    duty.sign_on(until=AT + 8 * HOUR, actor=people["pc2"], at=AT)
    assert roster.refresh(actor=people["sgt"], at=AT + MINUTE) == done
    assert names(AT + MINUTE) == ["pc1", "pc2"]


def test_duties_are_read_by_planners_and_supervisors_alone(people: dict[str, Actor]) -> None:
    with pytest.raises(Denied):
        roster.refresh(actor=people["pc1"], at=AT)


def test_a_staff_number_is_one_accounts(people: dict[str, Actor]) -> None:
    roster.set_number("pc1", "1001", actor=people["admin"], at=AT)
    for name, number in (("pc2", "1001"), ("nobody", "1003")):
        with pytest.raises(PeelianError, match="E481"):
            roster.set_number(name, number, actor=people["admin"], at=AT)
    roster.set_number("pc1", "", actor=people["admin"], at=AT)
    assert not StaffNumber.objects.exists()
    with pytest.raises(Denied):
        roster.set_number("pc1", "1001", actor=people["pc1"], at=AT)
