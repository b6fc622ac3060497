"""Spoilt files by the thousand: each is read or refused in words, and every record of it is told once."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.records.generated import TOKEN, Made, made

from peelian.core.errors import PeelianError
from peelian.records import formats, lake, landing, noticing, reading, staging
from peelian.records.failures import plain_failures
from peelian.records.feeds import FEEDS
from peelian.records.models import Batch, Quarantined

ON = date(2026, 11, 1)
MEMORY = 400 << 10  # kB by which the process may grow
STAGED = 5  # one input in so many is checked row by row as well
TABLES = ("raw", "odd", "after", "counted", "again")


def read(one: Made, path: Path) -> Iterator[tuple[reading.Source, reading.Form]]:
    """The files in an input with their forms, as a landing looks at them."""
    with plain_failures(path.name):
        for source in formats.sources(path, one.feed):
            yield source, formats.look(source, one.feed)


def records(source: reading.Source, form: reading.Form) -> tuple[list[tuple[Any, ...]], list[int]]:
    """Rows with their lines, and the lines of what is no row."""
    rows: list[tuple[Any, ...]] = []
    odd: list[int] = []
    for block in formats.blocks(source, form):
        rows += zip(*(block.table.column(i).to_pylist() for i in range(block.table.num_columns)), strict=True)
        odd += [line for line, _, _ in block.odd]
    return rows, odd


def hold(one: Made, path: Path, con: Any | None) -> bool:
    """Whether the input was read; everything that must hold of any input is asserted on the way.

    Checking the rows costs ten times what reading costs: it is done where a session `con` is given.
    """
    path.write_bytes(one.raw)
    try:
        for source, form in read(one, path):
            assert not any(TOKEN in note for note in form.notes), form.notes
            with plain_failures(path.name):
                rows, odd = records(source, form)
            lines = sorted([row[0] for row in rows] + odd)
            assert len(set(lines)) == len(lines), "a line was told twice"
            if form.kind == "text":
                clean, reading._clean = reading._clean, lambda stretch, delimiter: False
                try:
                    assert records(source, form) == (rows, odd), "the two readers differ"
                finally:
                    reading._clean = clean
            if con is not None:
                staged(one, source, form, con, len(rows), len(odd))
    except PeelianError as error:
        assert error.summary and error.fix and error.where, str(error)
        assert TOKEN not in str(error), str(error)
        return False
    return True


def staged(one: Made, source: reading.Source, form: reading.Form, con: Any, rows: int, odd: int) -> None:
    """Every record read is accepted, quarantined or a repeat."""
    try:
        with plain_failures(source.name):
            notes = staging.stage(con, one.feed, form, formats.blocks(source, form), ON, None)
            staging.judge(con, one.feed)
            notes += noticing.notes(con, one.feed, ON)
        assert not any(TOKEN in note for note in notes), notes
        verdicts = dict(con.execute("SELECT verdict, count(*) FROM judged GROUP BY 1").fetchall())
        (aside,) = con.execute("SELECT count(*) FROM odd").fetchone()
        assert set(verdicts) <= {"accepted", "quarantined", "repeat", "withdrawn"}
        assert (sum(verdicts.values()), aside) == (rows, odd)
    finally:
        empty(con)


def empty(con: Any) -> None:
    """Take the staged rows out of a session, to use it again."""
    con.execute("DROP VIEW IF EXISTS judged; DROP VIEW IF EXISTS identified")
    for table in TABLES:
        con.execute(f"DROP TABLE IF EXISTS {table}")


def run(numbers: range, plain: dict[str, dict[str, str]], folder: Path) -> list[bool]:
    con = lake.session()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results = []
    for number in numbers:
        one = made(number, FEEDS, plain)
        try:
            results.append(hold(one, folder / one.name, con if number % STAGED == 0 else None))
        except BaseException as error:
            raise AssertionError(f"input number {number} ({one.feed.name}, {one.name}): {error!r}") from error
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MEMORY, f"the memory grew by {grown >> 10} MB"
    return results


def landed(numbers: range, plain: dict[str, dict[str, str]], folder: Path, actor: Any, at: datetime) -> None:
    """The same through the whole way, into lake and store."""
    for number in numbers:
        one = made(number, FEEDS, plain)
        path = folder / one.name
        path.write_bytes(one.raw)
        for result in landing.ingest(one.feed.name, [path], actor=actor, at=at):
            if result.error:
                assert "fix" in result.error and TOKEN not in result.error, (number, result.error)
            else:
                assert result.read == result.accepted + result.quarantined + result.repeats, (number, result)
        assert not Batch.objects.exclude(state=Batch.LANDED).exists(), number
    for batch in Batch.objects.all():
        assert Quarantined.objects.filter(batch=batch).count() == batch.quarantined


def test_thousands_of_spoilt_files_are_read_or_refused_in_words(
    lake_home: Path, plain: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    results = run(range(2_000), plain, tmp_path)
    assert 0.2 < sum(results) / len(results) < 0.9  # neither all good nor all refused at the door


def test_spoilt_files_land_whole_or_not_at_all(
    lake_home: Path, actor: Any, at: datetime, plain: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    landed(range(200_000, 200_040), plain, tmp_path, actor, at)


@pytest.mark.long
def test_five_hundred_spoilt_files_land_whole_or_not_at_all(
    lake_home: Path, actor: Any, at: datetime, plain: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    landed(range(300_000, 300_500), plain, tmp_path, actor, at)


@pytest.mark.long
@pytest.mark.parametrize("start", range(0, 100_000, 10_000))
def test_a_hundred_thousand_spoilt_files_are_read_or_refused_in_words(
    lake_home: Path, plain: dict[str, dict[str, str]], tmp_path: Path, start: int
) -> None:
    run(range(start, start + 10_000), plain, tmp_path)
