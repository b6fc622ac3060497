"""Weights: the same in bulk, for new mentions and for a typed record, and those of Splink itself."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.identity import linked

from peelian.identity import model, scores


@pytest.fixture(scope="module")
def every():
    return scores.score_all(linked.trained(), linked.compared())


def test_weights_are_those_of_splink(every):
    """Expected values from Splink's own prediction with the same parameters and frequencies; ours are rounded a comparison at a time."""
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    frozen, api = linked.trained(), DuckDBAPI()
    # Splink takes frequencies from columns; a column `rare` must be there for the last key.
    mentions = scores.prepared(frozen, linked.compared())
    for column in model.FREQUENCIES:
        mentions = mentions.join(frozen.frequencies[column].rename({"share": f"tf_{column}"}), on=column, how="left")
    saved = {
        **frozen.settings,
        "blocking_rules_to_generate_predictions": model.declaration().blocking_rules_to_generate_predictions,
    }
    linker = Linker(api.register(mentions.to_arrow(), dataset_display_name="m"), saved, validate_settings=False)
    theirs = linker.inference.predict(threshold_match_weight=model.LOWER / 1000 + 0.1).as_duckdbpyrelation().pl()
    ours = every.filter(pl.col("weight") >= model.LOWER + 100)
    both = theirs.join(every, left_on=["key_l", "key_r"], right_on=["a", "b"], how="full")

    assert both.filter(pl.col("match_weight") > model.LOWER / 1000 + 0.11)["weight"].null_count() == 0
    assert len(ours) == pytest.approx(len(theirs), abs=2)
    gap = both.drop_nulls(["match_weight", "weight"]).select(
        (pl.col("match_weight") * 1000 - pl.col("weight")).abs().max()
    )
    assert gap.item() <= (len(frozen.comparisons) + len(model.FREQUENCIES) + 1) / 2


@settings(max_examples=10)
@given(share=st.floats(0, 1), seed=st.integers(0, 2**32 - 1))
def test_new_mentions_get_the_weights_of_a_full_scoring(every, share, seed):
    mentions = linked.compared().sample(fraction=1, shuffle=True, seed=seed)
    cut = int(share * len(mentions))
    new, held = mentions[:cut], mentions[cut:]
    touched = every.filter(pl.col("a").is_in(new["key"].implode()) | pl.col("b").is_in(new["key"].implode()))

    assert_frame_equal(scores.score_new(linked.trained(), new, held), touched)


def test_the_order_of_mentions_changes_nothing(every):
    shuffled = linked.compared().sample(fraction=1, shuffle=True, seed=7)
    assert_frame_equal(scores.score_all(linked.trained(), shuffled), every)


def test_two_roles_in_one_record_are_not_one_person():
    pair = linked.compared().head(1)
    twin = pair.with_columns(key=pl.lit("z/1"))
    assert len(scores.score_all(linked.trained(), pl.concat([pair, twin]))) == 1
    suspect = twin.with_columns(role=pl.lit("suspect of the same"))
    assert len(scores.score_all(linked.trained(), pl.concat([pair, suspect]))) == 0


def test_a_rare_name_says_more_than_a_common_one():
    rarity = linked.trained().rarity["surname"].sort("add")
    assert linked.trained().rarest("surname") >= rarity["add"][-1] > rarity["add"][0]


def test_the_same_mentions_and_seed_give_the_same_model():
    again = linked.frozen(linked.fitted(linked.compared().sample(fraction=1, shuffle=True, seed=2)))
    assert again.version == linked.trained().version


def test_a_weight_is_log2_of_m_over_u():
    assert scores.weight_of({"m_probability": 0.8, "u_probability": 0.001}) == round(1000 * math.log2(800))
    assert scores.weight_of({"is_null_level": True}) == 0
