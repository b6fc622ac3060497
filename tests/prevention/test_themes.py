"""Themes are the categories of data.police.uk, with two names that people use."""

import csv

import pytest

from peelian.core.errors import InvalidInput
from peelian.prevention.themes import THEMES, theme_named


def test_every_category_of_police_uk_is_a_theme(shared):
    path = shared / "standards" / "tables" / "policeuk_crime_categories.csv"
    published = {row["api_slug"]: row["csv_crime_type"] for row in csv.DictReader(path.read_text().splitlines())}
    assert {slug: theme.title for slug, theme in THEMES.items()} == published


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("violence", "violent-crime"),
        ("ASB", "anti-social-behaviour"),
        ("vehicle crime", "vehicle-crime"),
        ("burglary", "burglary"),
    ],
)
def test_themes_answer_to_what_people_say(said, slug):
    assert theme_named(said).slug == slug


def test_an_unknown_theme_is_refused_with_the_list():
    with pytest.raises(InvalidInput, match="burglary"):
        theme_named("witchcraft")


def test_what_police_activity_makes_is_marked():
    """Cambridge Crime Harm Index (Sherman et al. 2016): offences found only by proactive police work measure effort."""
    assert {slug for slug, theme in THEMES.items() if theme.police_generated} == {"drugs", "possession-of-weapons"}
