"""Identity, editions and what is current, against a plain-Python oracle of ADR 1, in any order of arrival and on both engines."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings as installation
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from peelian.records import lake, landing, quarantine, query
from peelian.records.feeds import FEEDS
from peelian.records.models import Batch, Event, Quarantined

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
DATES = [date(2018, 3, 1), date(2018, 4, 1), date(2018, 5, 1)]
MONTHS = ["2018-01", "2018-02"]


class Row(NamedTuple):
    """A row as far as it matters here: with or without an id, its month, what it says, and whether it can be accepted."""

    id: str
    month: str
    says: str
    good: bool = True

    def cells(self) -> dict[str, str]:
        """The cells of the source."""
        own = {"Crime ID": self.id * 64, "Crime type": "Burglary"} if self.id else {}
        return {"Month": self.month, "Location": self.says, "Latitude": "51.7354" if self.good else "91", **own}


Told = tuple[str, str, str]  # id, month, what it says


@dataclass
class Held:
    """A landed batch, as the oracle keeps it: rows by line, and the days on which they were stated."""

    digest: str
    rows: dict[int, Row]
    first: dict[
        tuple[str, str], int
    ]  # occurrences of a row without an id before this batch (a replay goes on counting)
    editions: list[tuple[date, str]]
    origin: Held | None = None

    def occurrences(self) -> set[tuple[str, str, int]]:
        """Rows without an id as (month, what they say, n-th)."""
        count = Counter(self.first)
        found = set()
        for _, row in sorted(self.rows.items()):
            if not row.id and row.good:
                count[row.month, row.says] += 1
                found.add((row.month, row.says, count[row.month, row.says]))
        return found


@dataclass
class Oracle:
    """ADR 1 in plain Python, with nothing shared with the code under test."""

    held: list[Held] = field(default_factory=list)

    def read(self, digest: str, rows: list[Row], published: date | None, at: datetime) -> None:
        """A file is read: the same bytes once more only add an edition, and only where a day is stated."""
        edition = (published or at.date(), "" if published else at.isoformat())
        known = next((b for b in self.held if b.digest == digest), None)
        if known is None:
            self.held.append(Held(digest, dict(enumerate(rows, start=2)), {}, [edition]))
            return
        for batch in self.held:
            if published and known in (batch, batch.origin) and published not in [day for day, _ in batch.editions]:
                batch.editions.append(edition)

    def replay(self, origin: Held, digest: str, rows: dict[int, Row], at: datetime) -> None:
        """Mended rows land with the editions of their file and go on with its counting."""
        counted: Counter[tuple[str, str]] = Counter()
        for batch in self.held:
            if origin in (batch, batch.origin):
                counted.update((r.month, r.says) for r in batch.rows.values() if r.good and not r.id)
        editions = [(day, told and at.isoformat()) for day, told in origin.editions]
        self.held.append(Held(digest, rows, dict(counted), editions, origin))

    def current(self) -> Counter[Told]:
        """The latest edition's word of each id; of rows without one, all that the month's latest edition states."""
        words: dict[str, tuple[Any, Told]] = {}
        top: dict[str, date] = {}
        for batch in self.held:
            for (day, told), (line, row) in itertools.product(batch.editions, batch.rows.items()):
                top[row.month] = max(day, top.get(row.month, day))
                if row.id and row.good:
                    word = ((day, told, batch.digest, line), (row.id * 64, row.month, row.says))
                    words[row.id] = max(word, words.get(row.id, word))
        stated = {
            told
            for batch in self.held
            for told in batch.occurrences()
            if top[told[0]] in [d for d, _ in batch.editions]
        }
        return Counter([*(told for _, told in words.values()), *(("", month, says) for month, says, _ in stated)])

    def accepted(self) -> int:
        """Versions held in all: pairs of an id and what is said of it, and occurrences of rows without one."""
        ids = {row for batch in self.held for row in batch.rows.values() if row.id and row.good}
        return len(ids) + len(set().union(*(batch.occurrences() for batch in self.held)) if self.held else [])


@contextmanager
def clean_house() -> Iterator[Path]:
    """An empty lake and store for one example; both are gone after it."""
    before = installation.HOME
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        installation.HOME = Path(folder) / "home"
        installation.HOME.mkdir()
        try:
            yield Path(folder)
        finally:
            installation.HOME = before
            transaction.set_rollback(True)


def lake_says(actor: Any, **how: Any) -> Counter[Told]:
    rows = query.events(actor, **how)
    months = [f"{start:%Y-%m}" for start in rows["start"]]
    return Counter(zip(rows["reference"], months, rows["place"], strict=True))


def store_says(actor: Any, **how: Any) -> Counter[Told]:
    rows = query.current(Event.objects.all(), actor, **how)
    return Counter(
        (reference, f"{start:%Y-%m}", place)
        for reference, start, place in rows.values_list("reference", "start", "place")
    )


class House:
    """The product and the oracle side by side."""

    def __init__(self, folder: Path, actor: Any, csv_of: Callable[..., bytes]) -> None:
        self.folder, self.actor, self.csv_of, self.oracle = folder, actor, csv_of, Oracle()
        self.at = START
        self.known: dict[datetime, Counter[Told]] = {}

    def read(self, rows: list[Row], published: date | None) -> landing.Result:
        """Read a file and compare counts."""
        path = self.folder / "file.csv"
        path.write_bytes(self.csv_of("police-uk-street", [row.cells() for row in rows]))
        before = self.oracle.accepted()
        (result,) = landing.ingest("police-uk-street", [path], actor=self.actor, at=self.at, published=published)
        assert not result.error
        again = any(b.digest == result.batch for b in self.oracle.held)
        self.oracle.read(result.batch, rows, published, self.at)
        assert result.read == len(rows) == result.accepted + result.quarantined + result.repeats
        assert result.accepted == self.oracle.accepted() - before
        assert result.quarantined == (0 if again else sum(not row.good for row in rows))
        return result

    def mend(self) -> None:
        """Mend all rows that wait of the first batch that has any, and replay them."""
        waiting = list(Quarantined.objects.filter(replayed_in=None).order_by("batch_id", "line"))
        if not waiting:
            return
        batch = waiting[0].batch
        origin = next(b for b in self.oracle.held if b.digest == batch.digest)
        rows = [row for row in waiting if row.batch_id == batch.pk]
        for row in rows:
            assert quarantine.mend(row, {"Latitude": "51.7354"}, reason="checked", actor=self.actor, at=self.at) == []
        before = self.oracle.accepted()
        result, left = landing.replay(Batch.objects.get(pk=batch.pk), actor=self.actor, at=self.at)
        assert result is not None and left == 0
        assert result.read == len(rows) == result.accepted + result.repeats
        mended = {row.line: origin.rows[row.line]._replace(good=True) for row in rows}
        self.oracle.replay(origin, result.batch, mended, self.at)
        assert result.accepted == self.oracle.accepted() - before

    def check(self) -> None:
        """What is current, in lake and store; and what was known at every instant before."""
        self.known[self.at] = self.oracle.current()
        assert lake_says(self.actor) == self.oracle.current()
        for at, known in self.known.items():
            assert store_says(self.actor, known_on=at) == known
        assert store_says(self.actor) == self.oracle.current()
        self.at += timedelta(hours=9)

    def check_history(self) -> None:
        """The lake's answers for every instant."""
        for at, known in self.known.items():
            assert lake_says(self.actor, known_on=at) == known
        assert lake_says(self.actor, known_on=START - timedelta(days=1)) == Counter()


