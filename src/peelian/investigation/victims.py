"""I4: victims: every right of the Code that has a time is a clock with its reason; the statement is offered, taken and used; victims are asked.

Question 2. One case for each victim and crime. The Code is the one in force on the day of the report; whether the victim is enhanced picks
the limit. What counts is that the news reached the victim in the safe way, and what the victim says of it: never that a box was ticked.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Dated, Table
from peelian.core.kinds import (
    NEW,
    Act,
    Clock,
    Count,
    Decision,
    Kind,
    Median,
    No,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
)
from peelian.core.kinds.measures import by_the_end
from peelian.core.local import Local
from peelian.core.period import Period
from peelian.core.system import System

from .victims_facts import Asked, OptOut, Told, Tried, Victim

POLICY = "force policy on victims"
CODE = Table(Path(__file__).with_suffix(".toml"), "code", gives={"limit": Period})
WINDOW = Dated(Path(__file__).with_suffix(".toml"), "review_window", Period)
ACCEPT, RIGHTS, OFFER, AGAIN, ASK = (
    Local(f"victims.{name}", POLICY) for name in ("accept_within", "rights_within", "statement_within", "statement_again", "ask_within")
)  # fmt: skip
MOST_SERIOUS = "one of the most serious crimes"
ENHANCED = "Code of Practice for Victims of Crime, 2021: enhanced rights (summaries of police and crime commissioners)"
GOOD = ("understood", "useful", "respected", "knows_next")
NEEDS = ("born_on", "bereaved", "targeted", "impaired", "intimidated")


def rights(case: Any) -> Proposal:
    """Propose enhanced rights for the groups that the Code names; anybody else may be given them."""
    why = [words for words, so in (
        (f"{MOST_SERIOUS} ({case.crime_type})", case.crime_type != "other"), ("close relative bereaved by the crime", case.get("bereaved")),
        ("targeted again and again", case.get("targeted")), ("vulnerable", case.get("impaired")), ("intimidated", case.get("intimidated")),
        ("under 18", case.get("born_on") is not None and _age(case.born_on, case.reported_on) < 18),
    ) if so]  # fmt: skip
    if why:
        return Proposal("enhanced", ", ".join(why), ENHANCED)
    for name in NEEDS:  # what nobody asked the victim is never taken for no
        getattr(case, name)
    return Proposal("standard", "none of the Code's groups", ENHANCED)


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def wanted(case: Any) -> bool:
    """The victim does not want to be told of this, and may take that back at any time."""
    held = [o for o in case.opt_outs if o.event_not_wanted == case.event and not o.get("taken_back_at")]
    return not held


def told_of(case: Any, start: datetime) -> Any:
    """By the Code in force on the day of the report, for this event and the victim's rights."""
    event, group = case.event, case.entitled
    found = CODE.look(on=case.reported_on, event=event, group=group)
    if found.why_not:
        return No(f"{found.why_not} ({found.source})")
    return (
        found["limit"],
        f"{event}; {group} rights; reported on {case.reported_on:%-d %B %Y}",
        found.source,
        found.evidence,
        found.version,
    )


def reviewable(case: Any) -> bool:
    """Only a decision not to charge, or to stop or alter a charge, may be reviewed at the victim's request; not where the reason why there is no such right is recorded."""
    asked = ("decision to charge, or not, or to settle out of court", "charge stopped or altered")
    return case.event in asked and not case.get("no_review_because")


def review_step(event: str) -> Any:
    """How soon a review that the victim asked for is acknowledged, and decided."""

    def limit_of_step(case: Any, start: datetime) -> Any:
        found = CODE.look(on=case.reported_on, event=event, group="standard")
        return found["limit"], event, found.source, found.evidence, found.version

    return limit_of_step


def window(case: Any, start: datetime) -> Any:
    """How long the victim may ask for a review, from being told."""
    found = WINDOW.look(on=london_day(start))
    return found.value, "from being told of the decision", found.source, found.evidence, found.version


def review_asked(case: Any) -> bool:
    """The victim asked for a review."""
    return bool(case.review_asked_at)


def safe(case: Any) -> bool:
    """A safe way to make contact is recorded first."""
    return bool(case.safe_contact)


def safe_way(case: Any) -> bool:
    """The news counts as told when it came in the way that is safe for the victim."""
    return bool(case.by_safe_way)


