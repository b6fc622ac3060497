"""Made-up records of a made-up force, as the parts of a profile receive them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from peelian.prevention.profile.gather import months_back
from peelian.prevention.profile.scope import Area, Batch, Scope, with_time
from peelian.prevention.themes import THEMES


def square(code, name, parent, west, south, side=0.02):
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return Area(code, name, parent, {"type": "Polygon", "coordinates": [ring]})


# Thirty LSOAs of two districts, side by side from 0.5 degrees east, 51.7 degrees north.
LSOAS = {
    f"E0100{n:04}": square(
        f"E0100{n:04}", f"{'Harbour' if n < 15 else 'Forest'} {n:03}A", "E07000001" if n < 15 else "E07000002",
        0.5 + 0.02 * (n % 6), 51.7 + 0.02 * (n // 6),
    )
    for n in range(30)
}  # fmt: skip
DISTRICTS = {
    "E07000001": square("E07000001", "Harbour", "", 0.5, 51.7, 0.06),
    "E07000002": square("E07000002", "Forest", "", 0.56, 51.7, 0.06),
}


def records(rng, count, *, category="burglary", first=datetime(2025, 1, 1, tzinfo=UTC), days=365, area=None):
    """Events scattered over the LSOAs, as the force's crime feed gives them."""
    areas = rng.choice(list(LSOAS), count) if area is None else np.full(count, area)
    starts = [first + timedelta(minutes=float(m)) for m in rng.uniform(0, days * 24 * 60, count)]
    return pl.DataFrame(
        {
            "batch": "b1" * 32, "line": np.arange(2, count + 2), "feed": "force-crimes", "kind": "crime",
            "reference": [f"{category}/{i}" for i in range(count)], "category": category, "offence": "Burglary in a dwelling",
            "ho_class": "028/03", "location_type": "dwelling",
            "start": starts, "end": starts, "precision": "minute", "easting": rng.uniform(570_000, 580_000, count).round(),
            "northing": rng.uniform(200_000, 210_000, count).round(), "place_precision": "address",
            "place": "1 Secret Lane", "area": areas, "outcome": "", "domestic": None,
        },
        schema_overrides={"start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC"), "domestic": pl.Boolean},
    )  # fmt: skip


def victims(references, people):
    """One victim an event: (surname, forenames, sex, born on)."""
    columns = ("surname", "forenames", "sex", "born_on")
    return pl.DataFrame(
        {"reference": references, "role": "victim", **{c: [p[i] for p in people] for i, c in enumerate(columns)}},
        schema_overrides={"born_on": pl.Date},
    )


def scope_of(events, everything, **changes):
    events, everything = with_time(events), with_time(everything)
    held = set(events["month"].to_list())
    scope = Scope(
        theme=THEMES["burglary"], area="Anyshire", whole=True, start=date(2025, 1, 1), end=date(2025, 12, 31),
        on=date(2026, 1, 2), feed="force-crimes", events=events, everything=everything, before=None,
        history=months_back(events, held.__contains__, date(2025, 12, 31)),
        batches=(Batch("b1" * 32, "force-crimes", "crimes.csv", ("2026-01-01",), 1000, 990, 10, 0),),
        lsoas=LSOAS, districts=DISTRICTS, population=dict.fromkeys(LSOAS, 1_500.0),
        decile={code: 1 + n % 10 for n, code in enumerate(LSOAS)}, years={"population": 2024, "imd_decile": 2019},
    )  # fmt: skip
    return replace(scope, **changes)


@pytest.fixture(scope="module")
def burglary():
    """A year of 800 burglaries among 4,000 other events; a tenth has a near repeat 50 m and three days on."""
    rng = np.random.default_rng(3)
    events = records(rng, 800)
    again = events[:80].with_columns(
        pl.col("easting") + 50, pl.col("start") + timedelta(days=3), pl.col("end") + timedelta(days=3),
        reference=pl.col("reference") + "b",
    )  # fmt: skip
    events = pl.concat([events, again]).filter(pl.col("start") < datetime(2026, 1, 1, tzinfo=UTC))
    names = [("Smith", f"Ann{i % 700}", "F" if i % 2 else "M", date(1950 + i % 50, 1, 1)) for i in range(len(events))]
    return scope_of(
        events,
        pl.concat([events, records(rng, 4_000, category="violent-crime")]),
        mentions=victims(events["reference"].to_list(), names),
    )
