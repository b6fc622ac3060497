"""The counts of a profile as release control sees them: by area, month and category, down to LSOAs and single months.

More is given than is shown: what another edition of other areas or a longer period would tell by subtraction is then found
when it is planned (`peelian.access.release.CountTable`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from peelian.access.release import ALL, CountTable
from peelian.core.errors import InvalidInput

from .part import say_days
from .scope import Scope

FORCE, NO_KIND = "the force", "none recorded"
KINDS = {"offence": "Kinds of offence", "location_type": "Kinds of place"}

Axis = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Axes:
    """The codes of a profile's counts, each axis with its total first.

    Attributes
    ----------
    measure : str
        What is counted. Themes that select alike are one measure, whatever they are called.
    area, period, category : mapping of str to tuple of str
        As `CountTable.axes`.
    """

    measure: str
    area: Axis
    period: Axis
    category: Axis

    @classmethod
    def of(cls, scope: Scope) -> Axes:
        """The axes of a scope.

        Raises
        ------
        InvalidInput
            ``peelian.E512`` if the period is not whole months.
        """
        return cls(_measure(scope), _areas(scope), _period(scope), _categories(scope))


def placed(scope: Scope) -> bool:
    """Whether counts go down to LSOAs: boundaries are loaded, and some event lies in one."""
    return bool(scope.lsoas) and not scope.inside.is_empty()


def counted(scope: Scope) -> pl.DataFrame:
    """The events of a shareable edition: those in an LSOA of the area, wherever counts go down to LSOAs.

    The few without an LSOA would be what the whole leaves of its districts; as a small count that must not be told they would take
    the districts with them.
    """
    return scope.inside if placed(scope) else scope.events


def release_tables(scope: Scope) -> tuple[CountTable, ...]:
    """The tables of a shareable edition; which codes of them are to be shown stands in each.

    Raises
    ------
    InvalidInput
        ``peelian.E512`` if the period is not whole months.
    """
    axes = Axes.of(scope)
    whole, span, every = (next(iter(axis)) for axis in (axes.area, axes.period, axes.category))
    events = counted(scope).with_columns(_area=pl.col("area") if placed(scope) else pl.lit(whole))
    by = {"area": axes.area, "period": axes.period, "category": axes.category}
    finest = _counts(events, "_area", "month", "category")

    def shown(**codes: list[str]) -> CountTable:
        return CountTable(axes.measure, by, finest, {"area": [whole], "period": [span], "category": [every]} | codes)

    tables = [shown(period=list(axes.period)), shown(area=list(axes.area))]
    if len(axes.category) > 1:
        tables.append(shown(category=list(axes.category)))
    # Kinds go by district: an area that is no sum of districts could not be compared with one that is.
    if scope.whole or whole in scope.districts:
        home = {lsoa: code for code in axes.area if code != whole for lsoa in axes.area[code]}
        top = axes.area[whole] if scope.whole else ()
        districts = {whole: top, **dict.fromkeys(top, ())}
        by_district = events.with_columns(_area=pl.col("_area").replace(home) if scope.whole else pl.lit(whole))
        for column in KINDS:
            if by_district[column].ne("").any():
                kinds = by_district.with_columns(pl.col(column).replace("", NO_KIND))
                codes = sorted(kinds[column].unique().to_list())
                tables.append(
                    CountTable(
                        axes.measure,
                        {**by, "area": districts, column: {ALL: tuple(codes), **dict.fromkeys(codes, ())}},
                        _counts(kinds, "_area", "month", "category", column),
                        {"area": [whole], "period": [span], "category": [every]},
                    )
                )
    return tuple(tables)


def _counts(events: pl.DataFrame, *columns: str) -> dict[tuple[str, ...], int]:
    return {tuple(key): count for *key, count in events.group_by(columns).len().iter_rows()}


def _measure(scope: Scope) -> str:
    select = scope.theme.select
    conditions = [f"{name}: {', '.join(sorted(words))}" for name, words in (("kinds", select.kinds), ("offences", select.offences)) if words]  # fmt: skip
    return "; ".join([scope.feed, *conditions])


def _areas(scope: Scope) -> Axis:
    top = FORCE if scope.whole else scope.code
    if not placed(scope):
        return {top: ()}
    if not scope.whole:
        parts = tuple(code for code in scope.lsoas if code != top)
        return {top: parts, **dict.fromkeys(parts, ())}
    districts: dict[str, list[str]] = {}
    for code, lsoa in scope.lsoas.items():
        districts.setdefault(lsoa.parent, []).append(code)
    loose = districts.pop("", [])
    return {
        top: (*districts, *loose),
        **{code: tuple(own) for code, own in districts.items()},
        **dict.fromkeys(scope.lsoas, ()),
    }


def _period(scope: Scope) -> Axis:
    if scope.start.day != 1 or (scope.end + timedelta(days=1)).day != 1:
        raise InvalidInput(
            "a shareable edition is of whole months",
            found=say_days(scope.start, scope.end),
            matters="parts of months, beside other editions, could tell a small count",
            fix="begin on the first day of a month and end on the last of one",
            id="peelian.E512",
        )
    first, last = (day.year * 12 + day.month - 1 for day in (scope.start, scope.end))
    months = [f"{n // 12}-{n % 12 + 1:02}" for n in range(first, last + 1)]
    if len(months) == 1:
        return {months[0]: ()}
    return {f"{months[0]} to {months[-1]}": tuple(months), **dict.fromkeys(months, ())}


def _categories(scope: Scope) -> Axis:
    chosen = sorted(scope.theme.select.categories)
    if len(chosen) == 1:
        return {chosen[0]: ()}
    codes = chosen or sorted(counted(scope)["category"].unique().to_list())
    return {" + ".join(chosen) or ALL: tuple(codes), **dict.fromkeys(codes, ())}
