"""What partners agreed, what came, how late and how complete; agreements are loaded strictly."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest

from peelian.access.actor import Actor, record_act
from peelian.access.agreements import in_force, load_agreements, periods
from peelian.access.models import Agreement, User
from peelian.core.errors import Faults, PeelianError
from peelian.prevention.partner_data import partner_data, partner_document
from peelian.records.feeds import FEEDS
from peelian.records.landing import ingest
from peelian.records.setup import OPERATOR, ensure_ready
from peelian.records.withdrawal import withdraw

HEADER = [c.name for c in FEEDS["ae-assaults"].columns]
GOOD = """
[[agreement]]
code = "ae-assaults-2025"
title = "Assaults told in emergency departments"
party = "The acute hospital trusts"
feed = "ae-assaults"
purposes = ["crime-analysis", "prevention"]
basis = "Crime and Disorder Act 1998, section 115"
every = 1
due = 14
least = 0.9
start = 2025-01-01
owner = "Head of analysis"
"""
ON = date(2025, 7, 20)


@pytest.fixture
def actor(transactional_db, tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    ensure_ready()
    return Actor.of(User.objects.select_related("agency").get(username=OPERATOR), "administration")


@pytest.fixture
def agreed(actor, tmp_path):
    (tmp_path / "agreed.toml").write_text(GOOD)
    load_agreements(tmp_path / "agreed.toml", actor=actor, at=datetime(2025, 1, 1, tzinfo=UTC))
    return actor


def send(actor, folder, month, rows, published, *, weapon="blade"):
    """A month's file of so many assaults, published on a day."""
    path = folder / f"2025-{month:02}-ae-assaults.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        for n in range(rows):
            writer.writerow(
                {
                    "Hospital": "Wexmoor General", "Month": f"2025-{month:02}", "Assault Date": f"2025-{month:02}-{n % 28 + 1:02}",
                    "Assault Time": "23:10", "Place": "High Street", "Place Type": "street", "Area": "E01000001",
                    "Weapon": weapon, "Assailants": "1", "Attendances": "1",
                }
            )  # fmt: skip
    (result,) = ingest("ae-assaults", [path], actor=actor, at=datetime(2025, 7, 19, tzinfo=UTC), published=published)
    assert not result.error, result.error


def test_periods_are_whole_and_due_after_their_end():
    monthly = Agreement(start=date(2025, 1, 15), every=1, due=14)
    assert periods(monthly, date(2025, 4, 2)) == [
        (date(2025, 2, 1), date(2025, 2, 28), date(2025, 3, 14)),
        (date(2025, 3, 1), date(2025, 3, 31), date(2025, 4, 14)),
    ]
    quarterly = Agreement(start=date(2024, 11, 1), every=3, due=30, end=date(2025, 5, 1))
    assert [first for first, *_ in periods(quarterly, date(2026, 1, 1))] == [date(2024, 11, 1), date(2025, 2, 1)]


def test_each_period_is_in_time_late_thin_or_never(agreed, tmp_path):
    for month, rows, published in (
        (1, 40, date(2025, 2, 10)),  # in time
        (2, 40, date(2025, 3, 14)),  # on the day
        (3, 40, date(2025, 5, 4)),  # 20 days late: due on 14 April
        (4, 3, date(2025, 5, 10)),  # hardly any
    ):  # May never came; June's is due on 14 July
        send(agreed, tmp_path, month, rows, published)
    [shared] = partner_data(agreed, on=ON).shared
    assert [p.late for p in shared.periods] == [0, 0, 20, 0, None, None]
    assert [p.in_time for p in shared.periods] == [True, True, False, False, False, False]
    assert (shared.in_time, shared.longest) == (2, 20)
    said = " ".join(partner_document(partner_data(agreed, on=ON)).texts())
    assert "2 of 6 periods came whole by the agreed day; the longest delay was 20 days" in said
    assert "never came: May 2025, June 2025" in said
    assert "with far fewer records than usual: April 2025" in said
    assert "Ask the acute hospital trusts for April 2025, May 2025, June 2025" in said


