"""O2: newer threats: a register with an open score and a plan; people exploited, referred; people at risk of being drawn in, offered support.

Question 4. The clocks of the National Referral Mechanism are those in force on the day; what another authority decides is held, never decided here. Who is
at risk of being drawn in is safeguarded: somebody saw a concern, support is offered, and it is voluntary. Nothing predicts that a person will offend.
"""

from __future__ import annotations

from peelian.core.kinds import NEW, Act, Ask, Clock, Decision, Kind, Median, Outcome, Owners, Part, Share
from peelian.core.system import System

from . import threats_rules as rules
from .terms import named_day
from .threats_facts import AtRisk, Exploited, FourP, Gap, Support, Threat

SCORES = (
    *rules.HARMS,
    "frequency",
    "trend",
    "victims",
    "confidence",
    "official_score",
    "official_tool",
    "official_on",
    "partners_asked",
    "partners_gave",
)
LIVE = ("identified", "assessed")
LADDER = ("supervisor", "inspector", "superintendent", "chief-officer")
THREAT = Kind(
    name="soc_threat", title="Threat", question="organised_crime", source="HMIC, PEEL effectiveness 2016: newer organised crime threats", facts=Threat,
    filters=("type", "priority"), locals=(rules.HIGH, rules.MEDIUM), stages=(*LIVE, "closed"), ends="closed",
    parts=(
        Part(name="gaps", title="What is not known", facts=Gap, clocks=(
            Clock(name="gap_due", title="Gap filled", starts="asked_at", stops="filled_at", limit=named_day("due_on", "the day agreed")),)),
        Part(name="four_p", title="Actions: pursue, prevent, protect, prepare", facts=FourP, clocks=(
            Clock(name="action_due", title="Action", starts="agreed_at", stops="done_at", limit=named_day("due_on", "the day agreed")),)),
    ),
    acts=(
        Act(name="register", title="Register a threat", during=NEW, to="identified", asks=("area", "type", "title", "known_from"), maybe=SCORES,
            guards=(rules.in_range,)),
        Act(name="score", title="Score", during=LIVE, maybe=(*SCORES, "known_from"), guards=(rules.in_range,)),
        Act(name="ask_gap", title="Say what is not known", during=LIVE, adds="gaps", asks=("gap", "asked_at", "due_on")),
        Act(name="fill_gap", title="A gap is filled", during=LIVE, on="gaps", asks=("filled_at", "found")),
        Act(name="plan", title="Plan an action", during=LIVE, adds="four_p", asks=("p", "action", "lead", "agreed_at", "due_on")),
        Act(name="do_action", title="An action is done", during=LIVE, on="four_p", asks=("done_at", "result")),
        Act(name="review", title="Review", during="assessed", asks=("reviewed",)),
        Act(name="close", title="No threat any more", during="assessed", to="closed", asks=("learnt",), by="inspector"),
    ),
    decisions=(
        Decision(name="prioritise", title="Priority", during=LIVE, to="assessed", policy=rules.priority, sets="priority", lower_by="inspector",
                 outcomes=(Outcome("low"), Outcome("medium"), Outcome("high"))),
    ),
    clocks=(
        Clock(name="assessed_due", title="Assessed", starts="register", stops="assessed", limit=rules.ASSESS),
        Clock(name="review_due", title="Review", starts=("prioritise", "review"), stops=("review", "prioritise"), limit=rules.REVIEW),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=LADDER), derives=(("open_risk", rules.risk), ("ps_covered", rules.four_ps)),
    measures=(
        Share(name="threat_covers_four_ps", asks="What share of threats has an action under each of the four Ps?", where=lambda c: c.stage != "identified",
              hit=lambda c: rules.four_ps(c) == 4),
        Share(name="threat_with_partner_data", asks="What share of threats rests on partners' data too?", hit=lambda c: c.partners_gave > 0),
    ),
)  # fmt: skip

