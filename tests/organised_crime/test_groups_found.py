"""O1, O4 and O6 on the store: suggestions without children or devices, what falls with a report, and a team's sheet."""

from datetime import UTC, date, datetime, timedelta

import pytest

from peelian import systems
from peelian.access.actor import Actor, Denied
from peelian.access.models import Posting, User
from peelian.casework import store
from peelian.casework.models import Case, Notice
from peelian.casework.ticking import tick
from peelian.core.document import Figure, Table
from peelian.core.local import Local
from peelian.organised_crime import briefing_sheet, group_sheets
from peelian.organised_crime.group_links import links, look

from ..casework.world import set_local
from ..identity.made_people import AT, World

systems.load()
GROWN = "1990-05-01"


class Force(World):
    """Reports that name grown people together, and the desk that reads them."""

    def __init__(self):
        super().__init__()
        self.desk = self.user("desk", ["neighbourhood-officer", "intelligence-officer", "organised-crime"])
        self.other = self.user("other", ["neighbourhood-officer", "intelligence-officer", "supervisor"])

    def user(self, name, roles):
        user = User.objects.create_user(name, agency=self.force)
        Posting.objects.filter(user=user).delete()  # tests post every account in every role
        Posting.objects.create(user=user, roles=roles, start=date(2020, 1, 1), by="set up", at=AT)
        return Actor.of(user, "prevention")

    def people(self, *names, reports=3, born=GROWN, role="subject", feed="force-intelligence", tag="", **more):
        """Mentions of people in so many reports together, one person for a name."""
        made = {name: [] for name in names}
        for n in range(reports):
            for name in names:
                made[name].append(
                    self.mention(name, "", born, reference=f"IR/{tag}{names[0]}/{n}", role=role, feed=feed, **more)
                )
        for mentions in made.values():
            self.join(*mentions)
        return made


@pytest.fixture
def force(db, tmp_path, settings):
    settings.HOME = tmp_path
    return Force()


def names_in(found, force):
    refs = [r.strip() for f in found for r in f.given["people_seen"].split(",")]
    return sorted(group_sheets.names(refs, force.desk).values())


def test_people_in_the_same_reports_again_and_again_are_suggested_and_nothing_is_opened(force):
    force.people("A", "B", "C", "D")
    force.people("X", "Y", reports=1)

    found = look(actor=force.desk, at=AT)

    assert (len(found), names_in(found, force)) == (1, ["A", "B", "C", "D"])
    assert found[0].key == look(actor=force.desk, at=AT)[0].key
    assert not Case.objects.exists()


def test_children_those_of_unknown_age_in_care_or_missing_are_in_no_link(force):
    force.people("A", "B", "C", tag="0")
    made = force.people("A2", "Child", born="2012-01-01", tag="1") | force.people("A3", "Ageless", born="", tag="2")
    made |= force.people("A4", "Cared", tag="3") | force.people("A5", "Gone", tag="4")
    force.join(*made["Cared"], force.mention("Cared", "", GROWN, role="adult", feed="adults-social-care"))
    force.join(*made["Gone"], force.mention("Gone", "", GROWN, role="missing person", feed="force-missing"))

    told = links(actor=force.desk, at=AT)

    held = {m.surname for mentions in told.mentions.values() for m in mentions}
    assert not held & {"Child", "Ageless", "Cared", "Gone", "A2", "A3"}
    assert told.left_out == 6


def test_no_device_no_victim_and_nothing_that_many_share_ties_anybody(force):
    a, b = (
        force.mention("A", "", GROWN, role="suspect", reference="C/1"),
        force.mention("B", "", GROWN, role="victim", reference="C/1"),
    )
    c = force.mention("C", "", GROWN, role="suspect", reference="C/2")
    for m in (a, b, c):
        force.seen("device", "imei-1", "imei-1", m)
    for n in range(9):
        force.mention(f"W{n}", "", GROWN, role="suspect", reference="RIOT/1")

    assert links(actor=force.desk, at=AT).ties == {}


def test_what_is_held_already_is_not_suggested_again(force):
    force.people("A", "B", "C", "D")
    first = look(actor=force.desk, at=AT)[0]
    group(force, **first.given, origin=f"found:links:{first.key}")
    force.people("A", "E", reports=1, tag="later")  # somebody of the same name: another person, who changes nothing
    assert [f.key for f in look(actor=force.desk, at=AT)] == [first.key]

    Case.objects.update(origin="")
    assert look(actor=force.desk, at=AT) == []


def group(force, origin="", **more):
    given = {"group_name": "Heron", "area": "E1", "crime_type": "drugs", "found_how": "seen"} | more
    return store.open_case("organised_crime_group", "put_forward", given, actor=force.desk, at=AT, origin=origin).ref


def report(force, text="Drugs are sold from a van."):
    given = {"submitted_at": AT.isoformat(), "information_on": "2026-11-19", "area": "E1", "topic": "drugs", "urgency": "low", "provenance": "public",
             "raw": "I saw it from my window", "source_ref": "SR-4821"}  # fmt: skip
    ref = store.open_case("intelligence_report", "submit", given, actor=force.other, at=AT).ref
    store.do(ref, "grade", {"source_grade": "2", "assessment": "B", "handling": "P"}, actor=force.desk, at=AT)
    store.do(ref, "sanitise", {"sanitised": text}, actor=force.desk, at=AT)
    return ref