ROWS = st.builds(
    Row,
    id=st.sampled_from(["a", "b", "", ""]),
    month=st.sampled_from(MONTHS),
    says=st.sampled_from(["High Street", "Mill Lane"]),
    good=st.sampled_from([True, True, True, False]),
)
FILES = st.lists(ROWS, max_size=6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2), st.sampled_from([None, *DATES])),
        st.tuples(st.integers(0, 2), st.sampled_from(DATES)),
        st.just("mend"),
    ),
    min_size=1,
    max_size=7,
)
CASES = {"files": st.lists(FILES, min_size=3, max_size=3), "steps": STEPS}
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
A, B, ASB = Row("a", MONTHS[0], "High Street"), Row("a", MONTHS[0], "Mill Lane"), Row("", MONTHS[0], "High Street")


def play(actor: Any, csv_of: Callable[..., bytes], files: list[list[Row]], steps: list[Any]) -> None:
    with clean_house() as folder:
        house = House(folder, actor, csv_of)
        for step in steps:
            if step == "mend":
                house.mend()
            else:
                house.read(files[step[0]], step[1])
            house.check()
        house.check_history()


@settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
@given(**CASES)
@example(files=[[A, B, A], [B], []], steps=[(0, DATES[1]), (1, DATES[0]), (1, DATES[2]), (0, None)])
@example(
    files=[[ASB, ASB, ASB._replace(good=False)], [ASB], [ASB] * 4],
    steps=[(2, DATES[0]), (0, DATES[1]), "mend", (1, DATES[2]), (0, DATES[2])],
)
@example(files=[[A, ASB], [B, ASB, ASB], []], steps=[(0, DATES[1]), (2, DATES[2]), (1, DATES[0]), (1, None), (0, None)])
def test_what_is_current_is_what_the_latest_edition_says(
    actor: Any, csv_of: Callable[..., bytes], files: list[list[Row]], steps: list[Any]
) -> None:
    """Lake, store and oracle agree after every step, and what was known on a day never changes later."""
    play(actor, csv_of, files, steps)


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
@given(**CASES)
def test_what_is_current_at_length(
    actor: Any, csv_of: Callable[..., bytes], files: list[list[Row]], steps: list[Any]
) -> None:
    play(actor, csv_of, files, steps)