SENT = ("referred", "notified")
EXPLOITED = Kind(
    name="exploitation", title="Person exploited (NRM)", question="organised_crime", source="Modern Slavery Act 2015, s.52; National Referral Mechanism",
    facts=Exploited, subject="person", refers=True, filters=("type", "route", "reasonable", "conclusive", "grade"), stages=("seen", *SENT, "closed"), ends="closed",
    acts=(
        Act(name="see_signs", title="Signs of exploitation", during=NEW, to="seen", asks=("found_at", "area", "type", "signs_seen", "child"),
            maybe=("person", "consent", "under_13", "learning_disability", "safe_contact", "threat", "crime")),
        Act(name="note", title="Add what was learnt", during=("seen", *SENT), maybe=("type", "person", "child", "consent", "under_13", "learning_disability",
            "safe_contact", "threat", "crime", "tool", "signs", "significant_harm")),
        Act(name="agrees_later", title="The adult agrees after all", during="notified", to="seen", asks=("consent",), guards=(rules.may_refer,)),
        Act(name="send", title="Sent to the competent authority", during=SENT, asks=("referred_at",), works_out=("test", rules.asked_on)),
        Act(name="record_crime", title="The crime is recorded", during=("seen", *SENT), asks=("crime",)),
        Act(name="chase", title="Ask the competent authority", during="referred", asks=("chased",)),
        Act(name="reasonable_grounds", title="Reasonable grounds: what was decided", during="referred", asks=("reasonable", "reasonable_at")),
        Act(name="conclusive_grounds", title="Conclusive grounds: what was decided", during="referred", asks=("conclusive", "conclusive_at"), needs=("reasonable",)),
        Act(name="review_risk", title="Review the risk of sexual exploitation", during=("seen", *SENT), asks=("signs",), maybe=("significant_harm",)),
        Act(name="close", title="Close", during=SENT, to="closed", asks=("ended",), by="supervisor"),
    ),
    decisions=(
        Decision(name="choose_way", title="Refer or notify?", during="seen", policy=rules.way, sets="route", outcomes=(
            Outcome("notify", to="notified", title="Duty to notify", guards=(rules.may_notify,)), Outcome("refer", to="referred", guards=(rules.may_refer,)))),
        Decision(name="grade_cse", title="Risk of sexual exploitation", during=("seen", *SENT), policy=rules.cse_grade, sets="grade", lower_by="supervisor",
                 outcomes=(Outcome("low", guards=(rules.not_floored,)), Outcome("medium"), Outcome("high"))),
    ),
    clocks=(
        Clock(name="sent_in_time", title="Referred or notified", starts="found_at", stops="referred_at", limit=rules.REFER),
        Clock(name="crime_recorded", title="Crime recorded", starts="referred_at", stops="record_crime", limit=rules.CRIME),
        Clock(name="first_decision", title="Reasonable grounds (aim of the competent authority)", starts="referred_at", stops="reasonable_at",
              limit=rules.nrm("reasonable grounds"), duty=False),
        Clock(name="next_chase", title="Ask where the decision is", starts=("send", "chase"), stops="chase", moot=("reasonable_at", "conclusive_at"), limit=rules.CHASE),
        Clock(name="recovery", title="Recovery period, at least", starts="reasonable_at", stops="conclusive_at", limit=rules.nrm("recovery"), when=rules.positive,
              duty=False),
        Clock(name="progress", title="Review of progress", starts="reasonable_at", stops="conclusive_at", limit=rules.nrm("progress review"), when=rules.positive,
              duty=False),
        Clock(name="last_decision", title="Conclusive grounds", starts="reasonable_at", stops="conclusive_at", limit=rules.nrm("conclusive grounds"), when=rules.positive,
              duty=False),
        Clock(name="cse_review", title="Review of the risk of sexual exploitation", starts=("grade_cse", "review_risk"),
              stops=("grade_cse", "review_risk"), limit=rules.cse_review),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=LADDER),
    measures=(
        Share(name="adults_who_agree", asks="What share of adults agrees to be referred?", where=lambda c: not c.child and c.consent != "not asked yet",
              hit=lambda c: c.consent == "given"),
        Share(name="reasonable_positive", asks="What share of first decisions is positive?", where=lambda c: bool(c.get("reasonable")), at="reasonable_at",
              hit=lambda c: c.reasonable == "positive"),
    ),
)  # fmt: skip

AT_RISK = Kind(
    name="drawn_in", refers=True, title="At risk of being drawn in", question="organised_crime", source="Prevent part of the 4P approach, held as safeguarding", facts=AtRisk,
    subject="person", filters=("drawn_to", "fit", "outcome"), stages=("raised", "offering", "supported", "declined", "closed"), ends=("declined", "closed"),
    asks=(Ask(name="help", title="Can you offer support?", shows=("area", "child", "drawn_to", "wanted_help"), answer=Support, limit=rules.SUPPORT,
              purpose="safeguarding", during=("raised", "offering", "supported")),),
    acts=(
        Act(name="raise_concern", title="Raise a concern", during=NEW, to="raised", asks=("seen_at", "area", "from_agency", "drawn_to", "concern", "child"),
            maybe=("person", "safe_contact", "wanted_help")),
        Act(name="note", title="Add what was learnt", during=("raised", "offering", "supported"), maybe=("person", "child", "safe_contact", "wanted_help", "drawn_to")),
        Act(name="offer", title="Support is offered", during="offering", asks=("offered_at",), guards=(rules.safe_way,)),
        Act(name="take_up", title="Taken up: support begins", during="offering", to="supported", asks=("consent", "taken_at", "provider"), needs=("offered_at",),
            guards=(rules.agreed,)),
        Act(name="say_no", title="They say no", during="offering", to="declined", asks=("consent", "why_not"), needs=("offered_at",), guards=(rules.said_no,)),
        Act(name="conclude", title="What came of it", during="supported", to="closed", asks=("outcome", "outcome_rests_on")),
    ),
    decisions=(
        Decision(name="decide_offer", title="Offer support?", during="raised", policy=rules.fits, sets="fit", maybe=("why_not",), outcomes=(
            Outcome("no_concern", to="closed", title="No cause for concern"), Outcome("offer", to="offering", title="Offer support"))),
    ),
    clocks=(
        Clock(name="offered_in_time", title="Support offered", starts="seen_at", stops="offered_at", limit=rules.OFFER),
        Clock(name="begun_in_time", title="Support begins", starts="offered_at", stops="taken_at", limit=rules.START),
        Clock(name="outcome_due", title="What came of it", starts="taken_at", stops="closed", limit=rules.OUTCOME),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=LADDER),
    measures=(
        Share(name="offers_taken_up", asks="What share of offers of support is taken up?", at="offered_at", where=lambda c: c.stage in ("supported", "declined")
              or bool(c.get("taken_at")), hit=lambda c: bool(c.get("taken_at"))),
        Share(name="safer_after_support", asks="After support, what share is safer?", where=lambda c: bool(c.get("outcome")), hit=lambda c: c.outcome == "safer"),
        Median(name="days_to_support_begins", asks="How long from the concern to the support?", value=rules.days_to_support, unit="days", at="taken_at",
               where=lambda c: bool(c.get("taken_at"))),
    ),
)  # fmt: skip
KINDS = (THREAT, EXPLOITED, AT_RISK)
SYSTEM = System(
    id="O2", name="trafficking, cyber, sexual exploitation; people at risk of being drawn in", question="organised_crime", kinds=KINDS, roles=("organised-crime", "intelligence-officer", "investigator"),
)  # fmt: skip
