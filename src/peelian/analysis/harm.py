"""Harm: crimes weighed by how serious they are, instead of counted alike.

Two families of weights, never mixed in one table. The Crime Severity Score of the Office for National Statistics follows the
sentences that courts pass; weights for police.uk categories are built in. The Cambridge Crime Harm Index follows the starting
points of sentencing guidelines; a force loads its own copy. Anti-social behaviour has no weight in either: it is counted
apart, and so is everything else without a weight. Nothing is silently worth nothing.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from statistics import median
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import Faults, InvalidInput, PeelianError

Level = Literal["offence", "class", "subgroup", "category", "none"]
Floats = NDArray[np.float64]

ASB = "anti-social-behaviour"


@dataclass(frozen=True)
class Weights:
    """Harm of one offence, by as narrow a name as is known.

    Attributes
    ----------
    name, version, unit, source : str
        Shown with every result.
    standing : str
        ``calculated`` where the weights are not the publisher's own but derived from its figures.
    offences : mapping
        By Home Office class code and offence title in lower case: ``("028/03", "burglary ...")``.
    classes : mapping
        By Home Office class code; the median where offences of a class differ.
    mixed_classes : frozenset of str
        The classes in which they do.
    subgroups : mapping
        By main class, the first three digits: median of the one offence subgroup that it belongs to.
    categories : mapping
        By police.uk category.
    """

    name: str
    version: str
    unit: str
    source: str
    standing: str
    offences: Mapping[tuple[str, str], float] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    mixed_classes: frozenset[str] = frozenset()
    subgroups: Mapping[str, float] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)

    @property
    def largest(self) -> float:
        """The gravest weight there is."""
        every = (self.offences, self.classes, self.subgroups, self.categories)
        return max(weight for weights in every for weight in weights.values())

    def find(
        self, category: str | None, ho_class: str | None = None, offence: str | None = None
    ) -> tuple[float, Level]:
        """Return the narrowest weight known and the level it comes from; not a number where there is none.

        Examples
        --------
        >>> ons_weights().find("robbery")
        (997.6, 'category')
        >>> ons_weights().find("anti-social-behaviour")
        (nan, 'none')
        """
        code, title = _class_code(ho_class or ""), (offence or "").strip().casefold()
        if (code, title) in self.offences:
            return self.offences[code, title], "offence"
        if code in self.classes:
            return self.classes[code], "class" if code in self.mixed_classes else "offence"
        if code and code[:3] in self.subgroups:
            return self.subgroups[code[:3]], "subgroup"
        if category is not None and category in self.categories:
            return self.categories[category], "category"
        return float("nan"), "none"


@lru_cache(maxsize=1)
def ons_weights() -> Weights:
    """Return the built-in weights for police.uk categories, from the ONS Crime Severity Score.

    Notes
    -----
    ONS publishes weights of offences, not of police.uk categories. These are **calculated**: the published score of Essex for
    the year to March 2018, divided by the offences of each group recorded. So they hold for a usual mix of offences, not for
    an area or month with an unusual one, and one weight stands for all theft, burglary with shoplifting.

    Examples
    --------
    >>> ons_weights().categories["burglary"], ons_weights().standing
    (147.5, 'calculated')
    """
    text = files("peelian.analysis").joinpath("ons_severity.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return Weights(
        name="ONS Crime Severity Score",
        version="Essex, year to March 2018",
        unit="severity points",
        source="Office for National Statistics; weights for police.uk categories calculated from the score of a group, "
        "the population and the offences recorded",
        standing="calculated",
        categories={row["category"]: float(row["weight"]) for row in rows},
    )


_COLUMNS = {
    "home_office_classification": "the Home Office class code, such as 028/03",
    "offence_title": "the title of the offence",
    "offence_subgroup": "the subgroup of recorded crime, such as BURGLARY - RESIDENTIAL",
    "cchi_days": "days of imprisonment",
}


def cambridge_weights(
    lines: Iterable[str], *, version: str, source: str, categories: Mapping[str, float] | None = None
) -> Weights:
    """Read Cambridge Crime Harm Index weights from a file that the force holds.

    Parameters
    ----------
    lines : iterable of str
        An open CSV file: the offence sheet of the workbook with the columns ``home_office_classification``,
        ``offence_title``, ``offence_subgroup`` and ``cchi_days``. Other columns are left alone.
    version, source : str
        Shown with every result, such as ``October 2020``.
    categories : mapping, optional
        Days by police.uk category, for crimes of which no more is known. Without it they have no weight.

    Returns
    -------
    Weights

    Raises
    ------
    Faults
        If a column is missing, or a row has no class code, no title or no number of days; every fault with its line.

    Notes
    -----
    Where several offences of one class code differ, the title decides, and without one the median of the class. An unknown
    code takes the median of the subgroup of its main class, unless the main class spans several (drug trafficking and
    possession do). Each result says how many crimes were weighed at which level.

    References
    ----------
    Sherman, L., Neyroud, P. W. and Neyroud, E. (2016). The Cambridge Crime Harm Index: measuring total harm from crime based
    on sentencing guidelines. Policing 10(3), 171-183.

    Examples
    --------
    >>> sheet = ["home_office_classification,offence_title,offence_subgroup,cchi_days", "001/01,Murder,HOMICIDE,5475"]
    >>> weights = cambridge_weights(sheet, version="an example", source="made up")
    >>> weights.find("violent-crime", "001/01", "Murder"), weights.find("violent-crime", "001/99")
    ((5475.0, 'offence'), (5475.0, 'subgroup'))
    """
    reader = csv.DictReader(lines)
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        raise Faults([_fault(f'there is no column "{column}"', "line 1", _COLUMNS[column]) for column in missing])
    faults: list[PeelianError] = []
    by_offence: dict[tuple[str, str], list[float]] = defaultdict(list)
    by_class: dict[str, list[float]] = defaultdict(list)
    by_subgroup: dict[str, list[float]] = defaultdict(list)
    subgroups_of: dict[str, set[str]] = defaultdict(set)
    for row in reader:
        code, title, subgroup, days = ((row[column] or "").strip() for column in _COLUMNS)
        code = _class_code(code)
        wrong = [
            problem
            for problem, found in (
                ("the class code is not three digits, a stroke and two digits", not re.fullmatch(r"\d{3}/\d{2}", code)),
                ("the offence has no title", not title),
                ("the days are not a number above zero", not _is_positive(days)),
            )
            if found
        ]
        faults += [_fault(problem, f"line {reader.line_num}", "the row as the workbook has it") for problem in wrong]
        if not wrong:
            weight = float(days)
            by_offence[code, title.casefold()].append(weight)
            by_class[code].append(weight)
            by_subgroup[subgroup].append(weight)
            subgroups_of[code[:3]].add(subgroup)
    for category, days_of in (categories or {}).items():
        if not (np.isfinite(days_of) and days_of > 0):
            faults.append(_fault("the days of a category are not a number above zero", category, "days above zero"))
    if not by_class and not faults:
        faults.append(_fault("the file holds no offence", "after the header", "one row an offence"))
    if faults:
        raise Faults(faults)
    return Weights(
        name="Cambridge Crime Harm Index",
        version=version,
        unit="days of imprisonment",
        source=source,
        standing="as the file states",
        offences={key: median(weights) for key, weights in by_offence.items()},
        classes={code: median(weights) for code, weights in by_class.items()},
        mixed_classes=frozenset(code for code, weights in by_class.items() if len(set(weights)) > 1),
        subgroups={main: median(by_subgroup[min(names)]) for main, names in subgroups_of.items() if len(names) == 1},
        categories=dict(categories or {}),
    )


def _class_code(text: str) -> str:
    """Write 00200 as 002/00; sources do both."""
    text = text.strip()
    return f"{text[:3]}/{text[3:]}" if re.fullmatch(r"\d{5}", text) else text


def _is_positive(text: str) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return bool(np.isfinite(number) and number > 0)


def _fault(summary: str, where: str, fix: str) -> PeelianError:
    return PeelianError(summary, where=f"harm weights, {where}", fix=fix, id="peelian.E202")


def harm_interval(weights: ArrayLike, *, largest: float, level: float = 0.95) -> tuple[float, float, float]:
    """Return the harm of some crimes with its interval.

    Parameters
    ----------
    weights : array_like of float, shape (n,)
        One a crime.
    largest : float
        The gravest weight that a crime could have had; the next crime may be one.
    level : float, default 0.95

    Returns
    -------
    harm, low, high : float

    Raises
    ------
    InvalidInput
        If a weight is missing, or exceeds `largest`.

    Notes
    -----
    A sum of independent Poisson counts, each with a weight. With equal weights this is the exact Poisson interval.

    References
    ----------
    Fay, M. P. and Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based on the gamma
    distribution. Statistics in Medicine 16(7), 791-801.

    Examples
    --------
    >>> [round(value, 1) for value in harm_interval([10, 10, 10, 10, 10], largest=10)]
    [50.0, 16.2, 116.7]
    """
    w = _checks.numbers("weights", weights)
    _checks.between("level", level, 0, 1)
    if (w > largest).any():
        raise InvalidInput("a weight exceeds the largest weight", found=f"{w.max():g}, {largest:g}")
    low, high = _gamma_limits(np.array([w.sum()]), np.array([np.square(w).sum()]), largest, level)
    return float(w.sum()), float(low[0]), float(high[0])


def _gamma_limits(total: Floats, variance: Floats, largest: float, level: float) -> tuple[Floats, Floats]:
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    some = total > 0
    safe_total, safe_variance = np.where(some, total, 1.0), np.where(some, variance, 1.0)
    low = np.where(some, safe_variance / safe_total * gammaincinv(safe_total**2 / safe_variance, tail), 0.0)
    more, wider = total + largest, variance + largest**2
    return low, np.asarray(wider / more * gammaincinv(more**2 / wider, 1 - tail))


@dataclass(frozen=True)
class HarmTable:
    """Harm by whatever the events were grouped by.

    Attributes
    ----------
    rows : polars.DataFrame
        The grouping columns, then ``events`` (with a weight), ``asb``, ``unweighed`` (neither), ``harm``, ``harm_low``,
        ``harm_high``, ``share_of_events`` and ``share_of_harm`` (of all with a weight), and ``weight_squared`` (the sum of
        squared weights, which intervals need). Most harm first.
    weights : Weights
        Name, version, unit and standing belong beside every figure.
    levels : mapping
        How many events were weighed by ``offence``, ``class`` median, ``subgroup`` median or ``category``.
    without_weight : mapping
        How many events of which category had no weight, anti-social behaviour among them.
    level : float
        Coverage of the intervals.
    """

    rows: pl.DataFrame
    weights: Weights
    levels: Mapping[Level, int]
    without_weight: Mapping[str, int]
    level: float

    @property
    def harm(self) -> float:
        """Harm of all events together."""
        return float(self.rows["harm"].sum())


def harm_table(events: pl.DataFrame, weights: Weights, *, by: Sequence[str] = (), level: float = 0.95) -> HarmTable:
    """Weigh events and add up.

    Parameters
    ----------
    events : polars.DataFrame
        One row an event. Column ``category`` (police.uk slug); ``ho_class`` and ``offence`` where they are known.
    weights : Weights
    by : sequence of str
        Columns to group by, such as an area, a month or ``category``. Without any, one row for all.
    level : float, default 0.95
        Coverage of the intervals.

    Raises
    ------
    InvalidInput
        If a column is missing.

    Examples
    --------
    >>> events = pl.DataFrame({"category": ["robbery", "burglary", "burglary", "anti-social-behaviour"], "area": list("ABBB")})
    >>> table = harm_table(events, ons_weights(), by=["area"])
    >>> table.rows.select("area", "events", "asb", "harm").rows()
    [('A', 1, 0, 997.6), ('B', 2, 1, 295.0)]
    >>> table.without_weight
    {'anti-social-behaviour': 1}
    """
    _checks.between("level", level, 0, 1)
    missing = [column for column in ["category", *by] if column not in events.columns]
    if missing:
        raise InvalidInput(f'there is no column "{missing[0]}"', found=", ".join(events.columns))
    named = [column for column in ("category", "ho_class", "offence") if column in events.columns]
    kinds = events.select(named).unique(maintain_order=True)
    found = [weights.find(**kind) for kind in kinds.to_dicts()]
    kinds = kinds.with_columns(
        weight=pl.Series([weight for weight, _ in found], dtype=pl.Float64).fill_nan(None),
        weighed_by=pl.Series([by_level for _, by_level in found], dtype=pl.String),
    )
    weighed = events.join(kinds, on=named, how="left", nulls_equal=True, maintain_order="left")
    known, asb = pl.col("weight").is_not_null(), (pl.col("category") == ASB).fill_null(False)
    sums = [
        known.sum().alias("events"),
        (~known & asb).sum().alias("asb"),
        (~known & ~asb).sum().alias("unweighed"),
        pl.col("weight").sum().alias("harm"),
        (pl.col("weight") ** 2).sum().alias("weight_squared"),
    ]
    rows = weighed.group_by(by, maintain_order=True).agg(sums) if by else weighed.select(sums)
    low, high = _gamma_limits(rows["harm"].to_numpy(), rows["weight_squared"].to_numpy(), weights.largest, level)
    rows = rows.select(
        *by,
        "events",
        "asb",
        "unweighed",
        "harm",
        harm_low=low,
        harm_high=high,
        # No share of nothing: null, not zero.
        share_of_events=(pl.col("events") / pl.col("events").sum()).fill_nan(None),
        share_of_harm=(pl.col("harm") / pl.col("harm").sum()).fill_nan(None),
        weight_squared="weight_squared",
    ).sort("harm", descending=True, maintain_order=True)
    levels = Counter(weighed["weighed_by"].to_list())
    without = Counter(weighed.filter(~known)["category"].fill_null("not stated").to_list())
    return HarmTable(rows, weights, dict(levels), dict(without), level)


def per_head(table: HarmTable, population: pl.DataFrame, *, on: str, years: float) -> pl.DataFrame:
    """Return annual harm per head by area, as the ONS score is stated.

    Parameters
    ----------
    table : HarmTable
        Grouped by `on` alone.
    population : polars.DataFrame
        Columns `on` and ``population``: every area, also those without an event.
    on : str
        The column that names the area.
    years : float
        Length of the period in years, such as 7 / 12.

    Returns
    -------
    polars.DataFrame
        `on`, ``population``, ``events``, ``harm``, and ``per_head``, ``per_head_low``, ``per_head_high`` for a year. An area
        of the table whose population is not given has none of the three. Most harm per head first.

    Raises
    ------
    InvalidInput
        If the table is not grouped by `on` alone, a population is not positive, an area comes twice, or `years` is not positive.

    Examples
    --------
    >>> events = pl.DataFrame({"category": ["robbery"] * 3, "area": ["A"] * 3})
    >>> people = pl.DataFrame({"area": ["A", "B"], "population": [1_000, 1_000]})
    >>> per_head(harm_table(events, ons_weights(), by=["area"]), people, on="area", years=0.5)["per_head"].round(2).to_list()
    [5.99, 0.0]
    """
    _checks.positive("years", [years])
    if on not in table.rows.columns or table.rows.columns.index("events") != 1:
        raise InvalidInput(f'harm per head needs a table by "{on}" alone', found=", ".join(table.rows.columns))
    _checks.positive("population", population["population"].to_numpy())
    if population[on].is_duplicated().any():
        raise InvalidInput(
            "an area comes twice in the population", where=str(population.filter(pl.col(on).is_duplicated())[on][0])
        )
    joined = population.select(on, "population").join(
        table.rows.select(on, "events", "harm", "weight_squared"), on=on, how="full", coalesce=True, nulls_equal=True
    )
    joined = joined.with_columns(pl.col("events", "harm", "weight_squared").fill_null(0))
    low, high = _gamma_limits(
        joined["harm"].to_numpy(), joined["weight_squared"].to_numpy(), table.weights.largest, table.level
    )
    person_years = pl.col("population") * years
    return joined.select(
        on,
        "population",
        "events",
        "harm",
        per_head=pl.col("harm") / person_years,
        per_head_low=pl.Series(low) / person_years,
        per_head_high=pl.Series(high) / person_years,
    ).sort("per_head", descending=True, nulls_last=True, maintain_order=True)


def smallest_share(harm: ArrayLike, *, of_harm: float) -> tuple[int, float]:
    """Return how few of the places or people hold a given share of the harm.

    Parameters
    ----------
    harm : array_like of float, shape (n,)
        Harm of each place or person, those with none too; not negative and not all zero.
    of_harm : float
        The share of harm, such as 0.5.

    Returns
    -------
    number, share : int, float
        The fewest that hold it, and what share of all they are.

    Raises
    ------
    InvalidInput
        If a value is missing or negative, or there is no harm.

    Notes
    -----
    In a short period some places always have more, by chance alone; compare with a later period before calling them few.

    Examples
    --------
    >>> smallest_share([60, 20, 10, 5, 5, 0, 0, 0, 0, 0], of_harm=0.8)
    (2, 0.2)
    """
    values = _checks.numbers("harm", harm)
    _checks.between("share of harm", of_harm, 0, 1)
    if (values < 0).any() or not values.any():
        raise InvalidInput("a share of harm needs some harm and none below zero")
    summed = np.cumsum(np.sort(values)[::-1])
    number = int(np.searchsorted(summed, of_harm * summed[-1] * (1 - 1e-12))) + 1
    return number, number / len(values)
