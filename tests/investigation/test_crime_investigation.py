"""I2: who may own it, bail by the law of the day, outcome types 1 to 22 with what each asks, supervision, a blind sample."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from peelian.core.clock import london_day
from peelian.core.kinds import Refused, Who, unqualified
from peelian.core.kinds.measures import rows
from peelian.investigation.crime_investigation import INVESTIGATION
from peelian.investigation.crime_outcomes import outcome_rates
from peelian.investigation.crime_rules import TYPES
from peelian.investigation.crime_victims import OF_SUSPECTS
from peelian.investigation.victims import VICTIM
from peelian.investigation.victims_facts import Event

from ..vulnerability.running import Running, around, local

# investigation-workforce.md: plan within 72 hours, review each 28 days, inspector at 3 months; all local (general knowledge).
OURS = {
    "investigation__accept_within": "24 hours", "investigation__record_within": "24 hours", "investigation__screen_within": "24 hours",
    "investigation__plan_within": "72 hours", "investigation__review_every": "28 days after", "investigation__senior_review_every": "3 months after",
    "investigation__released_review_every": "28 days after", "investigation__released_senior_every": "3 months after",
    "investigation__check_within": "28 days after", "investigation__sample_size": "5",
}  # fmt: skip
AT = local("2026-01-05 10:00")
DAY = timedelta(days=1)
PC = Who("pc", roles=("investigator",), agency="force", skills=("PIP 1",))
DC = Who("dc", roles=("investigator",), agency="force", skills=("PIP 1", "PIP 2", "sexual offences investigator"))
SERGEANT = Who("sergeant", roles=("supervisor",), agency="force")
INSPECTOR = Who("inspector", roles=("inspector",), agency="force")
SUPER = Who("super", roles=("superintendent",), agency="force")
CHIEF = Who("chief", roles=("chief-officer",), agency="force")
RANKS = {
    "custody officer": SERGEANT,
    "inspector": INSPECTOR,
    "superintendent": SUPER,
    "assistant chief constable": CHIEF,
    "court": INSPECTOR,
}


def crime(at=AT, who=PC, **facts):
    case = Running(INVESTIGATION, around(**OURS), who)
    told = {"crime": "X/1/26", "area": "east", "offence": "burglary", "reported_at": at, "recorded_at": at}
    case.do("record_crime", at, **(told | facts))
    return case


def investigated(**facts):
    case = crime(**({"lines_known": True, "domestic": False, "victim_supports": "yes"} | facts))
    case.decide("screen", "investigate", AT)
    return case


def suspect(case, at=AT, **facts):
    return case.do("identify_suspect", at, identified_at=at, **facts)


# -- who may own it ---------------------------------------------------------------------------------------------------------


# pip_levels.csv: PIP 1 priority and volume, 2 serious and complex, 3 major.
@pytest.mark.parametrize(
    ("offence", "features", "who", "fit"),
    [("burglary", [], PC, True), ("burglary", ["large gain or loss"], PC, False), ("rape or sexual offence", [], PC, False),
     ("rape or sexual offence", [], DC, True), ("homicide", [], DC, False), ("assault", ["sexual assault"], DC, True)],
)  # fmt: skip
def test_nobody_unqualified_owns_alone(offence, features, who, fit):
    case = crime(offence=offence, features=features)

    assert (unqualified(case.state(), who, AT, case.around) == "") is fit


@pytest.mark.parametrize(
    ("facts", "words"),
    [({}, ""), ({"features": ["large gain or loss"]}, "PIP 2"), ({"offence": "rape or sexual offence"}, "PIP 2"), ({"features": ["child"]}, "child abuse investigator")],
    ids=str,
)  # fmt: skip
def test_more_than_volume_crime_is_said(facts, words):
    said = crime(**facts).case(AT).asks_for
    assert words in said and bool(said) is bool(words)


# -- bail -------------------------------------------------------------------------------------------------------------------

# pre_charge_bail_limits.csv and wanted-bail-rui.md, typed by hand: arrest, kind of case, authority, last day (or why none).
BAIL = """
2026-01-05  standard  custody officer            2026-04-05
2026-01-05  standard  inspector                  2026-07-05
2026-01-05  standard  superintendent             2026-10-05
2026-01-05  agency    custody officer            2026-07-05
2026-01-05  agency    inspector                  2027-01-05
2026-01-05  complex   assistant chief constable  2027-01-05
2025-11-29  standard  custody officer            2026-02-28
2022-10-28  standard  custody officer            2023-01-28
2022-10-27  standard  inspector                  2022-11-24
2022-10-27  standard  superintendent             2023-01-27
2017-04-03  standard  inspector                  2017-05-01
"""


@pytest.mark.parametrize("row", BAIL.strip().splitlines())
def test_bail_runs_as_the_law_of_the_day_of_arrest_says(row):
    arrest, kind, authority, last = row[:10], row[12:20].strip(), row[22:47].strip(), row[49:]
    at = datetime.fromisoformat(f"{arrest}T12:00:00+00:00")
    case = crime(at)
    who = suspect(case, at)
    case.do(
        "bail",
        at,
        item=who,
        who=RANKS[authority],
        arrested_on=arrest,
        bail_case=kind,
        authority=authority,
        necessary=True,
    )

    run = case.run("bail_ends", at)

    assert london_day(run.due) - DAY == date.fromisoformat(last)
    assert (run.evidence, "begins with the day after the arrest" in run.reason) == ("stored", True)


def bail(case, arrest, kind, authority, at=None, **facts):
    at = at or datetime.fromisoformat(f"{arrest}T12:00:00+00:00")
    who = suspect(case, at)
    told = {"arrested_on": arrest, "bail_case": kind, "authority": authority, "necessary": True} | facts
    case.do("bail", at, item=who, who=RANKS[authority], **told)
    return who


# pre_charge_bail_limits.csv has no figure for these: bail is given all the same, the page says that none is held, and a day entered holds.
@pytest.mark.parametrize(
    ("arrest", "kind", "authority", "words"),
    [("2016-05-09", "standard", "custody officer", "the law set no limit"), ("2017-04-02", "complex", "custody officer", "the law set no limit"),
     ("2022-10-27", "agency", "inspector", "other agencies before 28 October 2022 were not sourced"),
     ("2022-10-27", "complex", "assistant chief constable", "section 47ZE before 28 October 2022 was not sourced")],
)  # fmt: skip
def test_where_no_figure_is_held_the_page_says_so_and_a_day_entered_holds(arrest, kind, authority, words):
    at = datetime.fromisoformat(f"{arrest}T12:00:00+00:00")
    case = crime(at)
    bail(case, arrest, kind, authority)
    run = case.run("bail_ends", at)
    assert (run.state, run.due) == ("none", None)
    assert words in run.reason

    case = crime(at)
    bail(case, arrest, kind, authority, court_until="2022-12-24")
    run = case.run("bail_ends", at)
    assert london_day(run.due) - DAY == date(2022, 12, 24)
    assert ("the day entered" in run.reason, words in run.reason, run.evidence) == (True, True, "local")


# Who may not, by the law of the day of the arrest: the rows of pre_charge_bail_limits.csv that name no such authority.
@pytest.mark.parametrize(
    ("arrest", "kind", "authority"),
    [("2016-05-09", "standard", "inspector"), ("2017-04-02", "standard", "court"), ("2017-04-03", "standard", "custody officer"),
     ("2022-10-27", "standard", "assistant chief constable"), ("2026-01-05", "standard", "assistant chief constable"),
     ("2026-01-05", "agency", "assistant chief constable")],
)  # fmt: skip
def test_who_the_law_does_not_name_gives_no_bail(arrest, kind, authority):
    with pytest.raises(Refused, match="law in force on the day"):
        bail(
            crime(datetime.fromisoformat(f"{arrest}T12:00:00+00:00")), arrest, kind, authority, court_until="2026-06-01"
        )


# pre_charge_bail_limits.csv, s.47ZF and s.47ZG: case, exceptional, the last day that a court may give first, and after that.
COURT = """
standard no  2027-01-05 2027-04-05
standard yes 2027-07-05 2028-01-05
agency   no  2027-07-05 2027-10-05
agency   yes 2028-01-05 2028-07-05
complex  no  2027-07-05 2027-10-05
complex  yes 2028-01-05 2028-07-05
"""


@pytest.mark.parametrize("row", COURT.strip().splitlines())
def test_a_court_gives_bail_no_longer_than_the_act_lets_it(row):
    kind, exceptional, first, again = row.split()
    told = FIT | {"authority": "court", "exceptional": exceptional == "yes"}
    case = investigated()
    who = bail(case, "2026-01-05", kind, "custody officer")
    for last in (first, again):
        over = (date.fromisoformat(last) + DAY).isoformat()
        with pytest.raises(Refused, match="A court gives bail up to 12 months"):
            case.do("extend_bail", AT + DAY, item=who, who=INSPECTOR, court_until=over, **told)
        case.do("extend_bail", AT + DAY, item=who, who=INSPECTOR, court_until=last, **told)
        assert london_day(case.run("bail_ends", AT + DAY).due) - DAY == date.fromisoformat(last)


def test_a_day_before_any_rule_is_refused_in_words_and_the_page_still_opens():
    at = datetime(1986, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(Refused, match="no version on 1985-12-31"):
        bail(crime(at), "1985-12-31", "standard", "custody officer", at)


def test_a_court_names_its_day():
    with pytest.raises(Refused, match="where a court gives it, the day is named"):
        bail(investigated(), "2026-01-05", "standard", "court")


def bailed(case=None):
    case = case or investigated()
    who = suspect(case)
    case.do(
        "bail",
        AT,
        item=who,
        who=SERGEANT,
        arrested_on="2026-01-05",
        bail_case="standard",
        authority="custody officer",
        necessary=True,
    )
    return case, who


FIT = {
    "suspect_guilt": True,
    "time_needed": True,
    "is_diligent": True,
    "necessary": True,
    "extended_for": "enquiries under way",
}


def test_bail_is_extended_by_rank_and_on_all_four_conditions():
    case, who = bailed()
    at = AT + 80 * DAY
    with pytest.raises(Refused, match="rank that the law names"):
        case.do("extend_bail", at, item=who, who=SERGEANT, authority="inspector", **FIT)
    for condition in ("suspect_guilt", "time_needed", "is_diligent", "necessary"):
        with pytest.raises(Refused, match="Conditions A to D"):
            case.do("extend_bail", at, item=who, who=INSPECTOR, authority="inspector", **(FIT | {condition: False}))
    case.do("extend_bail", at, item=who, who=INSPECTOR, authority="inspector", **FIT)
    case.do("extend_bail", at, item=who, who=INSPECTOR, authority="court", court_until="2027-01-05", **FIT)

    run = case.run("bail_ends", at)
    assert london_day(run.due) - DAY == date(2027, 1, 5)
    assert "court named" in run.reason


def test_the_clock_stands_still_while_the_file_is_with_the_prosecutor():
    case, who = bailed()
    case.do("send_file", AT + 10 * DAY, item=who, sent_to_cps_at=AT + 10 * DAY)
    assert case.run("bail_ends", AT + 15 * DAY).state == "paused"
    case.do("file_back", AT + 20 * DAY, item=who, back_at=AT + 20 * DAY)

    # 5 April, and the ten days (15 to 24 January) that began with the prosecutor.
    assert london_day(case.run("bail_ends", AT + 20 * DAY).due) - DAY == date(2026, 4, 15)


def test_bail_that_lapses_without_a_decision_is_late_and_release_has_its_own_reviews():
    case, who = bailed()
    assert case.run("bail_ends", local("2026-04-06 00:00")).state == "overdue"
    case.do("release", AT + 30 * DAY, item=who, released_at=AT + 30 * DAY, why="bail is not needed any more")

    assert case.run("bail_ends", AT + 31 * DAY).state == "met"
    assert london_day(case.run("released_reviewed", AT + 31 * DAY).due) - DAY == (AT + 58 * DAY).date()


def test_domestic_abuse_leaves_bail_only_by_a_supervisor():
    case, who = bailed(investigated(offence="domestic abuse", domestic=True))
    told = {"released_at": AT, "why": "x"}

    with pytest.raises(Refused, match="supervisor decides"):
        case.do("release", AT, item=who, **told)
    case.do("release", AT, item=who, who=SERGEANT, **told)


def test_an_extension_counts_the_devices_that_wait():
    case, who = bailed()
    device = investigated().state()
    case.around = replace(case.around, children=lambda kind: [device] if kind == "device" else [])
    case.do("extend_bail", AT + DAY, item=who, who=INSPECTOR, authority="inspector", **FIT)

    found = {r.measure: r.hit for r in rows(case.state(), [], around=case.around) if r.measure.startswith("extended")}
    assert found == {"extended_for_waiting": False, "extended_while_waiting": True}


# How old a suspect is: under 10 by the day of the offence, a caution by the day on which it is given.
@pytest.mark.parametrize(
    ("born", "type_", "right"),
    [("2015-12-31", 11, True), ("2015-12-30", 11, False), ("2008-01-06", 2, True), ("2008-01-05", 2, False), ("2008-01-05", 3, True),
     ("2008-01-06", 3, False), ("2016-01-05", 2, True), ("2016-01-06", 2, False)],
)  # fmt: skip
def test_ages_count_on_the_day_that_the_outcome_asks_about(born, type_, right):
    """It happened on 30 December 2025, the outcome is given on 5 January 2026."""
    case = investigated(happened_on="2025-12-30")
    suspect(case, born_on=born)

    def take():
        case.decide("record_outcome", f"type_{type_}", AT, who=SERGEANT, reason="x", rationale="x")

    if right:
        take()
    else:
        with pytest.raises(Refused, match=f"Type {type_} is for cases"):
            take()


# -- outcomes ---------------------------------------------------------------------------------------------------------------

# home_office_outcome_types.csv, typed by hand: type, group, class; then suspect and victim, where the type's own name says so.
OUTCOMES = """
1  Charged/summonsed|charge|suspect
2  Out-of-court (formal)|oocd|suspect
3  Out-of-court (formal)|oocd|suspect
4  Taken into consideration|tic|suspect
5  Prosecution prevented or not in the public interest|other|suspect
6  Out-of-court (formal)|oocd|suspect
7  Out-of-court (informal)|oocd|suspect
8  Out-of-court (informal)|oocd|suspect
9  Prosecution prevented or not in the public interest|other|suspect
10 Prosecution prevented or not in the public interest|other|suspect
11 Prosecution prevented or not in the public interest|other|suspect
12 Prosecution prevented or not in the public interest|other|suspect
13 Prosecution prevented or not in the public interest|other|suspect
14 Evidential difficulties (victim does not support action)|other|nobody, not supported
15 Evidential difficulties (suspect identified; victim supports action)|other|suspect, supported
16 Evidential difficulties (victim does not support action)|other|suspect, not supported
17 Prosecution prevented or not in the public interest|other|suspect
18 Investigation complete - no suspect identified|other|nobody
19 Fraud (NFIB)|other|anybody
20 Responsibility transferred|other|anybody
21 Further investigation not in the public interest|other|suspect
22 Diversionary, educational or intervention activity|oocd|suspect
"""
GROUND = {4: "taken into consideration", 5: "suspect died", 6: "disposal given", 7: "disposal given", 8: "disposal given", 9: "decided by the CPS",
          10: "decided by the police", 12: "suspect too ill", 13: "victim or witness dead or too ill", 17: "time limit expired", 20: "transferred",
          21: "decided by the police", 22: "disposal given"}  # fmt: skip
BORN = {2: date(2010, 6, 1), 3: date(1990, 6, 1), 11: date(2018, 6, 1)}


@pytest.mark.parametrize("row", OUTCOMES.strip().splitlines())
def test_each_outcome_type_is_open_only_where_it_fits(row):
    number = int(row[:3])
    group, kind, fits = row[3:].split("|")
    found = TYPES.look(on=date(2026, 1, 1), type=str(number))
    assert (found["group"], found["class"]) == (group, kind)

    for is_suspect in (True, False):
        for supports in ("yes", "no"):
            case = investigated(victim_supports=supports, offence="fraud" if number == 19 else "theft")
            if is_suspect:
                who = suspect(case, born_on=BORN.get(number, date(1990, 1, 1)))
                if number == 1:
                    case.do("charge", AT, item=who, charged_at=AT)
            right = ("suspect" not in fits or is_suspect) and ("nobody" not in fits or not is_suspect)
            right &= "not supported" not in fits or supports == "no"
            right &= "suspect, supported" not in fits or supports == "yes"
            given = {"rationale": "as found"} | ({"ground": GROUND[number]} if number in GROUND else {})

            def take(case=case, given=given):
                case.decide("record_outcome", f"type_{number}", AT, who=SERGEANT, reason="as found", **given)

            if right:
                take()
                assert case.state().closed
            else:
                with pytest.raises(Refused, match=f"Type {number} is for cases"):
                    take()


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        (1, {}),
        (2, {"born_on": date(1990, 1, 1)}),
        (3, {"born_on": date(2010, 6, 1)}),
        (11, {"born_on": date(2010, 6, 1)}),
        (5, {}),
        (19, {}),
    ],
)
def test_an_outcome_whose_ground_is_not_recorded_is_not_taken(number, facts):
    case = investigated()
    suspect(case, **facts)

    with pytest.raises(Refused, match=f"Type {number} is for cases"):
        case.decide("record_outcome", f"type_{number}", AT, who=SERGEANT, reason="x", rationale="x")


def test_type_0_is_no_outcome():
    assert "type_0" not in {o.name for o in INVESTIGATION.act_by_name["record_outcome"].outcomes}


@pytest.mark.parametrize(
    ("is_suspect", "supports", "proposed"),
    [(False, "yes", "type_18"), (False, "no", "type_14"), (True, "yes", "type_15"), (True, "no", "type_16")],
)
def test_what_the_record_points_to(is_suspect, supports, proposed):
    case = investigated(victim_supports=supports)
    if is_suspect:
        suspect(case)

    assert case.propose("record_outcome", AT).proposal.outcome == proposed


def test_open_lines_keep_it_from_ending_for_want_of_evidence():
    case = investigated()
    line = case.do("set_line", AT, line="doorbells of the street", points="either", agreed_at=AT, due_on="2026-01-09")
    assert london_day(case.run("line_done", AT).due) - DAY == date(2026, 1, 9)
    assert case.propose("record_outcome", AT).proposal is None
    with pytest.raises(Refused, match="Every line of enquiry"):
        case.decide("record_outcome", "type_18", AT, who=SERGEANT, reason="x", rationale="x")

    case.do("finish_line", AT, item=line, done_at=AT, result="nothing held")
    case.decide("record_outcome", "type_18", AT, who=SERGEANT, rationale="nobody seen")


def test_a_reluctant_victim_of_domestic_abuse_does_not_end_it_unweighed():
    """HMICFRS, Essex 2018/19: cases closed where the victim was reluctant."""
    case = investigated(offence="domestic abuse", domestic=True, victim_supports="no")
    suspect(case)
    with pytest.raises(Refused, match="without the victim's support was weighed"):
        case.decide("record_outcome", "type_16", AT, who=SERGEANT, rationale="x")
    case.do("note", AT, evidence_led="body-worn video and the call weighed; not enough alone")

    case.decide("record_outcome", "type_16", AT, who=SERGEANT, rationale="evidence weighed without her")


def test_only_a_supervisor_files_and_says_why():
    case = crime(lines_known=False, domestic=False, victim_supports="yes")
    assert case.propose("screen", AT).proposal.outcome == "file"
    with pytest.raises(Refused, match="needs supervisor"):
        case.decide("screen", "file", AT)
    case.decide("screen", "file", AT, who=SERGEANT)
    with pytest.raises(Refused, match="Why is it not investigated further"):
        case.decide("record_outcome", "type_18", AT, who=SERGEANT, reason="as screened", rationale="no line")
    case.do("note", AT, not_further="no witness, no camera, no traces")
    case.decide("record_outcome", "type_18", AT, who=SERGEANT, reason="as screened", rationale="no line")


@pytest.mark.parametrize(
    "facts",
    [{"domestic": True}, {"offence": "rape or sexual offence"}, {"features": ["child"]}, {"lines_known": True}],
    ids=str,
)
def test_what_needs_protection_or_has_a_line_is_investigated(facts):
    assert (
        crime(**({"lines_known": False, "domestic": False} | facts)).propose("screen", AT).proposal.outcome
        == "investigate"
    )


def test_a_line_that_nobody_looked_for_is_not_taken_as_absent():
    assert crime(domestic=False).propose("screen", AT).proposal is None


def test_reviews_recur_and_nobody_reviews_their_own():
    case = investigated()
    told = {"reviewed": "plan followed; phone records outstanding", "diligent": True}
    owner = Who("pc", roles=("supervisor",), agency="force")
    with pytest.raises(Refused, match="does not own"):
        case.do("review", AT + DAY, who=owner, **told)
    case.do("review", AT + 20 * DAY, who=SERGEANT, **told)

    first, second = case.runs("reviewed_in_time", AT + 60 * DAY)

    assert (first.state, second.state) == ("met", "overdue")
    assert london_day(second.due) - DAY == (AT + 48 * DAY).date()


def test_outcome_rates():
    """crime-recording-and-outcomes.md: 1,000 crimes give 6.0 %, 12.5 % (14.0 % with 22), 350 of 940 and 6.0 %."""
    counts = {1: 60, 3: 20, 8: 40, 4: 5, 22: 15, 14: 200, 16: 150, 18: 450}
    held = [f"type_{n}" for n, times in counts.items() for _ in range(times)] + [""] * 60

    found = outcome_rates(held)

    assert [
        round(100 * found[n], 1) for n in ("charge", "positive", "positive_with_22", "withdrawal", "unassigned")
    ] == [6.0, 12.5, 14.0, 37.2, 6.0]


def test_what_happened_and_no_victim_was_noted_for_is_said():
    case, _ = bailed()
    assert "open a case for each victim" in case.case(AT).victims
    victim = Running(VICTIM, around(), PC)
    victim.do("open_rights", AT, reported_on="2026-01-05", area="east", crime_type="other")
    victim.do("note_event", AT, event="arrest", happened_at=AT)
    case.around = replace(case.around, children=lambda kind: [victim.state()] if kind == "victim_rights" else [])

    assert (
        case.case(AT).victims
        == "happened, and not noted for a victim: bail or release under investigation, or a change of it"
    )

    victim.do("note_event", AT, event="bail or release under investigation, or a change of it", happened_at=AT)
    assert case.case(AT).victims == ""


def test_the_events_of_an_investigation_are_those_of_the_code():
    assert {*OF_SUSPECTS.values(), "decision not to investigate"} <= set(get_args(Event))
