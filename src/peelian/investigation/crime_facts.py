"""What may be known of a crime under investigation, of its lines of enquiry and of each suspect."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Offence = Literal[
    "burglary", "assault", "fraud", "criminal damage", "drugs", "going equipped", "handling", "public order", "robbery", "theft",
    "domestic abuse", "stalking or harassment", "rape or sexual offence", "child abuse", "exploitation", "modern slavery",
    "kidnap or false imprisonment", "wounding with intent", "homicide", "other",
]  # fmt: skip
Feature = Literal[
    "violence or weapon", "sexual assault", "trauma", "large gain or loss", "many people in common purpose", "death or serious injury on the road",
    "child", "high-risk domestic abuse", "death", "exploitation",
]  # fmt: skip
Authority = Literal["custody officer", "inspector", "superintendent", "assistant chief constable", "court"]
Ground = Literal[
    "taken into consideration", "suspect died", "disposal given", "decided by the CPS", "decided by the police", "suspect too ill",
    "victim or witness dead or too ill", "time limit expired", "transferred",
]  # fmt: skip


class Investigation(Facts, private="restricted"):
    crime: str = fact("Crime reference", group="Crime")
    area: str = fact("District", private="open", group="Crime")
    team: str = fact("Team that investigates", private="open", group="Crime")
    offence: Offence = fact("Offence", group="Crime")
    features: list[Feature] = fact(
        "Signs of serious and complex crime", group="Crime", hint="They decide which investigator may own it alone."
    )
    reported_at: datetime = fact("Reported", group="Crime")
    recorded_at: datetime = fact("Recorded as a crime", group="Crime")
    happened_on: date = fact(
        "On which day did it happen?",
        group="Crime",
        ahead=False,
        hint="It decides whether a suspect was under 10 then.",
    )
    happened: str = fact("What happened?", private="special", group="Crime")
    domestic: bool = fact("Is it domestic abuse?", group="Victim")
    victim_supports: Literal["yes", "no"] = fact("Does the victim support a prosecution?", group="Victim")
    victim_said: str = fact("What does the victim want, in their words?", private="personal", group="Victim")
    evidence_led: str = fact(
        "Could it go on without the victim's support? Which evidence was weighed?",
        private="personal",
        group="Victim",
    )
    lines_known: bool = fact("Is there any line of enquiry to follow?", group="Screening")
    not_further: str = fact("Why is it not investigated further?", group="Screening")
    screening: str = fact("Is it investigated?", show="decided", group="Screening")
    plan: str = fact("What is the plan: the points to prove, and in what order?", group="Plan")
    reviewed: str = fact("What did the review find: what is done, what is missing, what is next?", group="Review")
    diligent: bool = fact("Is it done diligently and without delay?", group="Review")
    ground: Ground = fact("Ground of the outcome, where its type asks for one", group="Outcome")
    rationale: str = fact("Why this outcome?", group="Outcome")
    outcome_type: str = fact("Outcome type", show="decided", group="Outcome")


class Line(Facts, private="restricted"):
    line: str = fact("Line of enquiry", private="personal")
    points: Literal["towards", "away", "either"] = fact(
        "Does it point towards the suspect, away, or either?",
        hint="All reasonable lines are followed, for and against.",
    )
    agreed_at: datetime = fact("When was it set?")
    due_on: date = fact("By when?")
    done_at: datetime = fact("When was it finished?")
    result: str = fact("What came of it, or why is it dropped?", private="personal")


class Accused(Facts, private="restricted"):
    suspect: str = fact("Who? (person reference)", private="personal")
    born_on: date = fact("Date of birth", private="personal")
    identified_at: datetime = fact("When were they identified as a suspect?")
    outstanding: str = fact("Wanted? (case on the register of suspects)")
    arrested_on: date = fact("Day of the arrest", ahead=False)
    interviewed_at: datetime = fact("Interviewed under caution")
    bail_case: Literal["standard", "agency", "complex"] = fact(
        "Which kind of case is it, for bail?",
        hint="agency: FCA, HMRC, NCA or SFO; complex: designated exceptionally complex by the DPP.",
    )
    bail_from: date = fact("Bail start date", show="worked out")
    authority: Authority = fact("Who gave the bail that runs?")
    court_until: date = fact(
        "Until which day?",
        hint="Where a court gave it, or the table holds no figure: before 3 April 2017, and other agencies before 28 October 2022.",
    )
    exceptional: bool = fact("Did the court find that the case is exceptional? (s.47ZF(7))")
    conditions: str = fact("Bail conditions", private="personal")
    victim_views: str = fact("Views of the victim on the conditions, or why they were not sought", private="personal")
    suspect_guilt: bool = fact("A: are there reasonable grounds to suspect guilt?")
    time_needed: bool = fact("B: is further time needed, to investigate or to decide on a charge?")
    is_diligent: bool = fact("C: is it being done diligently and without delay?")
    necessary: bool = fact("D: is bail necessary and proportionate?")
    extended_for: Literal[
        "enquiries under way", "a device waits to be examined", "another examination", "the prosecutor's decision", "victim or witness"
    ] = fact("What is the further time for?")  # fmt: skip
    devices_waiting: int = fact("Devices of the case without a result", show="worked out")
    sent_to_cps_at: datetime = fact("File sent to the prosecutor for a decision")
    back_at: datetime = fact("File back from the prosecutor")
    released_at: datetime = fact("Released under investigation")
    why: str = fact("Why?")
    charged_at: datetime = fact("Charged or summonsed")
    cleared_at: datetime = fact("Told that no action follows")


class Check(Facts, private="restricted"):
    """One closed investigation drawn at random, read by somebody who is not told whose it was."""

    investigation: str = fact("Investigation (case reference)", group="Sample")
    area: str = fact("District", private="open", group="Sample")
    drawn_as: str = fact("How it was drawn", group="Sample")
    planned: Literal["yes", "in part", "no"] = fact("Was there a plan, and was it followed?", group="Answers")
    lines_followed: Literal["yes", "in part", "no"] = fact("Was every reasonable line followed?", group="Answers")
    supervised: Literal["yes", "in part", "no"] = fact("Did supervision change anything?", group="Answers")
    victim_heard: Literal["yes", "in part", "no"] = fact("Was the victim heard and kept informed?", group="Answers")
    right_outcome: Literal["yes", "in part", "no"] = fact("Is the outcome the right one?", group="Answers")
    learnt: str = fact("What is to be learnt?", group="Answers")
