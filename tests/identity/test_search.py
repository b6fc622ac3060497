"""Search: how words are understood, who is found and why, and that what is hidden leaves no trace but to its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.made_people import AT, World

from peelian.access.models import Entry, Subject
from peelian.access.refs import ref_of
from peelian.identity import names_held
from peelian.identity.candidates import days_like, near_days
from peelian.identity.models import HiddenHit, Known
from peelian.identity.query_words import MOST_WORDS, read_words
from peelian.identity.search import ELSEWHERE, MOST, SearchResult, hidden_hits, search

ON = date(2026, 11, 20)

# What is typed | how it is understood. Day before month, as people in England write; ages count back from the day of the search.
UNDERSTOOD = """
jon smyth                       | name jon smyth
Smyth, Jon Paul                 | surname smyth; forenames jon paul
O'Brien-Łuk Zoë                 | name obrien luk zoe
Владимир Петров                 | name vladimir petrov
smith 12/3/85                   | name smith; date of birth 12 March 1985
smith 12.03.1985                | name smith; date of birth 12 March 1985
smith 1985-03-12                | name smith; date of birth 12 March 1985
smith dob 12031985              | name smith; date of birth 12 March 1985
smith born 12th of March 1985   | name smith; date of birth 12 March 1985
smith March 12, 1985            | name smith; date of birth 12 March 1985
smith 12-Mar-85                 | name smith; date of birth 12 March 1985
smith 03/25/1985                | name smith; date of birth 25 March 1985
smith 1/1/30                    | name smith; date of birth 1 January 1930
smith 31/02/1985                | name smith; reference 31/02/1985
smith March 1985                | name smith; month of birth March 1985
smith 1985                      | name smith; year of birth 1985
smith 41                        | name smith; age 41 on 20 November 2026
smith aged 40-45                | name smith; age 40 to 45 on 20 November 2026
smith about 40                  | name smith; age 35 to 45 on 20 November 2026
smith 40s                       | name smith; age 40 to 49 on 20 November 2026
smith 41 years old              | name smith; age 41 on 20 November 2026
07700 900123                    | phone +447700900123
+44 7700 900 123 smith          | name smith; phone +447700900123
(01632) 960 001                 | phone +441632960001
07700 900123 12/03/1985         | date of birth 12 March 1985; phone +447700900123
ab51 abc                        | number plate AB51ABC
AB51ABC smith                   | name smith; number plate AB51ABC
cm1 1aa                         | postcode CM1 1AA
CM11AA smith                    | name smith; postcode CM1 1AA
12 High Street CM1 1AA          | address 12 High Street; postcode CM1 1AA
flat 2, 14 mill rd              | address flat 2, 14 mill rd
j.smith@example.org             | e-mail address j.smith@example.org
42/12345/26                     | reference 42/12345/26
EX/1234/26 smith                | name smith; reference EX/1234/26
MP-2026-00417                   | reference MP-2026-00417
4400012345                      | reference 4400012345
"""


@pytest.mark.parametrize("row", UNDERSTOOD.strip().splitlines(), ids=lambda row: row.split("|")[0].strip())
def test_words_are_understood_as_people_write_them(row: str) -> None:
    typed, told = (part.strip() for part in row.split("|"))

    assert "; ".join(f"{kind} {words}" for kind, words in read_words(typed, on=ON).understood) == told


@given(st.text(max_size=2 * MOST_WORDS), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_text_can_be_read(words: str, on: date) -> None:
    asked = read_words(words, on=on)

    assert asked.kinds == sorted(set(asked.kinds))
    assert asked.born is None or asked.born.first <= asked.born.last


@given(st.integers(0, 115), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_an_age_spans_the_days_of_birth_of_that_age(age: int, on: date) -> None:
    """Whoever was born on the first day is that old until tomorrow's birthday; whoever was born on the last became so today."""
    born = read_words(f"aged {age}", on=on).born

    assert born is not None
    assert _age(born.first, on) == _age(born.last, on) == age
    assert _age(born.last + timedelta(days=1), on) == age - 1
    assert _age(born.first - timedelta(days=1), on) == age + 1


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@given(st.dates(date(1910, 1, 12), date(2026, 11, 20)))
def test_a_day_is_like_itself_with_day_and_month_exchanged(day: date) -> None:
    assert day in days_like(day)
    assert set(days_like(day)) <= set(near_days(day))
    assert all(day in days_like(other) for other in days_like(day))


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    settings.HOME = tmp_path
    return World()


