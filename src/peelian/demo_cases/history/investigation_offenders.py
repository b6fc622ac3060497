"""Years of offender management: a cohort with people not selected beside it, and a pilot of reactive management that did harm and was stopped.

Selection takes three fifths off offending, beyond the fall that comes by itself. In the pilot many times more of the arm that nobody visits
have an outcome that needs no visit to be seen: it is stopped, and all go back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count

import numpy as np

from peelian.access.actor import hidden
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.casework.duty_tables import Accreditation
from peelian.core.kinds import State
from peelian.demo_cases.play import DISTRICTS, Play
from peelian.records.models import Mention

from . import Truth, mappa
from .case_story import Story
from .course import DAY, MONTH

MANAGER = "offender-manager"
COHORT, MEMBERS = 24, 28  # of 36 months; of the pilot
# Offences of the year before; what is left of them a year later by itself; and of that by being selected.
BEFORE, PEAK, EFFECT = 7.0, 0.6, 0.4
HARMED = {"reactive": 0.95, "usual": 0.05}  # have an outcome within the pilot
PILOT_MONTHS, LONG_ENOUGH = 9, 16
VISIT_WEEKS, VISITED = 26, (0.92, 0.92, 0.5)  # visits made in time by district
Step = tuple[float, Callable[[], object]]


def offenders(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play the cohort and, where the years are long enough for one, the pilot."""
    for n, name in enumerate(("offender manager", "domestic abuse specialist")):
        start, until = play.now.date() - timedelta(days=6 * 365), play.now.date() + timedelta(days=330)
        Accreditation.objects.get_or_create(
            reference=f"demo-{n}", defaults={"user": MANAGER, "name": name, "start": start, "until": until}
        )
    known = _people(play)
    for n in range(round(COHORT * months / 36)):
        _managed(
            play,
            rng,
            next(known),
            float(rng.uniform(0.1, 1) * months * MONTH),
            int(rng.integers(3)),
            selected=n % 3 != 2,
        )
    truth.say(
        "I6",
        "sheet impact",
        EFFECT,
        "offending after to before, selected against not selected: the practice works",
        since=months,
    )
    if months >= LONG_ENOUGH:
        Pilot(play, rng, [next(known) for _ in range(MEMBERS)], min(months, 26)).play_on()
        truth.say("I7", "offender_pilot.decide_pilot", HARMED["reactive"] / HARMED["usual"],
                  "outcomes of the reactive arm to the usual one: the practice does harm, and is stopped", since=min(months, 26))  # fmt: skip
        for area, share in zip(DISTRICTS, VISITED, strict=True):
            truth.say(
                "I7",
                "sex_offender.next_visit_in_time",
                share,
                "visits made in time",
                area=play.codes.get(area, area),
                since=min(months, 26),
            )

    mappa.tell(play, rng, truth, months, known)


def _people(play: Play) -> Iterator[str]:
    """Made-up people of middle age, each once; nobody whose records are kept from those who count. A small county lends made-up references."""
    shut = hidden(play.actor("superintendent")).mentions.get("force-people", frozenset())
    rows = Mention.objects.filter(
        batch__feed="force-people", born_on__range=("1965-01-01", "2000-12-31")
    ).select_related("batch")
    seen = set()
    for row in rows.exclude(key__in=shut).order_by("-key", "pk").iterator():
        if (name := (row.surname, row.forenames, row.born_on)) not in seen:
            seen.add(name)
            yield ref_of(f"{row.batch.feed}/{row.key}")
    yield from (ref_of(f"force-people/lent {n}") for n in count())


def _managed(play: Play, rng: np.random.Generator, person: str, hours: float, area: int, *, selected: bool) -> None:
    """Proposed, selected or not, seen as agreed, reviewed, and out again; and what was done before and after."""
    told, turn = Story(play, hours), 7 * DAY
    told.open(MANAGER, "managed_offender", "propose", {
        "area": DISTRICTS[area], "offender": person, "born_on": "1988-03-02", "crimes_2y": int(rng.integers(3, 9)), "harm_2y": 900, "neighbourhood": True, "da": False,
        "reoffending": "high", "statutory": selected})  # fmt: skip
    told.decide(
        "sergeant",
        turn,
        "select_it",
        "fixed" if selected else "not_selected",
        {"selected_at": told.at(turn)},
        why="as the panel decided",
    )
    for _ in range(int(rng.poisson(BEFORE))):
        told.do(
            MANAGER,
            turn + 1,
            "note_offence",
            {"offended_on": told.day(turn - float(rng.uniform(2, 364)) * DAY), "harm": 147.5},
        )
    steps: list[tuple[float, str, str, dict[str, object]]] = []
    if selected:
        told.decide(MANAGER, turn + 2, "grade_it", "green", why="as seen by the panel")
        steps = [(turn + week * 7 * DAY, MANAGER, "contact" if rng.random() < 0.8 else "attempt", {"contacted_at": told.at(turn + week * 7 * DAY), "way": "home visit"})
                 for week in (3, 6, 10, 13, 17)]  # fmt: skip
        steps += [(turn + 80 * DAY, "sergeant", "review", {"reviewed": "Support goes on; contact as graded."}),
                  (turn + 122 * DAY, "sergeant", "review", {"reviewed": "Settled; nothing more is asked for."}),
                  (turn + 123 * DAY, "sergeant", "leave", {"left_at": told.at(turn + 123 * DAY), "left_because": "no offending in the period"})]  # fmt: skip
    for _ in range(int(rng.poisson(BEFORE * PEAK * (EFFECT if selected else 1)))):
        after = turn + float(rng.uniform(2, 364)) * DAY
        steps.append((after, MANAGER, "note_offence", {"offended_on": told.day(after), "harm": 147.5}))
    for after, by, act, given in sorted(steps, key=lambda step: step[0]):
        told.do(by, after, act, given)


