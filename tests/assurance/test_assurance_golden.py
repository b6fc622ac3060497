"""Golden tables of assurance: when a clock is met, missed or needless, and which cases a measure counts. Hours by hand."""

from datetime import date

import pytest

from peelian.assurance.evidence import EVIDENCE
from peelian.assurance.improvement import IMPROVEMENT
from peelian.assurance.judgement import ASSESSMENT, JUDGEMENT
from peelian.assurance.judgement_rules import COUNTED
from peelian.assurance.reality_test import REALITY

from ..core.golden import NOW, TODAY, Golden, do, table


def golden(kind, acts, **values):
    """Two days for whatever the force may set as a time."""
    return Golden(kind, {name: values.get(name.partition(".")[2], "48 hours") for name in kind.all_locals}, acts)


def rows(*tables):
    """Every row of every table, named by its kind."""
    return [pytest.param(golden, row, id=f"{golden.kind.name} {row}") for golden, text in tables for row in table(text)]


CLAIM = {
    "question": "prevention",
    "system": "P4",
    "says": "supports",
    "claim": "c",
    "source": "visit",
    "reference": "Dock",
    "true_from": TODAY,
    "expires_on": date(2026, 9, 1),
}
EVIDENCE_GOLDEN = golden(
    EVIDENCE,
    {
        "open": do("offer_evidence", **CLAIM), "against": do("offer_evidence", **CLAIM | {"says": "against"}),
        "figure": do("offer_evidence", **CLAIM | {"source": "live measure", "reference": "asb_case.better"}),
        "weigh_it": do("weigh_it", by="bob", why_not="too thin"), "renew": do("renew", true_from=TODAY, expires_on=date(2026, 12, 1), reference="Dock"), "back": do("take_back", why_not="wrong"),
    },
)  # fmt: skip
EVIDENCE_TABLE = """
open YES@10                  | renewal@57           | running
open YES@10                  | renewal@58           | overdue
open YES@10 renew@57         | renewal_in_time@58   | yes ?
open YES@10 back@20          | renewal_in_time@99   | -   | withdrawn: nobody looked at it again
open YES@10 back@60          | renewal_in_time      | no
open back@10                 | weighed_in_time@99   | -   | withdrawn: nobody weighed it
open                         | not_from_figures     | -   | what is only offered is no evidence
open weigh_it:not_taken      | not_from_figures     | -   | nor is what was sent back
open YES                     | not_from_figures     | yes
figure YES                   | not_from_figures     | no
figure YES back              | not_from_figures     | no  | it was evidence while it held
against weigh_it:not_taken   | against              | -
against YES                  | against              | yes
open YES                     | against              | no
""".replace("YES", "weigh_it:taken")

REALITY_GOLDEN = golden(
    REALITY,
    {
        "open": do("draw_sample", question="prevention", system="P4", team="Dock response", area="east", team_size=5, first="1", second="2", third="3"), "end": do("end_test", learnt="all know"),
        **{f"{how}{n}": do("ask_one", f"a{n}", place=n, asked_at=NOW, first_known=words, second_known="knew", third_known="knew") for n in range(1, 6)
           for how, words in (("knew", "knew"), ("partly", "partly"), ("not", "did not know"))},
    },
    reality_sample=5,
)  # fmt: skip
REALITY_TABLE = """
open                                          | asked_in_time@47      | running
open                                          | asked_in_time@48      | overdue
open knew1 knew2 knew3 knew4 knew5 end@47     | asked_in_time_in_time | yes
open knew1 knew2 knew3 knew4 knew5 end@48     | asked_in_time_in_time | no
open                                          | first_known_share     | -
open knew1 partly2 not3                       | first_known_share     | yes no no  | partly is not known
"""

ASSESSMENT_GOLDEN = golden(
    ASSESSMENT, {"open": do("begin_assessment", question="prevention", cycle="2016"), "give": do("give_grade", own_grade="good", why="w")},
)  # fmt: skip
ASSESSMENT_TABLE = """
open          | given_in_time@47      | running
open          | given_in_time@48      | overdue
open give@47  | given_in_time_in_time | yes
open give@48  | given_in_time_in_time | no
"""

COUNTS = dict.fromkeys(COUNTED, 0)
JUDGEMENT_GOLDEN = golden(
    JUDGEMENT,
    {
        **{f"know{n}": do("open_judgement", question="prevention", cycle="2016", as_of=TODAY, systems=8, systems_known=n, **COUNTS) for n in (3, 4)},
        "drop": do("drop", said="asked too soon"),
    },
)  # fmt: skip
JUDGEMENT_TABLE = """
know4          | judged_in_time@48         | overdue
know4 drop@10  | judged_in_time_in_time@99 | -    | withdrawn: nobody judged it
know4 drop@50  | judged_in_time_in_time    | no
know4          | evidence_current          | yes  | half of eight
know3          | evidence_current          | no
know3 drop     | evidence_current          | -
"""

AREA = {
    "type": "area for improvement",
    "question": "prevention",
    "words": "evaluate",
    "report": "2016",
    "cycle": "2016",
    "raised_on": date(2026, 3, 1),
}
IMPROVEMENT_GOLDEN = golden(
    IMPROVEMENT,
    {
        "open": do("raise_it", **AREA), "again": do("raise_it", **AREA, earlier="2014"), "plan": do("plan_it", plan="p", due_on=date(2026, 3, 20)),
        "measured": do("plan_it", plan="p", due_on=date(2026, 3, 20), measure="problem_plan.falls"), "look": do("look_at_it", progress="half"),
    },
)  # fmt: skip
IMPROVEMENT_TABLE = """
open                 | with_outcome_measure     | -    | nobody has planned it yet
open plan            | with_outcome_measure     | no
open measured        | with_outcome_measure     | yes
open                 | that_came_back           | no
again                | that_came_back           | yes
open plan            | months_open              | -
open plan@10 look@57 | progress_seen_in_time@58 | yes ?
open plan@10         | progress_seen@58         | overdue
"""


@pytest.mark.parametrize(("golden", "row"), rows(
    (EVIDENCE_GOLDEN, EVIDENCE_TABLE), (REALITY_GOLDEN, REALITY_TABLE), (ASSESSMENT_GOLDEN, ASSESSMENT_TABLE), (JUDGEMENT_GOLDEN, JUDGEMENT_TABLE),
    (IMPROVEMENT_GOLDEN, IMPROVEMENT_TABLE),
))  # fmt: skip
def test_what_counts_and_when(golden, row):
    golden.check(row)