def look(world: World, words: str, **more: Any) -> SearchResult:
    return search(words, actor=world.actor(more.pop("user", None)), at=AT, **more)


def names(found: SearchResult) -> list[str]:
    return [r.person.name for r in found.found]


# What is typed | who is found first | a reason. The store is that of `somebody` below.
FOUND = """
john smith              | SMITH, John Paul | surname is the same; forename is the same
smith john              | SMITH, John Paul | read with the surname first
Smith, John             | SMITH, John Paul | surname is the same; forename is the same
jon smyth               | SMITH, John Paul | nearly the same
jonathan smith          | SMITH, John Paul | one forename is short for the other
smithe john             | SMITH, John Paul | nearly the same
smi john                | SMITH, John Paul | surname begins so
j smith 12/3/85         | SMITH, John Paul | date of birth is the same
john smith 3/12/85      | SMITH, John Paul | day and month exchanged
john smith 13/3/85      | SMITH, John Paul | date of birth differs by one slip
john smith 12/3/95      | SMITH, John Paul | date of birth differs by one slip
john smith 41           | SMITH, John Paul | age fits
paul smith              | SMITH, John Paul | forename is the same
smith                   | SMITH, John Paul | surname is the same
07700900123             | SMITH, John Paul | telephone number is the same
12 high st, CM1 1AA     | SMITH, John Paul | address is the same
smith cm1 1aa           | SMITH, John Paul | postcode is the same
EX/2026/1               | SMITH, John Paul | reference is the same
cathryn osullivan       | O'SULLIVAN, Katherine | forename sounds alike
kate o'sullivan         | O'SULLIVAN, Katherine | one forename is short for the other
Катерина Осулливан      | O'SULLIVAN, Katherine | surname
garcia maria            | GARCIA LOPEZ, Maria | surname begins so
maria garcia lopez      | GARCIA LOPEZ, Maria | surname is the same
mohamed hussain         | HUSSEIN, Muhammad | surname
"""


def somebody(world: World) -> None:
    world.mention(
        "Smith", "John Paul", "1985-03-12", reference="EX/2026/1", phone="07700 900123", address="12 High Street",
        postcode="CM1 1AA",
    )  # fmt: skip
    world.mention("O'Sullivan", "Katherine", "1990-07-01")
    world.mention("García López", "María", "1979-01-31")
    world.mention("Hussein", "Muhammad", "2001-05-05")
    world.mention("Archer", "Tom", "1960-06-06")


def test_people_are_found_however_they_are_written(world: World) -> None:
    somebody(world)

    for row in FOUND.strip().splitlines():
        typed, first, reason = (part.strip() for part in row.split("|"))
        found = look(world, typed)
        plain = first.replace("GARCIA LOPEZ, Maria", "GARCÍA LÓPEZ, María")
        assert names(found)[:1] == [plain], row
        assert reason in "; ".join(r.words for r in found.found[0].reasons), row


def test_who_fits_better_comes_first(world: World) -> None:
    world.mention("Smith", "John")
    world.mention("Smith", "John", "1985-12-03")
    world.mention("Smith", "John", "1985-03-12")
    world.mention("Smith", "John", "1961-09-09")

    found = look(world, "john smith 12/3/1985")
    assert [r.person.births for r in found.found] == [[date(1985, 3, 12)], [date(1985, 12, 3)], []]
    assert len(look(world, "john smith").found) == 4


