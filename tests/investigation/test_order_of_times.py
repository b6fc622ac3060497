"""A day or time that cannot be is refused beside its field or in a sentence, in every system of the investigation and of the vulnerable."""

from datetime import timedelta

import pytest

from peelian.core.kinds import Refused
from peelian.core.kinds.words import abouts

from ..vulnerability.running import local
from .test_call_assessment import call
from .test_crime_investigation import FIT, INSPECTOR, SERGEANT, bail, crime, investigated, suspect
from .test_digital_media import device
from .test_victims import happened, victim

AT = local("2026-04-01 10:00")
DAY = timedelta(days=1)


def refused(fact, words, do):
    with pytest.raises(Refused) as said:
        do()
    assert words in said.value.fields[fact]


def test_what_lies_ahead_or_before_its_cause_is_refused_beside_the_field():
    year = AT + 365 * DAY
    refused("called_at", "future", lambda: call(called_at=year))
    refused("answered_at", "lies before “Call received”", lambda: call(answered_at=local("2026-03-01 10:00")))
    refused("reported_at", "future", lambda: crime(AT, reported_at=year))
    refused("recorded_at", "lies before “Reported”", lambda: crime(AT, recorded_at=AT - DAY))
    refused(
        "reported_at",
        "lies before “On which day did it happen?”",
        lambda: crime(AT, happened_on="2026-04-01", reported_at=AT - DAY),
    )
    told = {"identified_at": AT - 50 * 365 * DAY, "born_on": "2000-01-01"}
    refused("identified_at", "lies before “Date of birth”", lambda: crime(AT).do("identify_suspect", AT, **told))
    refused("seized_at", "future", lambda: device(seized_at=year))
    refused("born_on", "future", lambda: victim(born_on="2027-01-01"))
    refused(
        "reported_on", "lies before “Date of birth”", lambda: victim(born_on="2026-03-31", reported_on="2026-03-30")
    )


def test_a_suspect_is_not_older_than_anybody():
    refused("born_on", "check the year", lambda: suspect(crime(AT), AT, born_on="1826-01-01"))


def test_bail_does_not_end_before_it_starts_and_a_file_not_come_back_before_it_went():
    case = investigated()
    who = bail(case, "2026-01-05", "standard", "custody officer")
    at = local("2026-01-06 10:00")
    with pytest.raises(Refused, match="does not lie before the bail starts"):
        case.do("extend_bail", at, item=who, who=INSPECTOR, authority="court", court_until="2026-01-05", **FIT)
    case.do("send_file", at, item=who, sent_to_cps_at=at)
    with pytest.raises(Refused, match="after it was sent"):
        case.do("file_back", at, item=who, back_at=at - DAY)
    with pytest.raises(Refused, match="after they were arrested"):
        case.do("release", at, item=who, who=SERGEANT, released_at=at - 9 * DAY, why="x")
    refused("arrested_on", "future", lambda: bail(investigated(), "2026-01-09", "standard", "custody officer", at))


def test_nobody_is_told_of_what_has_not_happened():
    case, row = happened("arrest", "standard")
    told = {"channel": "letter", "by_safe_way": True, "reasons_given": True}
    refused("told_at", "lies before “When?”", lambda: case.do("tell", AT, item=row, told_at=AT - DAY, **told))
    refused("told_at", "future", lambda: case.do("tell", AT, item=row, told_at=AT + DAY, **told))


def test_every_time_that_has_happened_is_held_to_the_past():
    """Of every system, a time named "..._at" may lie ahead only where its question says when something is wanted or planned."""
    from peelian import systems

    systems.load()
    ahead = {
        (kind.name, about.name)
        for system in systems.listed()
        for kind in system.kinds
        for about in (*kind.about.values(), *(a for p in kind.parts for a in abouts(p.facts).values()))
        if about.name.endswith(("_at", "born_on")) and about.ahead
    }
    assert ahead == {(k, n) for k in ("mobilisation", "mutual_aid") for n in ("needed_at", "until_at")}