def was_taken(case: Any) -> bool:
    """Whether the statement was taken: not where it was declined, undecided while it may still be taken."""
    return bool(case.get("taken_at")) or (case.get("statement") != "declined" and by_the_end("taken_at")(case))


def rights_set(case: Any) -> bool:
    """Whether the victim has enhanced rights is decided."""
    return bool(case.entitled)


def nothing_untold(case: Any) -> bool:
    """Every event is told, or the victim does not want to be told of it."""
    refused = {o.event_not_wanted for o in case.opt_outs if not o.get("taken_back_at")}
    return all(e.get("told_at") or e.event in refused for e in case.events)


def statement_settled(case: Any) -> bool:
    """The personal statement is offered, and taken or declined by the victim."""
    return bool(case.get("taken_at")) or case.statement == "declined"


def not_now(case: Any) -> bool:
    """The victim wants to make the statement now."""
    return bool(case.statement != "wanted now")


def independent(case: Any) -> bool:
    """Whoever asks the victim about the contact does not own the case."""
    return bool(case.by.name != case.state.owner)


def before_sentence(case: Any) -> bool:
    """A statement is taken before sentence; what was said stays as it was, and another may be added."""
    return not any(
        e.event == "result of the trial, or sentence" and e.happened_at <= case.taken_at for e in case.events
    )


def good(row: Any) -> bool:
    """Whether a victim answers yes to all four."""
    return all(getattr(row, name) == "yes" for name in GOOD)


def coming(case: Any) -> str:
    """What the victim does not want to be told of."""
    return "; ".join(o.event_not_wanted for o in case.opt_outs if not o.get("taken_back_at"))