def test_a_date_of_birth_alone_brings_nobody_of_another_name(world: World) -> None:
    world.mention("Archer", "Tom", "1985-03-12")

    assert names(look(world, "john smith 12/3/1985")) == []
    assert names(look(world, "12/3/1985")) == ["ARCHER, Tom"]


def test_reasons_are_those_of_all_records_of_a_person(world: World) -> None:
    a = world.mention("Smith", "John", phone="07700 900123")
    b = world.mention("Smyth", "Jon", "1985-03-12")
    world.join(a, b)

    [one] = look(world, "jon smith 07700 900123 12/3/1985").found
    assert {r.words for r in one.reasons} >= {"telephone number is the same", "date of birth is the same"}
    assert {m.key for m in one.person.mentions} == {a.key, b.key}


def test_at_most_fifty_are_shown_and_it_says_so(world: World) -> None:
    for n in range(MOST + 3):
        world.mention("Smith", f"John {'abcdefgh'[n % 8]}", f"19{50 + n % 40}-01-{1 + n % 28:02}")

    found = look(world, "john smith")
    assert len(found.found) == MOST
    assert found.more
    assert not look(world, "john smith 1/1/1950").more


def test_an_answer_is_the_same_whatever_the_order_of_arrival(world: World) -> None:
    told = [("Smith", "John", "1985-03-12"), ("Smith", "Jon", "1985-03-12"), ("Smyth", "John", "1985-03-12")]
    for one in told:
        world.mention(*one)
    before = [(r.person.ref, r.points) for r in look(world, "john smith 12/3/85").found]
    rows = list(Known.objects.order_by("-pk"))
    Known.objects.all().delete()
    for row in rows:
        row.pk = None
        row.save(force_insert=True)
    names_held.forget()

    assert [(r.person.ref, r.points) for r in look(world, "john smith 12/3/85").found] == before


def test_new_names_are_searched_at_once(world: World) -> None:
    world.mention("Archer", "Tom")
    look(world, "archer")
    world.mention("Featherstonehaugh", "Tom")

    assert names(look(world, "fetherstonehaugh")) == ["FEATHERSTONEHAUGH, Tom"]


@pytest.mark.parametrize(
    "words", ["smith", "jon smith", "smith 12/3/1985", "07700 900123", "EX/9", "12 high street", "smyth j"]
)
def test_what_may_not_be_seen_leaves_no_trace(world: World, words: str) -> None:
    """The council's officer sees the open class alone: a hidden person, added, changes nothing of what is given."""
    world.mention("Smith", "Jonathan", "1985-03-12", open=True)
    before = look(world, words, user=world.pat)
    hidden = world.mention(
        "Smith",
        "Jon",
        "1985-03-12",
        reference="EX/9",
        phone="07700 900123",
        address="12 High Street",
        postcode="CM1 1AA",
    )
    world.join(hidden, Known.objects.get(forenames="Jonathan"))
    after = look(world, words, user=world.pat)

    assert _told(after) == _told(before)
    assert hidden.ref in {r.person.ref for r in look(world, words).found} | {
        m.ref for r in look(world, words).found for m in r.person.mentions
    }


def _told(found: SearchResult) -> Any:
    people = [(r.person.ref, r.person.name, r.person.keys, r.points, r.reasons, r.markers) for r in found.found]
    return people, found.more, found.understood, found.sources, found.elsewhere


