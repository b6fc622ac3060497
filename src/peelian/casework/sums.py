"""How many rows each measure has by area, month and class: sums, so that nothing that reads them all need count a million rows.

A write adds what it changed as a difference of its own, in its own transaction; no two writers meet in one row. What is read is always
the sum of sums and differences, in one statement; `fold` adds the differences to the sums now and then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from .models import Measured, MeasureSum

HIT, MISSED, LAPSES, OPEN = range(4)  # of four counts: yes, no, missed once its time has passed, not known yet
COUNTS = ("hits", "missed", "lapsing", "unknown")  # their columns
CHUNK = 5_000  # differences folded in one transaction: a longer one keeps SQLite's other writers waiting

_CELL = "measure, area, month, record_class_id"
_OF = ", ".join(COUNTS)
_SUM = ", ".join(f"SUM({name}) AS {name}" for name in COUNTS)
# Both sides in one statement are of one instant, whoever writes meanwhile.
_WRONG = f"""SELECT {_CELL}, {_SUM} FROM (
    SELECT {_CELL}, SUM(CASE WHEN hit THEN 1 ELSE 0 END) AS hits, SUM(CASE WHEN NOT hit THEN 1 ELSE 0 END) AS missed,
        SUM(CASE WHEN hit IS NULL AND lapses THEN 1 ELSE 0 END) AS lapsing,
        SUM(CASE WHEN hit IS NULL AND NOT lapses THEN 1 ELSE 0 END) AS unknown
    FROM casework_measured GROUP BY {_CELL}
    UNION ALL SELECT {_CELL}, {", ".join(f"-SUM({name})" for name in COUNTS)} FROM casework_measuresum GROUP BY {_CELL}) AS held
    GROUP BY {_CELL} HAVING {" OR ".join(f"SUM({name}) <> 0" for name in COUNTS)}"""

Cell = tuple[str, str, int, str]  # measure, area, month, class


def column(hit: bool | None, lapses: bool) -> int:
    """Under which of the four a row counts."""
    return OPEN if hit is None and not lapses else LAPSES if hit is None else HIT if hit else MISSED


def changed(before: Iterable[Measured], after: Iterable[Measured]) -> None:
    """Write down what rows that go, and rows that come, do to the sums; in the transaction that writes the rows."""
    found: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for rows, sign in ((before, -1), (after, 1)):
        for row in rows:
            found[row.measure, row.area, row.month, row.record_class_id][column(row.hit, row.lapses)] += sign
    MeasureSum.objects.bulk_create(
        MeasureSum(measure=measure, area=area, month=month, record_class_id=code, **dict(zip(COUNTS, n, strict=True)))
        for (measure, area, month, code), n in found.items()
        if any(n)
    )


def fold() -> int:
    """Add the differences to the sums; how many there were. Workers that fold at once take different ones."""
    done = 0
    while found := _fold():
        done += found
    return done


@transaction.atomic
def _fold() -> int:
    loose = MeasureSum.objects.select_for_update(skip_locked=True).filter(kept=False).order_by("pk")
    found: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    gone = []
    for pk, measure, area, month, code, *n in loose.values_list("pk", *_CELL.split(", "), *COUNTS)[:CHUNK]:
        gone.append(pk)
        found[measure, area, month, code] = [a + b for a, b in zip(found[measure, area, month, code], n, strict=True)]
    if gone:
        added = ", ".join(f"{name} = casework_measuresum.{name} + excluded.{name}" for name in COUNTS)
        with connection.cursor() as cursor:
            cursor.executemany(  # in one order, so that two that fold never wait for each other in a ring
                f"INSERT INTO casework_measuresum (kept, {_CELL}, {_OF}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                f" ON CONFLICT ({_CELL}) WHERE kept DO UPDATE SET {added}",
                [(True, *cell, *n) for cell, n in sorted(found.items()) if any(n)],
            )
        MeasureSum.objects.filter(kept=False, pk__in=gone).delete()
    return len(gone)


def read(
    measures: Sequence[str], by: str, *, classes: Sequence[str], since: int, until: int
) -> dict[str, dict[Any, list[int]]]:
    """The counts of measures over months, of the classes that a reader may see.

    Parameters
    ----------
    by : {"area", "month"}
    until : int
        The month that runs: what lapses in it is not known yet, what lapsed in one before was missed.

    Returns
    -------
    dict of str to dict
        By measure (kind.name), then by area or month: how many rows count, do not, and are not known yet.
    """
    found: dict[str, dict[Any, list[int]]] = {measure: {} for measure in measures}
    if not (measures and classes):
        return found
    over = connection.ops.quote_name(by)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT measure, {over}, SUM(hits), SUM(CASE WHEN month < %s THEN missed + lapsing ELSE missed END),"
            " SUM(CASE WHEN month < %s THEN unknown ELSE unknown + lapsing END)"
            f" FROM casework_measuresum WHERE measure IN ({_marks(measures)}) AND month >= %s AND month <= %s"
            f" AND record_class_id IN ({_marks(classes)}) GROUP BY measure, {over}",
            [until, until, *measures, since, until, *classes],
        )
        for measure, name, *n in cursor.fetchall():
            found[measure][name] = n
    return found


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def wrong() -> tuple[Any, ...] | None:
    """The first cell whose sum is not the number of its rows: measure, area, month, class, and by how much; None where all are."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_WRONG} LIMIT 1")
        first: tuple[Any, ...] | None = cursor.fetchone()
    return first


@transaction.atomic
def mend() -> int:
    """Write what is missing between the sums and the rows as differences: after rows were written by other means; how many cells."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # two that mend at once would both add what is missing; writers go on
            cursor.execute("LOCK TABLE casework_measuresum IN SHARE UPDATE EXCLUSIVE MODE")
        cursor.execute(
            f"INSERT INTO casework_measuresum (kept, {_CELL}, {_OF}) SELECT (1 = 0), wrong.* FROM ({_WRONG}) AS wrong"
        )
        return int(cursor.rowcount)