def test_records_that_follow_later_do_not_make_a_period_late(agreed, tmp_path):
    send(agreed, tmp_path, 1, 40, date(2025, 2, 10))
    path = tmp_path / "late.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [HEADER, ["Wexmoor General", "2025-02", "2025-01-30", "", "Quay", "street", "", "other", "1", "1"]]
        )
    list(ingest("ae-assaults", [path], actor=agreed, at=datetime(2025, 7, 19, tzinfo=UTC), published=date(2025, 3, 30)))
    [shared] = partner_data(agreed, on=date(2025, 3, 20)).shared
    assert shared.periods[0].late == 0 and shared.periods[0].rows == 41


def test_completeness_is_held_against_what_was_agreed(agreed, tmp_path):
    send(agreed, tmp_path, 1, 40, date(2025, 2, 10), weapon="")
    [shared] = partner_data(agreed, on=date(2025, 2, 20)).shared
    # Of six optional columns one is empty.
    assert shared.filled == pytest.approx(5 / 6)
    assert shared.incomplete
    assert "83% of the optional cells are filled; 90% was agreed" in " ".join(
        partner_document(partner_data(agreed, on=date(2025, 2, 20))).texts()
    )


def test_use_in_profiles_and_withdrawal_are_told(agreed, tmp_path):
    send(agreed, tmp_path, 1, 40, date(2025, 2, 10))
    at = datetime(2025, 2, 15, tzinfo=UTC)
    record_act(agreed, "consultation", "problem profile", detail={"partners": {"ae-assaults": 2}}, at=at)
    record_act(agreed, "consultation", "problem profile", detail={"partners": {"ae-assaults": 0}}, at=at)
    record_act(agreed, "consultation", "problem profile", detail={"theme": "burglary"}, at=at)
    [shared] = partner_data(agreed, on=date(2025, 2, 20)).shared
    assert (shared.profiles, shared.changed) == (2, 1)
    withdraw("ae-assaults", reason="the agreement ended", actor=agreed, at=at + timedelta(days=1))
    said = " ".join(partner_document(partner_data(agreed, on=date(2025, 2, 20))).texts())
    assert "withdrawn since 16 February 2025; no profile uses it" in said
    assert "1 of 2 profiles" in said


def test_a_feed_without_an_agreement_is_named(actor, tmp_path):
    send(actor, tmp_path, 1, 5, date(2025, 2, 10))
    picture = partner_data(actor, on=ON)
    assert picture.without_agreement == ("ae-assaults",)
    said = " ".join(partner_document(picture).texts())
    assert "No agreement is loaded" in said and "peelian partners load" in said


def test_an_agreement_of_a_code_takes_the_place_of_the_one_before(agreed, tmp_path):
    path = tmp_path / "again.toml"
    path.write_text(GOOD.replace("due = 14", "due = 30"))
    load_agreements(path, actor=agreed, at=datetime(2025, 2, 1, tzinfo=UTC))
    assert [a.due for a in in_force(ON)] == [30]
    assert not in_force(date(2024, 12, 31))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("every = 1", "every = 13"), "every"),
        (("due = 14", 'due = "soon"'), "due"),
        (("start = 2025-01-01", "start = 2025-01-01\nend = 2024-01-01"), "ends before it begins"),
        (('["crime-analysis", "prevention"]', '["curiosity"]'), "'curiosity' is none of"),
        (("owner =", "onwer ="), "onwer"),
        (('code = "ae-assaults-2025"', 'code = "A and E"'), "code"),
    ],
)
def test_a_fault_of_an_agreement_is_told_and_nothing_is_loaded(actor, tmp_path, change, words):
    path = tmp_path / "agreed.toml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(Faults, match=words):
        load_agreements(path, actor=actor, at=datetime(2025, 1, 1, tzinfo=UTC))
    assert not Agreement.objects.exists()


def test_what_is_no_file_of_agreements_is_refused(actor, tmp_path):
    for text in ("", "[[agreement", "agreement = 3"):
        (tmp_path / "a.toml").write_text(text)
        with pytest.raises(PeelianError) as refused:
            load_agreements(tmp_path / "a.toml", actor=actor, at=datetime(2025, 1, 1, tzinfo=UTC))
        assert refused.value.id == "peelian.E307"