def test_the_picture_of_a_group_and_what_falls_with_a_report(force):
    made = force.people("A", "B", "C")
    ref, told = group(force), report(force)
    for name in "ABC":
        given = {"says_of": "member", "person": made[name][0].ref, "statement": "named", "grade_given": "2B", "true_from": "2026-11-01",
                 "all_checked": True, "source_id": "SR-1", "report": told if name == "A" else ""}  # fmt: skip
        store.do(ref, "assert_it", given, actor=force.desk, at=AT)

    drawn = group_sheets.network(actor=force.desk, at=AT, case=store.load(ref, force.desk, AT))
    figure = next(b for b in drawn.blocks() if isinstance(b, Figure))
    assert figure.title.startswith("3 pairs of 3 people are tied")
    assert len(figure.table.rows) == 3

    rests = group_sheets.resting(actor=force.desk, at=AT, case=store.load(told, force.desk, AT))
    row = next(b for b in rests.blocks() if isinstance(b, Table)).rows[0]
    assert (row[0], row[1]) == ("Heron", "A")

    later = AT + timedelta(hours=1)
    store.do(told, "retract", {"withdrawn_why": "another person"}, actor=force.desk, at=later)
    fell = group_sheets.falls(actor=force.desk, at=later, case=store.load(ref, force.desk, later))
    assert "2 assertions stand" in " ".join(fell.texts())


def test_a_team_is_told_what_is_released_and_reads_no_report(force):
    told, patrol = report(force), force.user("patrol", ["neighbourhood-officer"])
    offered = briefing_sheet.look(actor=force.desk, at=AT)
    assert [f.given["text"] for f in offered] == ["Drugs are sold from a van."]
    shift = {"team": "East", "shift_from": AT.isoformat(), "shift_until": (AT + timedelta(hours=9)).isoformat(), "officers": 2,
             "about": "a vehicle", "do_what": "its mark"}  # fmt: skip
    entry = store.open_case("briefing", "put_on", {**offered[0].given, **shift}, actor=force.desk, at=AT)
    store.do(entry.ref, "mark_read", {}, actor=patrol, at=AT + timedelta(hours=1))

    sheet = " ".join(briefing_sheet.sheet(actor=patrol, at=AT, team="East").texts())

    assert "Drugs are sold from a van." in sheet and "window" not in sheet and "SR-4821" not in sheet
    assert briefing_sheet.look(actor=force.desk, at=AT) == []
    assert briefing_sheet.teams(patrol, AT) == [("East", "East")]
    with pytest.raises(Denied):
        store.load(told, patrol, AT)


def test_a_partner_reads_its_own_report_and_never_what_police_made_of_it(force):
    Posting.objects.filter(user=force.pat).update(roles=["hub-worker"])
    them = Actor.of(force.pat, "safeguarding")
    given = {
        "told_at": AT.isoformat(),
        "area": "E1",
        "about": "exploitation",
        "what": "New phones.",
        "onward": "police alone",
    }
    ref = store.open_case("partner_report", "tell_police", given, actor=them, at=AT).ref
    made = report(force)
    store.do(ref, "receive", actor=force.desk, at=AT + timedelta(hours=1))
    store.do(ref, "made_report", {"report": made}, actor=force.desk, at=AT + timedelta(hours=2))

    own = store.load(ref, Actor.of(force.pat, "safeguarding"), AT + timedelta(hours=3))

    assert own.seen["what"] == "New phones."
    assert "report" not in own.seen
    with pytest.raises(Denied):
        store.load(made, Actor.of(force.pat, "safeguarding"), AT)


def test_a_group_that_nobody_scores_again_reaches_a_chief_officer(force):
    made, boss = force.people("A", "B", "C"), force.user("boss", ["superintendent"])
    values = {"rescore_top": "1 month after", "climb_every": "7 days after"}
    for name, value in values.items():
        set_local(Local(f"groups.{name}", "policy"), value, AT - timedelta(days=99))
    ref = group(force, joint_purpose=True, offence_years=14, for_gain=True)
    for name in "ABC":
        given = {
            "says_of": "member",
            "person": made[name][0].ref,
            "statement": "named",
            "grade_given": "2B",
            "true_from": "2026-11-01",
            "all_checked": True,
        }
        store.do(ref, "assert_it", given, actor=force.desk, at=AT)
    store.decide(ref, "map_it", "map", actor=boss, at=AT, reason="met")
    store.decide(ref, "set_tier", "top", actor=boss, at=AT, reason="as known")  # 20 November: late from 21 December

    def told(day):
        tick(datetime(2026, *day, 12, tzinfo=UTC))
        return set(Notice.objects.filter(what="climbed").values_list("to", flat=True))

    assert told((12, 20)) == set()
    assert told((12, 30)) == {"inspector"}
    tick(datetime(2027, 1, 20, tzinfo=UTC))
    assert "chief-officer" in set(Notice.objects.filter(what="climbed").values_list("to", flat=True))
