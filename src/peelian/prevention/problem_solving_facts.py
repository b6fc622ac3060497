"""What may be known of a problem-solving plan."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from peelian.core.kinds import Facts, fact

# Cornish and Clarke (2003), Crime Prevention Studies 16, 41-96 [stored]; the words as the POP Center prints them.
with Path(__file__).with_name("problem_solving_techniques.csv").open(encoding="utf-8") as _file:
    TECHNIQUES = tuple(f"{r['number']} {r['technique']}" for r in csv.DictReader(_file))
OTHERWISE = ("enforcement", "support or diversion", "design of a service", "other")

if TYPE_CHECKING:
    Technique = str
else:
    Technique = Literal[(*TECHNIQUES, *OTHERWISE)]

Problem = Literal[
    "burglary", "robbery", "vehicle crime", "shoplifting", "other theft", "bicycle theft", "violence", "domestic abuse", "criminal damage",
    "drugs", "public order", "anti-social behaviour", "missing people", "wanted people not found", "other",
]  # fmt: skip
PlaceType = Literal[
    "homes", "shops", "pubs and clubs", "streets", "car parks", "parks and open space", "schools and colleges", "transport",
    "care homes and hospitals", "a whole district", "an office or a process", "other",
]  # fmt: skip
Finding = Literal["cannot show an effect", "rise", "fall"]
Count = Annotated[int, Field(ge=0)]
Months = Annotated[int, Field(ge=1, le=60)]


class Plan(Facts, private="restricted"):
    title: str = fact("The problem in one line", private="open", group="Problem", hint="No name and no exact address.")
    area: str = fact("District", private="open", group="Problem")
    place: str = fact(
        "Where in the district?", private="open", group="Problem", hint="A ward, an estate, a street; no house number."
    )
    problem: Problem = fact("What kind of problem?", private="open", group="Problem")
    place_type: PlaceType = fact("What kind of place?", private="open", group="Problem")
    objective: str = fact("What will change, for whom, and by when?", private="open", group="Problem")
    arises_from: str = fact("Case that it arises from", group="Problem", hint="The reference, where there is one.")
    outcome: str = fact(
        "Which count says whether it worked?",
        private="open",
        group="How it will be judged",
        hint="Such as: burglaries of homes recorded, by month.",
    )
    comparison: str = fact(
        "Which area is it compared with?",
        private="open",
        group="How it will be judged",
        hint="One that the plan does not reach and that has moved alike; not next door, where crime might move to.",
    )
    history: list[Count] = fact(
        "Counts by month, before",
        private="open",
        group="How it will be judged",
        hint="The oldest first, one on each line.",
    )
    comparison_history: list[Count] = fact(
        "The same months in the comparison area", private="open", group="How it will be judged"
    )
    months_after: Months = fact(
        "For how many months will it be counted afterwards?", private="open", group="How it will be judged"
    )
    expected_fall: Annotated[float, Field(gt=0, le=100)] = fact(
        "What fall is expected, in per cent?", private="open", group="How it will be judged"
    )
    can_show: str = fact("What the plan could show", private="open", group="How it will be judged", show="worked out")
    if_works: str = fact("What will be done if it works?", private="open", group="How it will be judged")
    if_not: str = fact(
        "What will be done if it does not, or shows nothing?", private="open", group="How it will be judged"
    )
    randomised: bool = fact("Are people or places assigned by chance?", private="open", group="How it will be judged")
    beside: str = fact(
        "Where might it move to?",
        private="open",
        group="How it will be judged",
        hint="The area around it, where that is counted too.",
    )
    ethics: str = fact("Ethics sign-off", private="open", group="How it will be judged", show="decided")
    ethics_asked: str = fact(
        "Who is left out or left waiting, what could harm them, and how is that seen early?",
        group="How it will be judged",
    )
    before: Count = fact("Count before", private="open", group="A small plan")
    before_months: Months = fact("Over how many months?", private="open", group="A small plan")
    scanned: str = fact(
        "What recurs, and how is it known?",
        group="Scanning",
        hint="Who in the community is harmed, what they expect, which events recur, what makes them alike.",
    )
    triangle_offender: str = fact("What lets offenders do it, and who could handle them?", group="Analysis")
    triangle_victim: str = fact("What makes targets or victims open to it, and who could guard them?", group="Analysis")
    triangle_place: str = fact("What about the place allows it, and who manages it?", group="Analysis")
    past_weighed: str = fact(
        "What do past plans like this one say, and what follows?",
        group="Analysis",
        hint="The page of this plan lists them; so does the bank.",
    )
    started_on: date = fact("From which day?", private="open", group="Response")
    ended_on: date = fact("Until which day?", private="open", group="Assessment")
    reviewed: str = fact("What did the review find, and what is next?", group="Response")
    after: list[Count] = fact(
        "Counts by month, after", private="open", group="Assessment", hint="The oldest first, one on each line."
    )
    comparison_after: list[Count] = fact(
        "The same months in the comparison area",
        private="open",
        group="Assessment",
        hint="Empty only where they can no longer be had.",
    )
    donors: list[str] = fact(
        "Further areas that the plan did not reach",
        private="open",
        group="Assessment",
        hint="One on each line, before and after together: Northwick: 12 9 14 10",
    )
    small_inside: list[str] = fact(
        "The plan's own small areas",
        group="Assessment",
        hint="One on each line, before and after together: E01021234: 2 0 1 3. With those outside, the plan is set against a weighting of them.",
    )
    small_outside: list[str] = fact(
        "Small areas that the plan did not reach", group="Assessment", hint="The same months, one area on each line."
    )
    beside_before: Count = fact("Count beside the plan, before", private="open", group="Assessment")
    beside_after: Count = fact("Count beside the plan, after", private="open", group="Assessment")
    running_cost: Annotated[float, Field(ge=0)] = fact(
        "Costs not named with a response, in pounds", private="open", group="Assessment"
    )
    evaluation: str = fact("Evaluation", private="open", group="Assessment", show="worked out")
    finding: str = fact("Finding", private="open", group="Assessment", show="decided")
    level: str = fact("Methods scale", private="open", group="Assessment", show="decided")
    mechanism: str = fact("How is it thought to have worked, or failed?", private="open", group="Lesson")
    moderators: str = fact("Where, when and for whom does that hold?", private="open", group="Lesson")
    implementation: str = fact(
        "What did it take, and what went wrong?", private="open", group="Lesson", hint="No name."
    )
    next_step: Literal["keep", "widen", "change", "stop"] = fact("What is decided?", private="open", group="Lesson")
    next_step_why: str = fact("Why, beside what was planned?", private="open", group="Lesson")
    why_dropped: str = fact("Why is it given up?", private="open", group="Lesson")


class Hypothesis(Facts, private="restricted"):
    cause: str = fact("What might be the cause?")
    side: Literal["offender", "victim or target", "place", "handler", "guardian", "place manager"] = fact(
        "Which side of the problem triangle?", private="open"
    )
    data_for: str = fact("What speaks for it?")
    data_against: str = fact("What speaks against it?")
    kept: bool = fact("Is it kept?", private="open")


class Response(Facts, private="restricted"):
    technique: Technique = fact(
        "Which technique?", private="open", hint="The 25 techniques of situational prevention, or another kind."
    )
    what: str = fact("What is done?", private="open", hint="No name.")
    done_by: str = fact("By whom?", hint="A role or an agency.")
    due_on: date = fact("By which day?", private="open")
    done_on: date = fact("Done on which day?", private="open")
    fidelity: Literal["as planned", "in part", "not at all"] = fact("Was it carried out?", private="open")
    cost: Annotated[float, Field(ge=0)] = fact("What did it cost, in pounds?", private="open")


class Sharing(Facts, private="open"):
    reach: Literal["inside the force", "with a partner", "nationally"] = fact("How far?")
    shared_with: str = fact("With whom?", hint="A team, an agency, a body.")
    shared_on: date = fact("On which day?")


class Heard(Facts, private="restricted"):
    useful: bool = fact("Is it of use to you?")
    will_do: str = fact("What will you do with it?")
