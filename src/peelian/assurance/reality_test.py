"""A1: a reality test: a random sample of a team is asked three questions; who was asked is not kept.

The sample is drawn by the program from the places of the team's list, so that nobody chooses whom to ask. It measures the team.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Owners, Part, Share, fact
from peelian.core.local import Local

from .evidence import ACCEPT, KEY, POLICY

SAMPLE, DONE = Local("assurance.reality_sample", POLICY), Local("assurance.reality_within", POLICY)


class Asked(Facts, private="restricted"):
    question: KEY = fact("Which question of the inspection?", private="open", group="What")
    system: str = fact("Which system of the report? (its number, such as I3)", private="open", group="What")
    team: str = fact("Which team?", private="open", group="Who")
    area: str = fact("District", private="open", group="Who")
    team_size: int = fact("How many stand on the team's list?", private="open", group="Who")
    first: str = fact("First question", private="open", group="Three questions")
    second: str = fact("Second question", private="open", group="Three questions")
    third: str = fact("Third question", private="open", group="Three questions")
    places: str = fact("Places of the list to ask", private="open", show="worked out")
    learnt: str = fact("What did the test show?", group="Result")


class Answer(Facts, private="restricted"):
    place: int = fact("Place on the list")
    asked_at: datetime = fact("When?")
    first_known: Literal["knew", "partly", "did not know"] = fact("First question")
    second_known: Literal["knew", "partly", "did not know"] = fact("Second question")
    third_known: Literal["knew", "partly", "did not know"] = fact("Third question")
    said: str = fact("What was said, without a name?")


def draw(team: str, size: int, many: int, seed: str) -> list[int]:
    """The places of a team's list to ask: each set of places is as likely, and one seed gives one sample.

    Parameters
    ----------
    size, many : int
        Names on the list, and how many of them to ask; all where there are fewer.

    Examples
    --------
    >>> draw("Brackwater response", 20, 3, "2026-11-23")
    [2, 6, 7]
    """

    def rank(place: int) -> bytes:
        return hashlib.sha256(f"{seed}/{team}/{place}".encode()).digest()

    return sorted(sorted(range(1, size + 1), key=rank)[:many])


def places(case: Any) -> str:
    """The places drawn, as of the instant of drawing."""
    found = draw(case.team, case.team_size, int(case.local(SAMPLE)), f"{case.at:%Y-%m-%dT%H:%M:%S}")
    return ", ".join(map(str, found))


def a_team(case: Any) -> bool:
    """A team has five people at least: of fewer, answers would be somebody's own."""
    return bool(case.team_size >= 5)


def was_drawn(case: Any) -> bool:
    """Only those are asked who were drawn, each once."""
    drawn = {int(place) for place in case.places.split(", ")}
    return case.place in drawn and case.place not in {row.place for row in case.answers if row.it.id != case.item.it.id}


def all_asked(case: Any) -> bool:
    """All who were drawn are asked before the test ends."""
    return len(case.answers) == len(case.places.split(", "))


def all_known(row: Any) -> bool:
    """All three were known."""
    return bool(row.first_known == row.second_known == row.third_known == "knew")


REALITY = Kind(
    name="reality_test", title="Reality test", question="assurance", source="How we inspect: reality testing", facts=Asked,
    filters=("question", "system", "team"), stages=("drawn", "done"), ends="done", locals=(SAMPLE,),
    parts=(Part(name="answers", title="Answers", facts=Answer),),
    acts=(
        Act(name="draw_sample", title="Draw a sample", during=NEW, to="drawn", guards=(a_team,), works_out=("places", places),
            asks=("question", "system", "team", "area", "team_size", "first", "second", "third")),
        Act(name="ask_one", title="Ask somebody", during="drawn", adds="answers", guards=(was_drawn,),
            asks=("place", "asked_at", "first_known", "second_known", "third_known"), maybe=("said",)),
        Act(name="end_test", title="End the test", during="drawn", to="done", asks=("learnt",), guards=(all_asked,)),
    ),
    clocks=(Clock(name="asked_in_time", title="All asked", starts="draw_sample", stops="end_test", limit=DONE),),
    owners=Owners(accept_within=ACCEPT, climbs=("assurance", "superintendent", "chief-officer")),
    measures=(
        Share(name="staff_know", asks="What share of staff asked know all three?", of="answers", hit=all_known),
        Share(name="first_known_share", asks="What share knows the first?", of="answers", hit=lambda r: r.first_known == "knew"),
    ),
)  # fmt: skip