def test_hidden_rows_push_out_no_visible_ones(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peelian.identity.search.EACH", 5)
    for n in range(20):
        world.mention("Smith", "John", f"1980-01-{n + 1:02}")
    seen = world.mention("Smith", "John", "1999-09-09", open=True)

    assert [r.person.ref for r in look(world, "john smith", user=world.pat).found] == [seen.ref]


def test_the_owner_of_a_hidden_record_learns_of_the_search_and_the_searcher_does_not(world: World) -> None:
    hidden = world.mention("Smith", "John", "1985-03-12")
    world.mention("Archer", "Tom")
    look(world, "john smith", user=world.pat)

    [hit] = hidden_hits(world.actor())
    assert (hit.ref, hit.by, hit.agency, hit.purpose, hit.at) == (hidden.ref, "pat", "council", "prevention", AT)
    assert not hidden_hits(world.actor(world.pat)).exists()
    look(world, "john smith")
    assert HiddenHit.objects.count() == 1, "who may see it alerts nobody"


def test_a_search_asks_the_hidden_rows_as_much_whether_there_are_any(world: World) -> None:
    from django.db import connection

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            look(world, "john smith 12/3/85", user=world.pat)
        return len(queries)

    world.mention("Archer", "Tom", open=True)
    before = asked()
    world.mention("Archer", "Tim")
    assert asked() == before


def test_the_log_holds_who_was_shown_and_the_kinds_of_words_but_not_the_words(world: World) -> None:
    """Data Protection Act 2018, s.62(2) and (3): justification, time, who consulted; the subjects are those shown."""
    one = world.mention("Smith", "John", "1985-03-12")
    look(world, "john smith 12/3/85", reason="report of a theft")

    entry = Entry.objects.get(what="search for a person")
    assert (entry.verb, entry.user, entry.purpose, entry.reason, entry.at) == (
        "consultation", "ann", "prevention", "report of a theft", AT,
    )  # fmt: skip
    assert entry.detail["asked by"] == ["date of birth", "name"]
    assert list(Subject.objects.filter(entry=entry.pk).values_list("ref", flat=True)) == [ref_of(one.key)]
    assert "smith" not in str(vars(entry)).lower()


def test_as_known_on_a_past_day(world: World) -> None:
    world.mention("Smith", "John", feed="safety-markers", role="weapons")

    assert look(world, "john smith", known_on=AT + timedelta(hours=1)).found
    assert not look(world, "john smith", known_on=AT - timedelta(hours=1)).found


def test_safety_markers_come_with_the_result(world: World) -> None:
    a = world.mention("Smith", "John", "1985-03-12")
    b = world.mention("Smith", "John", "1985-03-12", feed="safety-markers", role="weapons")
    world.join(a, b)

    [one] = look(world, "john smith").found
    assert [(m.kind, m.safety) for m in one.markers] == [("weapons", True)]
    assert one.person.said == [Known.objects.get(pk=a.pk)]


def test_silence_is_unknown_and_more_may_be_held(world: World) -> None:
    world.mention("Archer", "Tom")
    found = look(world, "nobody atall")

    assert found.elsewhere == ELSEWHERE
    assert {s.silent for s in found.sources if s.feed == "force-people"} == {""}
    assert not found.found


def test_the_number_of_questions_has_a_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    for n in range(30):
        a = world.mention("Smith", "John", f"19{50 + n}-03-12", phone="07700 900123")
        world.join(a, world.mention("Smyth", "Jon", f"19{50 + n}-03-12"))
    with CaptureQueriesContext(connection) as queries:
        look(world, "john smith 07700 900123 12/3/1965 EX/1 CM1 1AA")

    assert len(queries) <= 45


def test_a_name_that_only_hidden_people_bear_is_no_suggestion(world: World) -> None:
    world.mention("Smithson", "John")

    found = look(world, "smithsen", user=world.pat)
    assert replace(found, sources=[]) == SearchResult([("name", "smithsen")], [], False, [])


def test_another_clock_gives_another_age(world: World) -> None:
    world.mention("Smith", "John", "1985-11-21")
    day = datetime(2026, 11, 21, 9, tzinfo=AT.tzinfo)

    assert search("smith 41", actor=world.actor(), at=day).found
    assert not look(world, "smith 41").found
