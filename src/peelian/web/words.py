"""What the site calls the things that records name by code."""

from __future__ import annotations

from datetime import date

from peelian.records.feeds.police_uk import CATEGORIES as LABELS

CATEGORIES = {slug: label for label, slug in reversed(LABELS.items())}  # the newest label of each
# Short enough for a column of a table; a feed's title says it at length.
FEED_WORDS = {
    "police-uk-street": "police.uk street",
    "police-uk-outcomes": "police.uk outcomes",
    "police-uk-stop-and-search": "police.uk stops",
    "pnc-wanted": "PNC wanted",
    "force-crimes": "Force crimes",
    "force-incidents": "Force incidents",
    "force-people": "Force people",
    "force-hr": "Force HR",
    "council-asb": "Council ASB",
    "ae-assaults": "A&E assaults",
    "childrens-social-care": "Children's social care",
    "adults-social-care": "Adults' social care",
    "hmrc-intelligence": "HMRC intelligence",
    "border-force-intelligence": "Border Force intelligence",
    "home-office-outcomes": "Home Office outcomes",
}
AREA_KINDS = {
    "force": "Force areas",
    "district": "Districts",
    "ward": "Wards",
    "msoa": "Middle-layer areas (MSOA)",
    "lsoa": "Lower-layer areas (LSOA)",
}


def day_words(day: date) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%B %Y}"


def category_words(slug: str) -> str:
    """A category's slug as words."""
    return CATEGORIES.get(slug, slug.replace("-", " ").capitalize())


def feed_words(name: str) -> str:
    """What a feed is called."""
    return FEED_WORDS.get(name) or name.replace("-", " ").capitalize()
