"""How pages say facts and times."""

from datetime import timedelta

import pytest

from peelian.investigation.crime_investigation import INVESTIGATION
from peelian.investigation.mappa import MAPPA
from peelian.web.case_fields import in_words
from peelian.web.case_words import length


def test_what_a_decision_set_is_called_as_its_outcome():
    """Home Office outcome type 16, as the investigation's decision is titled."""
    said = in_words("type_16", INVESTIGATION.about["outcome_type"])
    outcome = next(o for o in INVESTIGATION.act_by_name["record_outcome"].outcomes if o.name == "type_16")
    assert said == outcome.title and said.startswith("16 ")


def test_an_outcome_without_a_title_is_said_without_underscores():
    assert in_words("category_1", MAPPA.about["category"]) == "category 1"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=40), "under 1 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(minutes=120), "2 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_a_length_of_time_is_in_its_largest_unit(span, said):
    assert length(span) == said
