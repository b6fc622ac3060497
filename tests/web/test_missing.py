"""Pages of missing persons: search sheet, earlier episodes, and the problem profile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from tests.casework.world import known_person

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, User
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.vulnerability.missing_profile import learned

systems.load()
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def woman(analyst):
    """A case of an old woman with dementia, six hours gone, of whom records know; an episode of a month ago is closed."""
    ref = ref_of(known_person("w"))
    actor = Actor.of(analyst, "safeguarding")

    def report(hours, **more):
        gone = NOW - timedelta(hours=hours)
        given = {"reported_at": (gone + timedelta(hours=1)).isoformat(), "last_seen_at": gone.isoformat(), "area": "", "why_worried": "it is cold",
                 "age_standing": "known", "age": 81, "sex": "F", "dementia": True, "frailty": "yes", "subject": ref, **more}  # fmt: skip
        return store.open_case(
            "missing_person", "report", given | {"area": "north"}, actor=actor, at=NOW - timedelta(hours=hours - 1)
        ).ref

    report(24 * 30)
    return report(6)


def test_the_sheet_shows_both_populations_the_tail_case_and_what_to_ask(woman, analyst, signed_in):
    page = signed_in(analyst, "safeguarding").get(reverse("missing-search", args=[woman])).content.decode()

    for words in (
        "women with dementia, on foot",
        "UK search teams",
        "a tail case",
        "5.8 km",
        "Herbert form",
        "Ask next",
        "lost.team",
    ):
        assert words in page
    assert page.count("data:image/svg+xml") == 1 and 'alt="Circles around' in page
    case = signed_in(analyst, "safeguarding").get(reverse("case", args=[woman])).content.decode()
    assert reverse("missing-search", args=[woman]) in case


def test_earlier_episodes_are_found_and_written_on_the_case(woman, analyst, signed_in):
    browser = signed_in(analyst, "safeguarding")
    assert "1 in the 90 days before" in browser.get(reverse("missing-search", args=[woman])).content.decode()

    answer = browser.post(reverse("missing-earlier", args=[woman]))
    assert answer.status_code == 302
    facts = store.load(woman, Actor.of(analyst, "safeguarding"), at=datetime.now(UTC)).state.facts
    assert facts["earlier_in_90_days"] == 1


def test_a_form_held_ahead_is_found(woman, analyst, signed_in):
    actor = Actor.of(analyst, "safeguarding")
    subject = store.load(woman, actor, at=NOW).case.subject
    store.open_case("held_ahead", "hold_herbert", {"protocol": "herbert", "area": "north", "name": "made up", "home": "home", "agreed_by": "daughter",
                                                   "subject": subject}, actor=actor, at=NOW)  # fmt: skip
    assert (
        "Herbert form</a>, held since"
        in signed_in(analyst, "safeguarding").get(reverse("missing-search", args=[woman])).content.decode()
    )


def test_a_case_of_another_kind_or_nobodys_to_see_is_not_found(woman, analyst, signed_in):
    assert signed_in(analyst, "safeguarding").get(reverse("missing-search", args=["0" * 24])).status_code in (403, 404)
    council = Agency.objects.create(code="council", name="Example Council", kind="partner")
    other = User.objects.create_user("pat", password="see-the-picture", agency=council)
    there = signed_in(other, "safeguarding").get(reverse("missing-search", args=[woman]))
    assert there.status_code in (403, 404) and b"dementia" not in there.content


def test_the_profile_says_what_to_do_where_nothing_is_held(analyst, signed_in):
    browser = signed_in(analyst)
    assert b"Choose another period" in browser.get(reverse("missing-profile")).content
    assert browser.get(reverse("missing-profile-pdf")).status_code == 404
    assert (
        b"state the first and the last day"
        in browser.get(reverse("missing-profile") + "?from=2025-13-01&to=2025-12-31").content
    )


def test_themes_of_return_interviews_reach_the_profile(analyst):
    actor = Actor.of(analyst, "safeguarding")
    gone = NOW - timedelta(hours=9)
    given = {
        "reported_at": gone.isoformat(),
        "area": "north",
        "why_worried": "late",
        "age_standing": "unknown",
        "placed_by": "another council",
    }
    ref = store.open_case("missing_person", "report", given, actor=actor, at=gone).ref
    found = {"returned_at": NOW.isoformat(), "found_by": "police", "well_being": "safe and well"}
    store.do(ref, "find", found, actor=actor, at=NOW)
    store.do(ref, "note_theme", {"theme": "bullying", "told": "at school"}, actor=actor, at=NOW)

    assert learned(actor, gone.date(), NOW.date()) == ([("bullying", 1)], [("another council", 1)])
    assert learned(actor, gone.date() - timedelta(days=9), gone.date() - timedelta(days=2)) == ([], [])