LIVE = "open"
VICTIM = Kind(
    name="victim_rights", title="Victim's rights", question="investigation", source="Code of Practice for Victims of Crime in England and Wales",
    facts=Victim, subject="victim", filters=("entitled", "team", "crime_type", "wants", "statement", "used"), stages=(LIVE, "closed"), ends="closed",
    order=(("born_on", "reported_on"),),
    parts=(
        Part(name="events", title="What the victim is to be told", facts=Told, order=(("happened_at", "told_at", "review_asked_at", "acknowledged_at"), ("review_asked_at", "review_decided_at")), clocks=(
            Clock(name="told_in_time", title="Victim told", starts="happened_at", stops="told_at", limit=told_of, when=wanted),
            Clock(name="review_window", title="The victim may ask for a review until", starts="told_at", stops="review_asked_at", limit=window, when=reviewable,
                  duty=False),
            Clock(name="review_acknowledged", title="Review acknowledged", starts="review_asked_at", stops=("acknowledged_at", "review_decided_at"),
                  limit=review_step("review asked for: acknowledge")),
            Clock(name="review_decided", title="Review decided, and the victim told", starts="review_asked_at", stops="review_decided_at",
                  limit=review_step("review asked for: decide")),)),
        Part(name="tries", title="Attempts to reach the victim", facts=Tried),
        Part(name="opt_outs", title="What the victim does not want to be told", facts=OptOut, order=(("said_at", "taken_back_at"),)),
        Part(name="answers", title="What the victim says of the contact", facts=Asked),
    ),
    acts=(
        Act(name="open_rights", title="Open the rights of a victim", during=NEW, to=LIVE, asks=("reported_on", "area", "crime_type"),
            maybe=("crime", "team", "victim", *NEEDS, "language", "speaks_for", "safe_contact", "wants", "service_agreed")),
        Act(name="note_needs", title="Needs and wishes", during=LIVE,
            maybe=(*NEEDS, "crime_type", "language", "speaks_for", "safe_contact", "wants", "service_agreed", "team")),
        Act(name="note_event", title="Something happened", during=LIVE, adds="events", asks=("event", "happened_at"), maybe=("no_review_because",)),
        Act(name="tell", title="The victim was told", during=LIVE, on="events", asks=("told_at", "channel", "by_safe_way", "reasons_given"), maybe=("no_review_because",), guards=(safe, safe_way)),
        Act(name="ask_review", title="The victim asks for a review", during=LIVE, on="events", asks=("review_asked_at",), guards=(reviewable,)),
        Act(name="acknowledge_review", title="The review is acknowledged", during=LIVE, on="events", asks=("acknowledged_at",), guards=(review_asked,)),
        Act(name="decide_review", title="The review is decided, and the victim told", during=LIVE, on="events", asks=("review_decided_at", "review_result"), guards=(review_asked,)),
        Act(name="try_contact", title="Tried to reach the victim", during=LIVE, adds="tries", asks=("tried_at", "channel", "result"), guards=(safe,)),
        Act(name="opt_out", title="Does not want to be told", during=LIVE, adds="opt_outs", asks=("event_not_wanted", "said_at")),
        Act(name="opt_in", title="Wants to be told again", during=LIVE, on="opt_outs", asks=("taken_back_at",)),
        Act(name="offer_statement", title="Offer a personal statement", during=LIVE, asks=("offered_at", "statement"), maybe=("declined_why",)),
        Act(name="take_statement", title="Statement taken", during=LIVE, asks=("taken_at", "made_by", "to_be"), maybe=("copy_given",), guards=(before_sentence,)),
        Act(name="send_statement", title="Statement sent to the prosecutor", during=LIVE, asks=("sent_at",), needs=("taken_at",), maybe=("copy_given",)),
        Act(name="use_statement", title="What the court did with it", during=LIVE, asks=("used",), needs=("sent_at",)),
        Act(name="ask_victim", title="Ask the victim about the contact", during=LIVE, adds="answers", asks=("asked_at", "asked_by", *GOOD), maybe=("in_own_words",),
            guards=(independent,)),
        Act(name="close_rights", title="Close", during=LIVE, to="closed", by="supervisor", guards=(rights_set, statement_settled, nothing_untold)),
    ),
    decisions=(Decision(name="set_rights", title="Standard or enhanced rights", during=LIVE, policy=rights, sets="entitled", lower_by="supervisor",
                        outcomes=(Outcome("standard"), Outcome("enhanced"))),),
    clocks=(
        Clock(name="rights_decided", title="Needs assessed, rights decided", starts="open_rights", stops="set_rights", limit=RIGHTS),
        Clock(name="statement_offered", title="Personal statement offered", starts="open_rights", stops="offered_at", limit=OFFER),
        Clock(name="statement_asked_again", title="Personal statement offered again", starts="offer_statement", stops=("offer_statement", "taken_at"),
              limit=AGAIN, when=not_now),
        Clock(name="victim_asked", title="Victim asked about the contact", starts=("open_rights", "ask_victim"), stops="ask_victim", limit=ASK),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    derives=(("not_wanted", coming),),
    measures=(
        Share(name="offered_statement", asks="Is every victim offered a personal statement?", hit=by_the_end("offered_at")),
        Share(name="statement_taken", asks="Of statements offered, what share is taken?", where=lambda c: bool(c.get("offered_at")), hit=was_taken),
        Share(name="statement_reaches_prosecutor", asks="Of statements taken, what share reaches the prosecutor?", where=lambda c: bool(c.get("taken_at")),
              hit=by_the_end("sent_at")),
        Share(name="statement_used", asks="Of statements sent, what share does the court hear or consider?", where=lambda c: c.get("used") not in (None, "no hearing"),
              hit=lambda c: c.used in ("read or played in court", "considered by the court")),
        Share(name="contact_good", asks="What share of victims asked says that they understood, got what they needed, were respected and know what comes next?",
              of="answers", at="asked_at", hit=good),
        Share(name="tries_reach", asks="What share of attempts reaches the victim?", of="tries", at="tried_at", hit=lambda r: r.result == "reached"),
        Share(name="reasons_given", asks="Were reasons given when the victim was told?", of="events", at="told_at", where=lambda r: bool(r.get("told_at")),
              hit=lambda r: r.reasons_given),
        Count(name="opted_out", asks="How often does a victim not want to be told of something?", of="opt_outs", at="said_at"),
        Median(name="days_to_tell", asks="How long until the news reaches the victim?", of="events", unit="days", at="told_at", where=lambda r: bool(r.get("told_at")),
               value=lambda r: r.told_at - r.happened_at),
    ),
)  # fmt: skip
KINDS = (VICTIM,)
SYSTEM = System(
    id="I4", name="victims: Code and personal statement", question="investigation", kinds=KINDS, roles=("investigator", "supervisor", "inspector"),
)  # fmt: skip
