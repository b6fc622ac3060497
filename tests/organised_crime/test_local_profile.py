"""O8: what is limited changes nothing in the shareable edition, copied words are found, and two people release."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.access.release import plan
from peelian.core.kinds import Refused, Who
from peelian.organised_crime import local_profile_records as records
from peelian.organised_crime.local_profile import ACTION, PROFILE
from peelian.organised_crime.local_profile_editions import content_of, full_document, leaks, shareable_document, tables
from peelian.organised_crime.local_profile_records import handling_of
from peelian.organised_crime.local_profile_rules import actions_owned, partners_gave
from peelian.records.feeds import FEEDS

from ..vulnerability.running import Running, around, local

OURS = {
    f"local_profile__{name}_within": value for name, value in (
        ("accept", "24 hours"), ("issue", "60 days after"), ("answer", "10 working days after"), ("release", "5 working days after"),
        ("estimate_again", "6 months after"), ("refresh", "12 months after"), ("take_on", "10 working days after"), ("climb", "7 days after"),
    )
}  # fmt: skip
AT = local("2026-03-02 10:00")
COORDINATOR = Who("coordinator", roles=("organised-crime",), agency="force")
DISTRICTS = ("Aldmoor", "Brackwater", "Caldershore")
SHARED = {
    "handling": "may be shared",
    "limit_words": "to partners of the board",
    "told": "more complaints about counterfeit tobacco",
}
COUNTS = {"handling": "counts only", "limit_words": "no pupil, no school"}
LIMITED = {"handling": "full edition only", "limit_words": "Commissioners for Revenue and Customs Act 2005, s.18"}


def profile(*rows):
    case = Running(PROFILE, around(**OURS), COORDINATOR)
    told = {
        "area": "county",
        "since": "2025-01-01",
        "until": "2025-12-31",
        "purpose": "joint activity",
        "wanted": "what you hold on these threats",
    }
    case.do("start", AT, **told)
    for row in rows:
        case.do("contribute", AT, **({"received_on": "2026-03-01", "what": "intelligence", "threat": "drugs", "place": "Aldmoor", "count": 7,
                                      "statement": "seven reports of the same two shops"} | row))  # fmt: skip
    case.do(
        "estimate",
        AT,
        threat="drugs",
        level="high",
        confidence="moderate",
        rests_on="tax and prison data",
        level_told="substantial",
    )
    return case


def shareable(case, seed=1):
    read = case.case(AT)
    planned = plan(tables(read), rng=np.random.default_rng(seed))
    return shareable_document(content_of(read, edition=AT.date(), recipient="the board"), planned.release)


def texts(document):
    return tuple(document.texts())


rows = st.lists(
    st.tuples(
        st.sampled_from(DISTRICTS),
        st.sampled_from(["drugs", "fraud", "county lines"]),
        st.integers(0, 30),
        st.sampled_from([SHARED, COUNTS]),
    ),
    max_size=5,
)
hidden = st.lists(
    st.tuples(st.sampled_from([*DISTRICTS, "Elsewhere"]), st.sampled_from(["drugs", "firearms"]), st.integers(0, 900)),
    min_size=1,
    max_size=3,
)


def as_rows(told, limits=None, agency="trading standards"):
    return [
        {"place": p, "threat": t, "count": n, **(limits or rest[0]), "from_agency": agency} for p, t, n, *rest in told
    ]


@given(told=rows, kept=hidden)
@settings(max_examples=25, deadline=None)
def test_limited_data_change_no_letter_of_the_shareable_edition(told, kept):
    """Whoever reads it cannot tell a world with limited data from one without: so nothing can be worked out of it, whatever they do."""
    without = profile(*as_rows(told))
    beside = profile(*as_rows(told), *as_rows(kept, LIMITED, "tax authority"))

    assert texts(shareable(without)) == texts(shareable(beside))
    assert "tax authority" in " ".join(texts(full_document(beside.case(AT), edition=AT.date())))


def test_the_two_editions_say_what_each_may():
    case = profile(
        {"from_agency": "trading standards", **SHARED}, {"from_agency": "school", "threat": "county lines", "count": 3, **COUNTS},
        {"from_agency": "tax authority", "statement": "undeclared takings of 4,812 a week at the Quay Street shop", **LIMITED},
    )  # fmt: skip
    full, told = (" | ".join(texts(d)) for d in (full_document(case.case(AT), edition=AT.date()), shareable(case)))

    assert "4,812 a week" in full
    assert "4,812" not in told
    assert "tax authority" not in told
    assert "counterfeit tobacco" in told
    assert "seven reports of the same two shops" not in told  # only the words that are allowed
    assert "withheld" in told  # the school's three
    assert ("substantial" in told, "high" in told) == (True, False)


@pytest.mark.parametrize(
    "limits",
    [{"handling": "may be shared", "limit_words": "x"}, {**COUNTS, "told": "words"}, {**LIMITED, "told": "words"}],
)
def test_what_may_be_told_is_stated_for_shareable_data_and_no_other(limits):
    with pytest.raises(Refused, match="stated for shareable data"):
        profile({"from_agency": "prison", **limits})


@pytest.mark.parametrize(
    ("limited", "edition", "found"),
    [
        ("the van is kept behind the old mill", "A van is kept behind the old mill.", True),
        ("calls from 07700 900123 each night", "They use 07700 900123.", True),
        ("the van is kept behind the old mill", "A van was seen.", False),
        ("more complaints about counterfeit tobacco", "More complaints about counterfeit tobacco were made.", False),
        ("takings of 4,812 a week", "It makes £4812.00 weekly.", True),
        ("undeclared takings at the Quay Street shop", "In Quay Street a shop's takings go undeclared.", True),
        ("undeclared takings at the Quay Street shop", "Takings fall. Shops in Quay Street close.", False),
        ("children carry drugs on county lines", "The trust holds county lines and drugs to be rising.", False),
    ],
    ids=[
        "words in a row",
        "number",
        "other words",
        "allowed words",
        "a number written otherwise",
        "another order",
        "two sentences",
        "names of threats",
    ],
)
def test_copied_words_and_numbers_are_found(limited, edition, found):
    assert bool(leaks([limited], [edition], ["more complaints about counterfeit tobacco"])) is found


def action(answer=None):
    case = Running(ACTION, around(**OURS), COORDINATOR)
    case.do(
        "propose_action",
        AT,
        area="county",
        action="inspect licences",
        p="protect",
        threat="drugs",
        lead="council",
        due_on="2026-06-01",
        in_shareable=True,
    )
    if answer is not None:
        case.answer(
            case.ask("take_on", "council", AT),
            AT,
            takes=answer,
            post="head of licensing",
            why="" if answer else "no staff",
        )
    return case


def test_an_action_is_owned_when_its_agency_has_said_so():
    with pytest.raises(Refused, match="takes the action on"):
        action().do("accept_action", AT, owner_post="head of licensing")
    with pytest.raises(Refused, match="takes the action on"):
        action(False).do("accept_action", AT, owner_post="head of licensing")
    case = action(True)
    case.do("accept_action", AT, owner_post="head of licensing")

    assert case.run("action_done", AT).due == local("2026-06-02 00:00")


@pytest.mark.parametrize(
    ("children", "owned"),
    [([], False), ([None], False), ([True], True), ([False], False), ([True, None], False), ([True, False], True)],
    ids=str,
)
def test_no_profile_without_owned_actions(children, owned):
    made = []
    for answer in children:
        case = action(answer)
        if answer is not None:
            case.do(
                *(("accept_action", AT) if answer else ("decline_action", AT)),
                **({"owner_post": "head"} if answer else {"why_not": "no staff"}),
            )
        made.append(case.state())
    held = profile()
    held.around = replace(held.around, children=lambda kind: made)

    assert actions_owned(held.case(AT)) is owned


def test_police_data_alone_are_no_local_profile():
    assert not partners_gave(profile().case(AT))
    assert partners_gave(profile({"from_agency": "prison", **LIMITED}).case(AT))


def test_the_profile_is_due_and_then_its_threats_again():
    case = profile()

    assert case.run("profile_issued", AT).due == local("2026-05-02 00:00")
    assert case.runs("again_due", AT + timedelta(days=400)) == []  # six months run from the day of issue
    assert AT.date() == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("feed", "most"),
    [
        ("hmrc-intelligence", "full edition only"),
        ("border-force-intelligence", "full edition only"),
        ("council-asb", "counts only"),
        ("schools", "full edition only"),
    ],
)
def test_a_controllers_limit_says_the_most_that_may_leave(feed, most):
    assert handling_of(FEEDS[feed].record_class.onward) == most


def test_partners_records_stand_beside_their_limit_and_the_period_before():
    rows = [("hmrc-intelligence", "intelligence", "Aldmoor", True)] * 3 + [
        ("hmrc-intelligence", "intelligence", "Aldmoor", False)
    ]

    found = records.document(rows, since=date(2025, 1, 1), until=date(2025, 12, 31), edition=AT.date())

    held = next(block for block in found.blocks() if getattr(block, "caption", "") == "What is held")
    assert held.rows[0][1:4] == ("Intelligence", 3, 1)
    assert "s.18" in held.rows[0][4]
    assert "no sign that there is nothing" in " ".join(found.texts())


def test_an_action_is_settled_in_time():
    assert action().run("action_settled", AT).due == local("2026-03-17 00:00")  # ten working days after Monday 2 March
    case = action(True)
    case.do("accept_action", AT, owner_post="head of licensing")
    assert (case.run("action_settled", AT).state, case.run("action_done", AT).due) == ("met", local("2026-06-02 00:00"))