@settings(max_examples=4, deadline=None, suppress_health_check=QUIET)
@given(
    files=st.lists(st.tuples(FILES, st.sampled_from(DATES)), min_size=2, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_changes_nothing_current(
    actor: Any, csv_of: Callable[..., bytes], files: list[tuple[list[Row], date]], order: Any
) -> None:
    """Law 9. Days are stated: a file without a date is dated by its arrival."""
    found = []
    other = [*files, *files[:1]]
    order.shuffle(other)
    for arrival in (files, other):
        with clean_house() as folder:
            house = House(folder, actor, csv_of)
            for rows, published in arrival:
                house.read(rows, published)
            found.append((lake_says(actor), store_says(actor)))
    assert found[0] == found[1]


# ---- the laws one by one, each with the reading of a person who checks it by hand


@pytest.fixture
def house(tmp_path: Path, lake_home: Path, actor: Any, csv_of: Callable[..., bytes]) -> House:
    return House(tmp_path, actor, csv_of)


def test_rows_alike_without_an_id_are_separate_incidents(house: House) -> None:
    result = house.read([ASB] * 3, DATES[0])
    assert (result.accepted, store_says(house.actor)) == (3, Counter({("", "2018-01", "High Street"): 3}))


def test_a_later_edition_of_a_month_replaces_its_count(house: House) -> None:
    house.read([ASB] * 3, DATES[0])
    result = house.read([ASB] * 2, DATES[1])
    assert (result.accepted, result.repeats) == (0, 2)
    assert store_says(house.actor).total() == 2


def test_the_same_id_with_other_content_is_a_new_version(house: House) -> None:
    house.read([A], DATES[0])
    result = house.read([B], DATES[1])
    assert (result.accepted, result.repeats) == (1, 0)
    assert store_says(house.actor) == Counter({("a" * 64, "2018-01", "Mill Lane"): 1})
    assert Event.objects.count() == 2  # the older version stays readable


def test_an_older_edition_read_late_changes_nothing_current(house: House) -> None:
    house.read([A, ASB], DATES[1])
    before = store_says(house.actor)
    result = house.read([B, ASB, ASB], DATES[0])
    assert (result.accepted, result.repeats) == (2, 1)
    assert store_says(house.actor) == lake_says(house.actor) == before


def test_an_id_that_a_later_edition_leaves_out_stays(house: House) -> None:
    house.read([A, Row("b", MONTHS[0], "Mill Lane")], DATES[0])
    house.read([A], DATES[1])
    assert store_says(house.actor).total() == 2


def test_an_id_twice_in_a_file_is_a_repeat_or_a_version(house: House) -> None:
    same = house.read([A, A], DATES[0])
    other = house.read([Row("b", MONTHS[0], "High Street"), Row("b", MONTHS[0], "Mill Lane")], DATES[0])
    assert (same.accepted, same.repeats) == (1, 1)
    assert (other.accepted, other.repeats) == (2, 0)
    assert store_says(house.actor)["b" * 64, "2018-01", "Mill Lane"] == 1  # the later line holds
    assert store_says(house.actor).total() == 2


def test_a_version_that_comes_back_is_a_repeat_and_current(house: House) -> None:
    house.read([A], DATES[0])
    house.read([B], DATES[1])
    result = house.read([A, ASB], DATES[2])
    assert (result.accepted, result.repeats) == (1, 1)
    assert store_says(house.actor)["a" * 64, "2018-01", "High Street"] == 1


def test_mended_rows_go_on_with_the_counting_of_their_file(house: House) -> None:
    """Two good rows and two mended ones alike are four; the same month sent clean later is all repeats."""
    bad = ASB._replace(good=False)
    house.read([ASB, bad, ASB, bad], DATES[0])
    house.mend()
    assert store_says(house.actor).total() == 4
    result = house.read([ASB] * 4, DATES[1])
    assert (result.accepted, result.repeats) == (0, 4)
    assert store_says(house.actor).total() == 4


def test_another_order_of_columns_is_the_same_content(house: House, csv_of: Callable[..., bytes]) -> None:
    house.read([A, ASB, ASB], DATES[0])
    path = house.folder / "turned.csv"
    header = csv_of("police-uk-street", []).decode().strip().split(",")
    path.write_bytes(csv_of("police-uk-street", [r.cells() for r in (A, ASB, ASB)], header=header[::-1]))
    (result,) = landing.ingest("police-uk-street", [path], actor=house.actor, at=house.at, published=DATES[1])
    assert (result.accepted, result.repeats) == (0, 3)


def test_a_column_nobody_expected_is_kept_and_part_of_the_content(house: House, csv_of: Callable[..., bytes]) -> None:
    header = csv_of("police-uk-street", []).decode().strip().split(",")
    path = house.folder / "more.csv"
    results = []
    for extra in (["Beat", "Team"], ["Team", "Beat"]):
        rows = [A.cells() | {"Beat": "C1", "Team": "North"}]
        path.write_bytes(csv_of("police-uk-street", rows, header=[*extra, *header]))
        (result,) = landing.ingest("police-uk-street", [path], actor=house.actor, at=house.at, published=DATES[0])
        results.append((result.accepted, result.repeats, sorted(result.notes)))
    notes = [f"column nobody expected, kept beside the row: {c}" for c in ("Beat", "Team")]
    assert results == [(1, 0, notes), (0, 1, notes)]
    rows = lake.relation(FEEDS["police-uk-street"])
    kept = lake.session().execute(f"SELECT extra FROM {rows} WHERE verdict = 'accepted'").fetchall()
    assert kept[0] == ('{"Beat":"C1","Team":"North"}',)


def test_without_a_date_the_day_of_reading_in_london_counts_and_is_said(house: House) -> None:
    """23:30 UTC in July is the next day in London."""
    house.at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    result = house.read([A], None)
    assert result.edition == "2026-07-02"
    assert result.notes == ["edition: the day of reading, since --published was not given"]
