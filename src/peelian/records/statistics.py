"""Comparisons of forces from official statistics, each with its interval and the figure of all forces beside it.

A figure says how a force recorded, not how well it worked: outcomes depend on what is recorded at all, stops on who is counted as
living there (the census of 2011), and the largest counts make every small difference certain.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from peelian.access.actor import Actor, allowed_classes
from peelian.analysis.rates import rate_interval, share_interval
from peelian.core.errors import InvalidInput, PeelianError

from . import formats, lake
from .feeds import statistics as declared
from .feeds.declare import Feed
from .reading import Refused

TABLES: dict[str, Feed] = {
    "outcomes": declared.OUTCOMES,
    "stops": declared.STOPS,
    "severity": declared.SEVERITY,
    "workforce": declared.WORKFORCE,
}
ALL = "All forces"
# Of 44 forces two would fall outside a 95 % interval by chance: a funnel plot's outer limits (Spiegelhalter 2005) take 99.8 %.
OUTER = 0.998
LEAST_RATIO = 0.85  # full-time equivalent to headcount of officers; lower is taken for a slip of the source (design)
OFFICER = "police officer"
WHITE = "White"


def table_of(path: Path) -> Feed:
    """The table whose header a file has.

    Raises
    ------
    Refused
        If it is no table of these, or cannot be read.
    """
    source = formats.sources(path, declared.OUTCOMES)[0]
    refusals = []
    for feed in TABLES.values():
        try:
            formats.look(source, feed)
        except Refused as error:
            refusals.append(error)
        else:
            return feed
    same = {error.summary for error in refusals}
    if len(same) == 1 and "header" not in refusals[0].summary:
        raise refusals[0]
    raise Refused(
        "the file has the header of no statistics table",
        where=source.name,
        matters="figures would be read from the wrong columns",
        fix="give one of: " + "; ".join(f"{f.title} ({', '.join(c.name for c in f.columns)})" for f in TABLES.values()),
    )


def _sql(actor: Actor, feed: Feed, sql: str) -> pl.DataFrame:
    """`sql` over the current rows of a table as ``rows``: force, period, dimension, value, and its own cells as ``cells``."""
    con = lake.session()
    source = lake.current(con, "figure", classes=allowed_classes(actor), feeds=[feed.name], cells=True)
    found = pl.from_arrow(con.sql(f"WITH rows AS (SELECT * FROM {source}) {sql}").to_arrow_table())
    con.close()
    assert isinstance(found, pl.DataFrame)
    if found.is_empty():
        raise PeelianError(
            "no such statistics have been read",
            found=feed.title,
            fix="read them with `peelian statistics load FILE`",
            id="peelian.E404",
        )
    return found


def _one_force(frame: pl.DataFrame, force: str) -> pl.DataFrame:
    """The rows of a force and of all forces; every row without a force."""
    if not force:
        return frame
    wanted = frame.filter(pl.col("force").str.to_lowercase() == force.strip().lower())
    if wanted.is_empty():
        raise InvalidInput(
            "there is no such force in the table",
            found=repr(force),
            fix="use one of: " + ", ".join(sorted(set(frame["force"]) - {ALL})),
        )
    return pl.concat([wanted, frame.filter((pl.col("force") == ALL) & (wanted["force"][0] != ALL))])


def _spread(known: pl.Series, values: NDArray[np.float64], name: str) -> pl.Series:
    """`values` in the rows that are known, and nothing in the others."""
    column = np.full(len(known), np.nan)
    column[known.to_numpy()] = values
    return pl.Series(name, column).fill_nan(None)


def outcomes(actor: Actor, *, outcome: int = 1, force: str = "") -> pl.DataFrame:
    """Share of recorded offences that had an outcome, by force and financial year.

    Parameters
    ----------
    outcome : int, default 1
        Home Office outcome type; 1 is charged or summonsed.
    force : str, optional
        One force beside all forces; every force, without it.

    Returns
    -------
    polars.DataFrame
        year, force, offences, with_outcome, share (per cent), low and high (exact 95 % interval, per cent), and against_all: ``lower``,
        ``higher``, ``alike`` or ``not given``, by whether the share of all forces lies outside this force's exact 99.8 % interval. Offences of a
        quarter that a later return took back are counted below nought, as published.
    """
    if not 0 <= outcome <= 22:
        raise InvalidInput(
            "there is no such outcome type", found=str(outcome), fix="give a Home Office type from 0 to 22"
        )
    found = _sql(
        actor,
        declared.OUTCOMES,
        f"SELECT period AS year, coalesce(force, '{ALL}') AS force, CAST(sum(value) AS BIGINT) AS offences, "
        f"CAST(coalesce(sum(value) FILTER (dimension = '{outcome}'), 0) AS BIGINT) AS with_outcome "
        "FROM rows GROUP BY GROUPING SETS ((period, force), (period)) ORDER BY year, force",
    )
    # Offences taken back may leave fewer than had the outcome: then there is no share.
    sound = pl.col("with_outcome").is_between(0, pl.col("offences")) & (pl.col("offences") > 0)
    known = found.select(sound).to_series()
    part, all_of_it = (found.filter(known)[c] for c in ("with_outcome", "offences"))
    share, low, high = share_interval(part, all_of_it)
    _, outer_low, outer_high = share_interval(part, all_of_it, level=OUTER)
    named = {"share": share, "low": low, "high": high, "_l": outer_low, "_h": outer_high}
    found = found.with_columns(_spread(known, 100 * values, name) for name, values in named.items())
    whole = found.filter(force=ALL).select("year", all="share")
    found = found.join(whole, on="year", how="left", maintain_order="left").with_columns(
        against_all=pl.when(pl.col("force") == ALL).then(pl.lit(""))
        .when(pl.col("_l").is_null()).then(pl.lit("not given"))
        .when(pl.col("all") < pl.col("_l")).then(pl.lit("higher"))
        .when(pl.col("all") > pl.col("_h")).then(pl.lit("lower"))
        .otherwise(pl.lit("alike"))
    )  # fmt: skip
    return _one_force(found.drop("_l", "_h", "all"), force)


def stops(actor: Actor, *, year: str = "", force: str = "") -> pl.DataFrame:
    """Stops and searches for 1,000 people by ethnicity, and how often each group is stopped for each White person.

    Parameters
    ----------
    year : str, optional
        A financial year such as ``2017/18``; the latest, without it.
    force : str, optional
        One force beside all forces (without British Transport Police); every force, without it.

    Returns
    -------
    polars.DataFrame
        year, force, ethnicity (of the 5+1 groups), searches, population, rate, low and high (exact 95 % Poisson interval), times_white
        with times_low and times_high (95 %, by the logarithm). Empty where the publisher gives no number.
    """
    wanted = f"'{_financial(year)}'" if year else "(SELECT max(period) FROM rows)"
    found = _sql(
        actor,
        declared.STOPS,
        f"SELECT period AS year, CASE force WHEN 'All - excluding BTP' THEN '{ALL}' ELSE force END AS force, dimension AS ethnicity, "
        "CAST(value AS BIGINT) AS searches, CAST(TRY_CAST(cells.population AS DOUBLE) AS BIGINT) AS population FROM rows "
        f"WHERE period = {wanted} AND cells.classification IN ('ONS 2001 5+1', 'All') ORDER BY force, ethnicity",
    )
    known = found["searches"].is_not_null() & (found["population"].fill_null(0) > 0)
    given = found.filter(known)
    rates = rate_interval(given["searches"], given["population"])
    found = found.with_columns(_spread(known, v, name) for name, v in zip(("rate", "low", "high"), rates, strict=True))
    white = found.filter(ethnicity=WHITE).select("force", _rate="rate", _searches="searches")
    # A ratio of two Poisson rates: the variance of its logarithm is the sum of the inverse counts.
    width = 1.96 * (1 / pl.col("searches") + 1 / pl.col("_searches")).sqrt()
    ratio = pl.col("rate") / pl.col("_rate")
    shown = pl.col("ethnicity").is_in([WHITE, "All"]).not_() & (pl.col("searches") > 0) & (pl.col("_searches") > 0)
    return _one_force(
        found.join(white, on="force", how="left", maintain_order="left")
        .with_columns(
            pl.when(shown).then(ratio * scale).alias(name)
            for name, scale in (
                ("times_white", pl.lit(1.0)),
                ("times_low", (-width).exp()),
                ("times_high", width.exp()),
            )
        )
        .drop("_rate", "_searches"),
        force,
    )


def _financial(year: str) -> str:
    if not re.fullmatch(r"20\d\d/\d\d", year):
        raise InvalidInput("that is no financial year", found=repr(year), fix="write it as 2017/18")
    return year


def severity(actor: Actor, *, force: str = "") -> pl.DataFrame:
    """The Crime Severity Score of all recorded crime by force and year: force, year_ending, score, all_forces (England and Wales)."""
    found = _sql(
        actor,
        declared.SEVERITY,
        "SELECT period AS year_ending, force, value AS score FROM rows WHERE dimension = 'Total recorded crime' ORDER BY force, period",
    )
    whole = found.filter(pl.col("force") == "ENGLAND AND WALES").select("year_ending", all_forces="score")
    found = found.filter(pl.col("force") != "ENGLAND AND WALES")
    return _one_force(found.join(whole, on="year_ending", how="left", maintain_order="left"), force)


def workforce(actor: Actor, *, force: str = "") -> pl.DataFrame:
    """Police officers by force and date: force, date, headcount, fte, ratio, and odd where the two lie too far apart to be true."""
    found = _sql(
        actor,
        declared.WORKFORCE,
        f"SELECT period AS date, coalesce(force, '{ALL}') AS force, CAST(sum(value) AS BIGINT) AS headcount, "
        "sum(TRY_CAST(cells.total_fte AS DOUBLE)) AS fte "
        f"FROM rows WHERE dimension = '{OFFICER}' GROUP BY GROUPING SETS ((period, force), (period)) ORDER BY force, date",
    ).with_columns(ratio=pl.col("fte") / pl.col("headcount"))
    # Volunteers have no full-time equivalent: nought is not given, and only officers are compared.
    odd = pl.when(pl.col("ratio") < LEAST_RATIO).then(
        pl.lit("check: headcount and full-time equivalent lie too far apart")
    )
    return _one_force(found.with_columns(odd=odd.otherwise(pl.lit(""))), force)
