"""I2: the quality sample is random with a stated seed, of last month's endings alone, and its sheet names nobody who worked on it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Change, Posting, User
from peelian.casework import store
from peelian.core.kinds import Refused
from peelian.investigation.crime_quality import blind_sheet, drawn, last_month, quality_sample

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_draw_is_fair_and_can_be_made_again():
    refs = [f"case{n}" for n in range(10)]
    counts = dict.fromkeys(refs, 0)
    for seed in range(2000):
        for ref in drawn(refs, 3, str(seed)):
            counts[ref] += 1

    # Each is drawn with a chance of 3 in 10: 600 of 2,000, within five standard deviations (20.5 each).
    assert all(abs(n - 600) < 103 for n in counts.values())
    assert drawn(refs, 3, "2026-10") == drawn(refs[::-1], 3, "2026-10")
    assert sorted(drawn(refs, 99, "x")) == refs


@pytest.mark.parametrize(
    ("on", "since", "until"),
    [(date(2026, 1, 1), date(2025, 12, 1), date(2026, 1, 1)), (date(2026, 3, 31), date(2026, 2, 1), date(2026, 3, 1))],
)
def test_last_month(on, since, until):
    assert last_month(on) == (since, until)


@pytest.fixture
def people(db):
    systems.load()
    agency = Agency.objects.create(code="force", name="Force", kind="police")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    Change.objects.create(
        uid="x",
        name="investigation.sample_size",
        after="2",
        reason="t",
        proposed_by="a",
        proposed_at=long_ago,
        approved_by="b",
        approved_at=long_ago,
    )
    made = {}
    for name, role in (("dc-brown", "investigator"), ("sgt-green", "supervisor"), ("sgt-other", "supervisor")):
        user = User.objects.create_user(name, agency=agency)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=[role], start=date(2020, 1, 1), by="t", at=long_ago)
        made[name] = Actor(user, agency, "investigation", on=NOW.date(), reason="test")
    return made


def ended(people, n, at):
    crime = {
        "crime": f"X/{n}",
        "area": "east",
        "offence": "theft",
        "reported_at": at,
        "recorded_at": at,
        "lines_known": False,
        "domestic": False,
        "victim_supports": "yes",
    }
    ref = store.open_case("crime_investigation", "record_crime", crime, actor=people["dc-brown"], at=at).ref
    store.decide(ref, "screen", "file", {"not_further": "no line"}, actor=people["sgt-green"], at=at)
    store.decide(ref, "record_outcome", "type_18", {"rationale": "no line"}, actor=people["sgt-green"], at=at)
    return ref


def test_the_sample_is_of_last_month_and_read_blind(people):
    october = {ended(people, n, datetime(2026, 10, 3 + n, 9, tzinfo=UTC)) for n in range(4)}
    ended(people, 8, datetime(2026, 9, 30, 9, tzinfo=UTC))
    ended(people, 9, datetime(2026, 11, 1, 9, tzinfo=UTC))

    found = quality_sample(actor=people["sgt-other"], at=NOW)

    assert len(found) == 2
    assert {f.given["investigation"] for f in found} < october
    assert found[0].given["drawn_as"] == "seed 2026-10: 2 of 4 that ended in October 2026"
    ref = store.open_case("quality_check", "draw", found[0].given, actor=people["sgt-other"], at=NOW).ref
    document = blind_sheet(actor=people["sgt-other"], at=NOW, case=store.load(ref, people["sgt-other"], NOW))
    printed = " ".join(document.texts())
    assert "no line" in printed
    assert not [name for name in people if name in printed]

    answers = dict.fromkeys(("planned", "lines_followed", "supervised", "victim_heard", "right_outcome"), "yes")
    with pytest.raises(Refused, match="did not work on"):
        store.do(ref, "answer_check", answers, actor=people["sgt-green"], at=NOW)
    store.do(ref, "answer_check", answers, actor=people["sgt-other"], at=NOW)


def test_until_the_force_says_how_many_none_is_drawn(people):
    Change.objects.all().delete()
    ended(people, 1, datetime(2026, 10, 3, 9, tzinfo=UTC))

    assert quality_sample(actor=people["sgt-other"], at=NOW) == []


def test_a_device_opened_from_its_investigation_asks_nothing_twice(people):
    from peelian.investigation.digital_media import DEVICE
    from peelian.web.opening import opening

    ref = ended(people, 1, datetime(2026, 10, 3, 9, tzinfo=UTC))

    begun = opening(f"case:{ref}", DEVICE, people["dc-brown"], NOW, fill=True)

    assert begun.given == {"crime": "X/1", "area": "east"}


def test_the_two_bases_of_outcomes_stand_apart(people):
    from peelian.core.document import Table
    from peelian.investigation.crime_outcomes import outcomes_sheet

    for n, at in enumerate(("2026-08-31", "2026-09-05", "2026-10-05", "2026-11-05")):
        ended(people, n, datetime.fromisoformat(f"{at}T09:00:00+00:00"))
    sent_on = datetime(2026, 10, 1, 9, tzinfo=UTC)
    crime = {"crime": "X/9", "area": "west", "offence": "theft", "reported_at": sent_on, "recorded_at": sent_on}
    store.open_case("crime_investigation", "record_crime", crime, actor=people["dc-brown"], at=sent_on)

    document = outcomes_sheet(actor=people["sgt-other"], at=NOW, months="3")
    recorded, given = (block for block in document.blocks() if isinstance(block, Table))

    # August to October: three ended and one open; the one of November lies outside.
    assert recorded.rows[-1][:2] == ("Force", 4)
    assert [cell.value for cell in recorded.rows[-1][2:]] == [0, 0, 0, 0, 0.25]
    # Clopper and Pearson's interval of one in four: 0.6 % to 80.6 %.
    assert recorded.shown[-1][-1] == "25% (1 to 81)"
    assert [(row[0], row[-1]) for row in given.rows] == [(18, 3)]
