"""Why a pair has its weight, in words; and one typed record, matched while the user waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl
from django.db.models import Q, QuerySet

from . import model as declared
from .models import Known, Seen
from .scores import agree, bits, columns, prepared, step_of
from .standardise import MENTION, standardise
from .training import Frozen


@dataclass(frozen=True)
class Reason:
    """What was compared, what was found, and how much that says: more than 0 for one person, less for two.

    Parameters
    ----------
    what, found : str
        Such as ``Surname`` and ``the same surname``; never a value of a record.
    weight : int
        Thousandths of a bit; the reasons of a pair add up to its weight.
    """

    what: str
    found: str
    weight: int


@dataclass(frozen=True)
class Match:
    """A held mention (its key) that may be the person of a typed record."""

    key: str
    weight: int
    reasons: tuple[Reason, ...]


def explain(model: Frozen, one: pl.DataFrame, other: pl.DataFrame) -> list[Reason]:
    """Why two mentions have their weight: a reason a comparison, and first the odds before anything is compared.

    Parameters
    ----------
    one, other : polars.DataFrame
        A mention each, from `standardise.standardise`.
    """
    first, second = sorted((one, other), key=lambda m: str(m["key"][0]))  # as the scores take a pair
    return list(next(_matches(model, first, second, "true"))[1])


def score_one(model: Frozen, record: Mapping[str, Any], held: QuerySet[Known]) -> list[Match]:
    """The held mentions that one typed record may be of, by weight descending; the same weights as `score_new` gives.

    Parameters
    ----------
    record : mapping
        Some of surname, forenames, sex, born_on (datetime.date), phone, address, postcode; the rest is not known.
    held : QuerySet of Known
        What the reader may see; give it through `access.actor.visible`.
    """
    mention = standardise(
        pl.DataFrame([{**dict.fromkeys(MENTION), "key": "", "feed": "", "reference": "", **record}], schema=MENTION)
    )
    found = held.filter(_may_agree(mention.row(0, named=True), record)).values_list(
        "key", "feed", "reference", "role", "surname", "forenames", "sex", "born_on", "phone", "address", "postcode"
    )
    names = [name for name in MENTION if name != "content"]
    rows = pl.DataFrame(list(found), schema={name: MENTION[name] for name in names}, orient="row")
    candidates = standardise(rows.with_columns(content=pl.lit(None, pl.String)))
    met = " OR ".join(f"({agree(key)})" for key in model.keys)
    matches = [
        Match(key, sum(r.weight for r in why), tuple(why)) for key, why in _matches(model, mention, candidates, met)
    ]
    return sorted((m for m in matches if m.weight >= model.lower), key=lambda m: (-m.weight, m.key))


def _may_agree(mention: Mapping[str, Any], record: Mapping[str, Any]) -> Q:
    """Every held mention that agrees with the record in one of the model's keys, and more: found by the indexes of `Known`."""
    asked = Q(pk__in=[])
    if record.get("born_on"):
        asked |= Q(born_on=record["born_on"])
    if mention["postcode"]:
        bare = mention["postcode"]
        asked |= Q(postcode__in=[bare, f"{bare[:-3]} {bare[-3:]}", record["postcode"]])
    surname, forename = mention["surname"], mention["forename"]
    if surname and forename:
        for first, second in ((surname, forename), (forename, surname)):
            asked |= Q(surname_key=first) & (Q(forenames_key=second) | Q(forenames_key__startswith=f"{second} "))
    if mention["phone"]:
        asked |= Q(key__in=Seen.objects.filter(kind="phone", value=mention["phone"]).values("key"))
    return asked


_own = threading.local()  # a DuckDB connection is no thing to share between threads, and takes 20 ms to open


def _matches(model: Frozen, one: pl.DataFrame, others: pl.DataFrame, met: str) -> Iterator[tuple[str, list[Reason]]]:
    """The key of each of `others` that meets a condition with `one`, and the reasons of the pair."""
    con: duckdb.DuckDBPyConnection = _own.__dict__.get("con") or _own.__dict__.setdefault(
        "con", duckdb.connect(config={"threads": 1})
    )
    one, others = prepared(model, one), prepared(model, others)
    con.register("one", one.to_arrow())
    con.register("others", others.to_arrow())
    parts = ", ".join(
        f"{step_of(c)} AS s{n}, {bits(c)} AS w{n}" for n, c in enumerate(model.comparisons)
    )  # fmt: skip
    rows = con.execute(
        f"SELECT key_r, {parts} FROM (SELECT {columns(one.columns)} FROM one l JOIN others r "
        f"ON ({met}) AND {declared.APART})"
    ).fetchall()
    con.unregister("one")
    con.unregister("others")
    start = Reason("Before anything is compared", "two mentions taken at random", round(1000 * model.prior))
    for key, *told in rows:
        yield (
            key,
            [
                start,
                *(
                    Reason(
                        declared.WORDS.get(c["output_column_name"], c["output_column_name"]),
                        c["comparison_levels"][told[2 * n]].get("label_for_charts", ""),
                        told[2 * n + 1],
                    )
                    for n, c in enumerate(model.comparisons)
                ),
            ],
        )
