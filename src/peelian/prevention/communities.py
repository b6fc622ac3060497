"""P1: understanding of communities and threats: who lives in a neighbourhood, who is in contact with whom, and a sheet for every area.

Question 1. The sheet is made from records and partners' lists when somebody asks for it. What no record holds stands in a case: which
communities there are, who speaks with them, and when somebody last did; it is looked at again when the force says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from peelian.core.document import Document
from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Choice, Sheet, System

if TYPE_CHECKING:
    from peelian.access.actor import Actor

POLICY = "neighbourhood policing policy"
ACCEPT, REVIEW, CONTACT, GAP = (
    Local(f"communities.{name}_within", POLICY) for name in ("accept", "review", "contact", "gap")
)


class Neighbourhood(Facts, private="restricted"):
    """What is known of a neighbourhood that no record holds."""

    made_on: date = fact("On which day was it written?", group="Neighbourhood", private="open")
    area: str = fact("District", group="Neighbourhood", private="open")
    neighbourhood: str = fact("Neighbourhood", group="Neighbourhood", private="open")
    tensions: str = fact("What worries people, and what could grow?", group="Picture")
    rests_on: str = fact(
        "What does that rest on?", group="Picture", hint="Sheet, meetings, partners, survey, councillors."
    )
    changed: str = fact("What has changed since it was last looked at?", group="Picture")


class Community(Facts, private="restricted"):
    """A community of the neighbourhood and how police are in contact with it."""

    community: str = fact("Which community or group is it?")
    size: Literal["a few", "tens", "hundreds", "thousands", "not known"] = fact("How many people?")
    seldom_heard: bool = fact("Do police seldom hear from it?")
    contact: str = fact("Who speaks for it, and how are they reached?", private="personal")
    met_at: datetime = fact("When did somebody last speak with them?")
    learnt: str = fact("What was learnt?", private="personal")


class Gap(Facts, private="restricted"):
    """Something that is not known and should be."""

    question: str = fact("What is not known?")
    asked_at: datetime = fact("Since when is it asked?")
    who_can_say: str = fact("Who could say it?")
    found_at: datetime = fact("When was it found out?")
    found: str = fact("What was found?")


def spoken_with(case: Any) -> bool:
    """At least one community is named, with whoever speaks for it."""
    return any(row.get("contact") for row in case.communities)


NEIGHBOURHOOD = Kind(
    name="neighbourhood_profile", title="Neighbourhood profile", question="prevention",
    source="HMIC, PEEL effectiveness 2016: understanding of communities and threats", facts=Neighbourhood, filters=("neighbourhood",),
    stages=("draft", "current", "replaced"), ends="replaced",
    parts=(
        Part(name="communities", title="Communities", facts=Community, clocks=(
            Clock(name="in_contact", title="Next contact with a community", starts=("name_community", "speak"), stops="speak", limit=CONTACT),)),
        Part(name="gaps", title="What is not known", facts=Gap, clocks=(
            Clock(name="gap_filled", title="Found out", starts="asked_at", stops="found_at", limit=GAP),)),
    ),
    acts=(
        Act(name="write_profile", title="Write a neighbourhood profile", during=NEW, to="draft", asks=("made_on", "area", "neighbourhood"), maybe=("tensions", "rests_on")),
        Act(name="note", title="Add what was learnt", during=("draft", "current"), maybe=("tensions", "rests_on")),
        Act(name="name_community", title="Name a community", during=("draft", "current"), adds="communities", asks=("community", "size", "seldom_heard"),
            maybe=("contact", "met_at", "learnt")),
        Act(name="speak", title="Somebody spoke with them", on="communities", asks=("met_at", "learnt"), maybe=("contact",)),
        Act(name="ask_gap", title="Write down what is not known", during=("draft", "current"), adds="gaps", asks=("question", "asked_at"), maybe=("who_can_say",)),
        Act(name="fill_gap", title="It was found out", on="gaps", asks=("found_at", "found")),
        Act(name="agree", title="Agree the profile", during="draft", to="current", by="supervisor", guards=(spoken_with,)),
        Act(name="look_again", title="Look at it again", during="current", asks=("changed",)),
        Act(name="replace", title="A new one takes its place", during="current", to="replaced"),
    ),
    clocks=(Clock(name="looked_at_again", title="Looked at again", starts=("agree", "look_again"), stops=("look_again", "replaced"), limit=REVIEW),),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="with_contact", asks="Of the communities named, with what share does somebody speak?", of="communities", hit=lambda r: bool(r.get("contact"))),
        Share(name="seldom_heard_met", asks="Of those seldom heard, with what share did somebody speak?", of="communities", where=lambda r: bool(r.get("seldom_heard")),
              hit=lambda r: bool(r.get("met_at"))),
    ),
)  # fmt: skip
KINDS = (NEIGHBOURHOOD,)


def places(actor: Actor, at: datetime) -> Sequence[tuple[str, str]]:
    """Every ward and district of which LSOAs are loaded; wards by district."""
    from peelian.records import areas

    found = []
    names = {a.code: a.name for a in areas.areas("district")}
    for kind in ("district", "ward"):
        held = set(areas.parts(kind).values())
        own = [a for a in areas.areas(kind) if a.code in held]
        words = [
            (a.code, a.name if kind == "district" or a.parent not in names else f"{a.name} ({names[a.parent]})")
            for a in own
        ]
        found += sorted(words, key=lambda pair: (pair[1], pair[0]))
    return found


def neighbourhood_sheet(*, actor: Actor, at: datetime, area: str) -> Document:
    """The sheet of one area."""
    from .communities_document import sheet
    from .communities_picture import gather

    return sheet(gather(actor, area, at))


SYSTEM = System(
    id="P1", name="understanding of communities and threats", question="prevention", kinds=KINDS,
    sheets=(Sheet("neighbourhood", "Neighbourhood sheet", neighbourhood_sheet, asks=(Choice("area", "Which neighbourhood or district?", places),)),),
    roles=("neighbourhood-officer", "analyst", "inspector"),
)  # fmt: skip
