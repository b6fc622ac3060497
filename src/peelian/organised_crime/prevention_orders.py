"""O7: serious crime prevention orders and their like: from the first thought to the end of the order, and why applications fail.

Question 4. Each failure has a coded reason, which stands under a limb of the Act, and the prosecutor answers in the same codes: so where applications
fail can be counted by limb, court and team (`prevention_orders_study`).
"""

from __future__ import annotations

from peelian.core.kinds import NEW, Act, Ask, Clock, Decision, Kind, Median, Outcome, Owners, Part, Share
from peelian.core.system import Find, Sheet, System

from . import prevention_orders_rules as rules
from .held import groups
from .prevention_orders_facts import Advice, Breach, Condition, FurtherReason, PreventionOrder
from .prevention_orders_found import unconsidered
from .prevention_orders_study import study

TESTS = ("age", "convicted", "involved", "risk", "protects", "court", "sentence_on", "group", "person")
OFFERS = (("group", groups),)
LIVE = ("considered", "drafting", "with_prosecutor", "applied")
HEARD = ("granted", "refused")
ORDER = Kind(
    name="prevention_order", title="Prevention order", question="organised_crime",
    source="Serious Crime Act 2007, Part 1; HMIC, PEEL effectiveness 2016: orders sought regularly, few granted", facts=PreventionOrder, subject="person",
    filters=("order", "team", "court", "code", "limb", "in_force_on"), locals=(rules.ALERT,),
    stages=(*LIVE, *HEARD, "not_sought", "withdrawn", "ended"), ends=("refused", "not_sought", "withdrawn", "ended"),
    asks=(Ask(name="prosecutor", title="Do you apply?", shows=("order", "area", "team", "age", "convicted", "involved", "risk", "protects", "court",
                                                             "sentence_on", "hearing_on"),
              answer=Advice, limit=rules.ADVICE, purpose="prevention", during=("drafting", "with_prosecutor")),),
    parts=(
        Part(name="conditions", title="Conditions", facts=Condition),
        Part(name="further_reasons", title="Further reasons why it failed", facts=FurtherReason),
        Part(name="breaches", title="Breaches", facts=Breach, clocks=(
            Clock(name="breach_acted_on", title="Breach acted on", starts="happened_at", stops="act_on_breach", limit=rules.ACT),)),
    ),
    acts=(
        Act(name="consider", title="Consider an order", during=NEW, to="considered", asks=("considered_at", "area", "team", "order"), maybe=TESTS, offers=OFFERS),
        Act(name="note", title="Add what was learnt", during=LIVE, maybe=(*TESTS, "hearing_on"), offers=OFFERS),
        Act(name="draft_condition", title="Draft a condition", during=("considered", "drafting", "with_prosecutor"), adds="conditions",
            asks=("about", "text", "because")),
        Act(name="send", title="Send to the prosecutor", during="drafting", to="with_prosecutor", asks=("court",), maybe=("sentence_on",), guards=(rules.precise,)),
        Act(name="send_back", title="The prosecutor sends it back", during="with_prosecutor", to="drafting", asks=("said",), guards=(rules.advised,)),
        Act(name="apply", title="The application is made", during="with_prosecutor", to="applied", asks=("hearing_on",), guards=(rules.advised,)),
        Act(name="grant", title="Granted", during="applied", to="granted", asks=("in_force_on",), maybe=("term_months", "further_order"),
            guards=(rules.term_stated, rules.term_lawful)),
        Act(name="refuse", title="Refused by the court", during="applied", to="refused", asks=("code", "said"), works_out=("limb", rules.limb_of)),
        Act(name="withdraw_it", title="Withdrawn, or the prosecutor does not apply", during=LIVE, to="withdrawn", asks=("code", "said"),
            works_out=("limb", rules.limb_of)),
        Act(name="add_reason", title="Add another reason", during=("applied", "refused", "withdrawn"), adds="further_reasons", asks=("why_code",),
            works_out=("of_limb", rules.limb_of_row)),
        Act(name="condition_granted", title="Was the condition granted?", during=HEARD, on="conditions", asks=("granted",)),
        Act(name="serve", title="Served", during="granted", asks=("served_on",)),
        Act(name="check", title="Check the conditions", during="granted", asks=("checked",)),
        Act(name="breach", title="Record a breach", during="granted", adds="breaches", asks=("happened_at", "of_condition"), maybe=("crime",)),
        Act(name="act_on_breach", title="Act on a breach", during="granted", on="breaches", asks=("charged", "result"), maybe=("crime",)),
        Act(name="look_ahead", title="Vary, renew or let it run out?", during="granted", asks=("checked",)),
        Act(name="end", title="The order has ended", during="granted", to="ended", asks=("ended_as",)),
    ),
    decisions=(
        Decision(name="seek", title="Is it sought?", during="considered", policy=rules.worth_seeking, sets="chosen", maybe=("why_not", "code"), outcomes=(
            Outcome("not_sought", to="not_sought", title="Not sought"),
            Outcome("sought", to="drafting", title="Sought", guards=(rules.old_enough,)))),
    ),
    clocks=(
        Clock(name="sent_due", title="Sent to the prosecutor", starts="drafting", stops="with_prosecutor", limit=rules.DRAFT),
        Clock(name="applied_due", title="Application made", starts="with_prosecutor", stops="applied", moot="drafting", limit=rules.APPLY),
        Clock(name="served_due", title="Served", starts="in_force_on", stops="served_on", limit=rules.SERVE),
        Clock(name="next_check", title="Check of the conditions", starts=("granted", "check"), stops="check", limit=rules.CHECK),
        Clock(name="end_looked_at", title="Looked at before it ends", starts="in_force_on", stops="look_ahead", limit=rules.before_it_ends),
        Clock(name="expiry", title="Ends", starts="in_force_on", stops="ended", limit=rules.until_it_ends, duty=False),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    derives=(("warnings", rules.warnings),),
    measures=(
        Share(name="orders_granted", asks="What share of what the court decides is granted?", at="hearing_on", where=lambda c: c.stage in (*HEARD, "ended"),
              hit=lambda c: c.stage != "refused"),
        Share(name="orders_applied_for", asks="What share of the orders considered is applied for?", where=lambda c: c.stage not in ("considered", "drafting", "with_prosecutor"),
              hit=lambda c: bool(c.times("apply"))),
        Share(name="reason_coded", asks="What share of failures has a coded reason?", where=lambda c: c.stage in ("refused", "withdrawn", "not_sought"),
              hit=lambda c: bool(c.get("code"))),
        Share(name="breaches_charged", asks="What share of breaches is charged?", of="breaches", at="happened_at", hit=lambda r: r.charged),
        Median(name="days_before_sentence", asks="How many days before sentence does the prosecutor get it?", value=rules.days_before_sentence, unit="days",
               where=lambda c: bool(c.times("send") and c.get("sentence_on"))),
    ),
)  # fmt: skip
KINDS = (ORDER,)
SYSTEM = System(
    id="O7", name="prevention orders, why they fail", question="organised_crime", kinds=KINDS, sheets=(Sheet("where-they-fail", "Where applications fail", study),),
    finds=(Find("in-custody", "In custody, and no order considered", unconsidered, kind="prevention_order", act="consider"),),
    roles=("organised-crime", "investigator"),
)  # fmt: skip
