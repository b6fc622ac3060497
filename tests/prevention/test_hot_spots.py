"""Hot spots as people use them: found, named, compared with plain counts, and held back where police made them."""

import numpy as np
import polars as pl
import pytest

from peelian.core.errors import InvalidInput
from peelian.prevention.hot_spots import hot_spot_picture

NAMES = {"E01000001": "Harbour 001A", "E01000002": "Harbour 001B"}


def points(xy, *, precision="address", place="12 High Street", area="E01000001", month="2026-01"):
    return pl.DataFrame(
        {
            "easting": xy[:, 0], "northing": xy[:, 1], "place_precision": precision, "place": place, "area": area,
            "month": month,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def ground():
    """Events everywhere in a town of 5 km, twice in two months."""
    rng = np.random.default_rng(7)
    return pl.concat([points(rng.uniform(500_000, 505_000, (3_000, 2)), month=m) for m in ("2026-01", "2026-02")])


def gathered(rng, month, **how):
    return points(rng.normal((502_500, 502_500), 80, (60, 2)), month=month, **how)


def test_a_planted_gathering_is_the_one_spot_and_even_events_are_none(ground):
    rng = np.random.default_rng(1)
    planted = pl.concat([ground.sample(150, seed=1), gathered(rng, "2026-01"), gathered(rng, "2026-02")])
    picture = hot_spot_picture(planted, ground, names=NAMES, police_generated=False)

    assert len(picture.spots) == 1
    spot = picture.spots[0]
    assert abs(spot.easting - 502_500) < 300 and abs(spot.northing - 502_500) < 300
    assert spot.events >= 100 and spot.events <= len(planted)
    even = hot_spot_picture(ground.sample(200, seed=3), ground, names=NAMES, police_generated=False)
    assert even.spots == ()


def test_the_forces_own_address_is_never_the_name_of_a_spot(ground):
    own = hot_spot_picture(gathered(np.random.default_rng(1), "2026-01"), ground, names=NAMES, police_generated=False)
    assert [spot.where for spot in own.spots] == ["Harbour 001A"]
    published = gathered(np.random.default_rng(1), "2026-01", precision="snapped", place="On or near Supermarket")
    snapped = hot_spot_picture(published, ground, names=NAMES, police_generated=False)
    assert snapped.area_level and snapped.spots[0].where == "Harbour 001A (map point Supermarket)"


def test_the_latest_month_is_the_trial_of_what_was_hot_before(ground):
    rng = np.random.default_rng(1)
    lasting = pl.concat([ground.sample(100, seed=1), gathered(rng, "2026-01"), gathered(rng, "2026-02")])
    comparison = hot_spot_picture(lasting, ground, names=NAMES, police_generated=False).comparison
    later = lasting.filter(pl.col("month") == "2026-02")
    assert comparison.forecast.events == len(later) == comparison.plain.events
    assert comparison.forecast.cells == comparison.plain.cells
    assert comparison.forecast.low > 1

    one_month = hot_spot_picture(gathered(rng, "2026-01"), ground, names=NAMES, police_generated=False)
    assert one_month.comparison is None and "one month" in one_month.why_not_compared


def test_events_without_a_place_are_refused_not_put_at_zero(ground):
    nowhere = points(np.zeros((3, 2)), precision="none")
    with pytest.raises(InvalidInput, match="no event of this theme has a place"):
        hot_spot_picture(nowhere, ground, names=NAMES, police_generated=False)