class Pilot:
    """A pilot of long ago with its members, played in order of time, for what is decided rests on what was counted."""

    def __init__(self, play: Play, rng: np.random.Generator, people: list[str], months: int) -> None:
        self.play, self.rng, self.people = play, rng, people
        self.begun = (months - 2) * MONTH
        self.members: list[Story] = []
        self.arms: list[str] = []
        self.ends: list[float] = []
        self.drawn: list[str] = []
        self.unvisited: set[int] = set()  # positions of those managed reactively
        self.case = Story(play, self.begun + 20 * DAY)
        self.over = False

    def play_on(self) -> None:
        """Plan it, register who takes part, begin, and go on in order of time to the end of each one's duty."""
        self.case.open("inspector", "offender_pilot", "plan_pilot", {
            "title": "Visiting nobody at low risk unasked", "question": "Is there more harm where nobody visits?", "compared": "Visits each half year",
            "outcomes": "Those that need no police contact to be seen, and what random audit visits find", "seed": "1829", "expected": 30,
            "review_on": self._day(self.begun - (PILOT_MONTHS + 2) * MONTH), "ethics": "Ethics committee; data-protection assessment 7"})  # fmt: skip
        self.case.do("superintendent", 10 * DAY, "begin")
        for n, person in enumerate(self.people):
            self._joined(n, person)
        steps = [step for n in range(len(self.members)) for step in self._member(n)]
        for month in range(1, PILOT_MONTHS + 1):
            steps.append(
                (
                    self.begun - month * 27 * DAY,
                    partial(self._count, self.begun - month * 27 * DAY, last=month == PILOT_MONTHS),
                )
            )
        for month in (2, 4):
            drawn = self.begun - month * 27 * DAY - 2 * DAY
            steps += [
                (drawn, partial(self._draw_audits, drawn)),
                (drawn - 5 * DAY, partial(self._audit, drawn - 5 * DAY)),
            ]
        for _, act in sorted(steps, key=lambda step: -step[0]):
            act()

    def _day(self, hours: float) -> str:
        return self.play.ago(hours).date().isoformat()

    def _joined(self, n: int, person: str) -> None:
        """Registered, assessed, planned for, and in the pilot by lot."""
        told = Story(self.play, self.begun + 9 * DAY - n)
        ends = float(self.rng.uniform(20, 100)) * DAY  # two years after the caution, some weeks ago
        told.open(MANAGER, "sex_offender", "register", {
            "area": DISTRICTS[n % 3], "offender": person, "born_on": "1979-06-01", "disposal": "caution", "relevant_on": self._day(ends + 733 * DAY)})  # fmt: skip
        told.do(MANAGER, 1, "notify_first", {"first_notified_at": told.at(0.5), "residence": "yes"})
        self._assessed(told, 2)
        told.decide(MANAGER, 3, "set_level", "low", why="as assessed")
        told.do(MANAGER, 4, "set_plan", {"plan": "Work, home and devices at each visit.", "visit_weeks": VISIT_WEEKS})
        told.do(MANAGER, 5, "note", {"pilot": self.case.ref})
        at = told.hours - 6
        self.case.do(MANAGER, self.case.hours - at, "enrol", {"person": told.ref, "joined_at": self.play.ago(at)})
        arm = self._state().live("members")[-1].facts["arm"]
        if arm == "reactive":
            told.decide("inspector", 7, "set_management", "reactive", why="entry test met, and by lot")
            self.unvisited.add(n)
        self.members.append(told)
        self.arms.append(arm)
        self.ends.append(ends)

    def _assessed(self, told: Story, after: float) -> None:
        on = told.at(after).date()
        told.do(MANAGER, after, "hold_result", {
            "tool": "ARMS", "tool_version": "as licensed", "result": "low", "assessed_on": on.isoformat(), "assessor": "A trained assessor",
            "assess_next_on": (on + timedelta(days=365)).isoformat()})  # fmt: skip

    def _member(self, n: int) -> list[Step]:
        """What comes of one: visits, yearly notifications and assessments, perhaps an outcome, and the end of the duty."""
        told, rng, steps = self.members[n], self.rng, list[Step]()
        hours = told.hours - 5
        while (
            hours := hours
            - VISIT_WEEKS
            * 7
            * DAY
            * float(rng.uniform(0.75, 0.97) if rng.random() < VISITED[n % 3] else rng.uniform(1.1, 1.4))
        ) > self.ends[n]:
            steps.append((hours, partial(self._visit, n, hours, "as the plan says")))
        for year in range(1, 4):
            steps += [
                (at, partial(act, n, at))
                for at, act in (
                    (told.hours - year * 355 * DAY, self._again),
                    (told.hours - year * 350 * DAY, self._assess_again),
                )
            ]
        if rng.random() < HARMED[self.arms[n]]:
            at = self.begun - float(rng.uniform(0.2, PILOT_MONTHS - 1)) * MONTH
            steps.append((at, partial(self._outcome, n, at)))
        steps = [step for step in steps if step[0] > self.ends[n]]
        return [
            *steps,
            (
                self.ends[n],
                partial(told.do, "sergeant", told.hours - self.ends[n], "end", {"ended_because": "period over"}),
            ),
        ]

    def _visit(self, n: int, hours: float, purpose: str) -> None:
        if n not in self.unvisited or purpose == "random audit":
            told = self.members[n]
            visit = {"purpose": purpose, "unannounced": True}
            if self.rng.random() < 0.15:  # tried an hour before
                told.do(MANAGER, told.hours - hours, "attempt", {**visit, "visited_at": self.play.ago(hours + 1)})
            told.do(
                MANAGER,
                told.hours - hours,
                "visit",
                {**visit, "visited_at": self.play.ago(hours), "found": "nothing of concern"},
            )

    def _again(self, n: int, hours: float) -> None:
        told = self.members[n]
        told.do(MANAGER, told.hours - hours, "notify_again", {"notified_at": self.play.ago(hours)})

    def _assess_again(self, n: int, hours: float) -> None:
        self._assessed(self.members[n], self.members[n].hours - hours)

    def _outcome(self, n: int, hours: float) -> None:
        """Something comes to light without a visit: the person is in active management again the same day."""
        told = self.members[n]
        told.do(MANAGER, told.hours - hours, "note_event", {
            "happened_at": self.play.ago(hours), "outcome": "breach of notification", "known_by": "another agency or force"})  # fmt: skip
        self._restore(n, hours - 2, "breach")

    def _restore(self, n: int, hours: float, why: str) -> None:
        if n in self.unvisited:
            self.members[n].do(MANAGER, self.members[n].hours - hours, "restore", {"restored_because": why})
            self.unvisited.discard(n)

    def _draw_audits(self, hours: float) -> None:
        if not self.over:
            self.drawn = [self._do(MANAGER, hours, "draw_audits", {"drawn_at": self.play.ago(hours)}, adds="audits")]

    def _audit(self, hours: float) -> None:
        """Whoever the lot named is visited, in both arms alike."""
        if self.over or not self.drawn:
            return
        item = next(i for i in self._state().live("audits") if i.id == self.drawn[0])
        for n, told in enumerate(self.members):
            if told.ref in item.facts["to_visit"]:
                self._visit(n, hours, "random audit")
        self._do(MANAGER, hours - 1, "audits_done", {"made_on": self._day(hours)}, item=item.id)

    def _count(self, hours: float, *, last: bool) -> None:
        """Counted again; where the boundary is crossed, or at the end, all go back and a chief officer stops it."""
        if self.over:
            return
        self._do("superintendent", hours, "count_again")
        if not last and self._state().live("readings")[-1].facts["figures"].crossed_on is None:
            return
        self.over = True
        self._do("inspector", hours - 1, "suspend", {"stopped_because": "More harm in the arm that nobody visits."})
        for n in sorted(self.unvisited):
            self._restore(n, hours - 2, "the pilot ended")
        why = {"decided_why": "Outcomes that need no visit to be seen are many times more in the reactive arm."}
        self.case.decide("chief", self.case.hours - hours + 3, "decide_pilot", "stop", why, why="harm is not accepted")
        self._do("inspector", hours - 4, "confirm_returned", {"returned_on": self._day(hours - 2)})

    def _do(
        self, by: str, hours: float, act: str, given: dict[str, object] | None = None, *, item: str = "", adds: str = ""
    ) -> str:
        return self.case.do(by, self.case.hours - hours, act, given, item=item, adds=adds)

    def _state(self) -> State:
        return store.load(self.case.ref, self.play.actor(MANAGER)).state
