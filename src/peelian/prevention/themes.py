"""What a profile can be about: the categories of data.police.uk, and templates (`templates.py`), in words for prose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from peelian.core.errors import InvalidInput

ASB = "anti-social-behaviour"


PARTS = ("scale", "trend", "harm", "when", "where", "repeats", "people", "partners")


@dataclass(frozen=True)
class Selection:
    """Which events a theme is about: every condition that is given must hold.

    Parameters
    ----------
    categories, kinds, feeds : tuple of str
        Slugs of category, kinds of event, names of feeds; any, where empty.
    offences : tuple of str
        Words of which the offence's title holds at least one, as whole words or their beginnings, in any case.
    """

    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    offences: tuple[str, ...] = ()

    def of(self, events: pl.DataFrame) -> pl.DataFrame:
        """The rows of `events` (columns of `records.query`) that are meant."""
        for column, wanted in (("category", self.categories), ("kind", self.kinds), ("feed", self.feeds)):
            if wanted:
                events = events.filter(pl.col(column).is_in(wanted))
        if self.offences:
            words = "|".join(pl.escape_regex(word) for word in self.offences)
            events = events.filter(pl.col("offence").str.contains(rf"(?i)\b(?:{words})"))
        return events


@dataclass(frozen=True)
class Partner:
    """A partner's feed that bears on a theme, and what it may hold that the police do not.

    Each event that `select` takes counts as one of the theme's own that the police were not told of, and ranks places: take none
    that is only found where the theme is.
    """

    feed: str
    select: Selection
    adds: str


@dataclass(frozen=True)
class Theme:
    """What a profile is about.

    Parameters
    ----------
    slug, title : str
    one, many : str
        Its events in prose: ``burglary``, ``burglaries``.
    police_generated : bool
        What comes to light mostly because police look for it: its places are those that were searched, so they must not
        steer patrol.
    select : Selection
    parts : tuple of str
        Of `PARTS`, in the order of the document.
    partners : tuple of Partner
    questions : tuple of str
        What the analyst must answer that no record does.
    """

    slug: str
    title: str
    one: str
    many: str
    police_generated: bool = False
    select: Selection = Selection()
    parts: tuple[str, ...] = PARTS
    partners: tuple[Partner, ...] = ()
    questions: tuple[str, ...] = ()

    def count(self, number: int) -> str:
        """``1 burglary``, ``6,918 burglaries``."""
        return f"{number:,} {self.one if number == 1 else self.many}"


# What partners hold that bears on a category (the report asks that profiles say what each of them adds).
PARTNERS = {
    ASB: (
        Partner("council-asb", Selection(categories=(ASB,)), "complaints made to the council and not to the police"),
        Partner(
            "council-housing",
            Selection(offences=("anti-social behaviour",)),
            "nuisance that a landlord acts on",
        ),
        Partner(
            "fire", Selection(categories=("deliberate-fire",)), "deliberate fires that nobody reports to the police"
        ),
    ),
    "criminal-damage-arson": (
        Partner(
            "fire", Selection(categories=("deliberate-fire",)), "deliberate fires that nobody reports to the police"
        ),
    ),
    "violent-crime": (
        Partner(
            "ae-assaults", Selection(categories=("assault-injury",)), "assaults that are treated and never reported"
        ),
        Partner(
            "ambulance",
            Selection(categories=("assault-injury",)),
            "assaults to which an ambulance is called and the police are not",
        ),
    ),
}
_THEMES = (
    Theme(ASB, "Anti-social behaviour", "incident of anti-social behaviour", "incidents of anti-social behaviour"),
    Theme("bicycle-theft", "Bicycle theft", "bicycle theft", "bicycle thefts"),
    Theme("burglary", "Burglary", "burglary", "burglaries"),
    Theme("criminal-damage-arson", "Criminal damage and arson", "damage or arson offence", "damage and arson offences"),
    Theme("drugs", "Drugs", "drug offence", "drug offences", police_generated=True),
    Theme("other-crime", "Other crime", "other crime", "other crimes"),
    Theme("other-theft", "Other theft", "other theft", "other thefts"),
    Theme(
        "possession-of-weapons",
        "Possession of weapons",
        "weapon-possession offence",
        "weapon-possession offences",
        police_generated=True,
    ),
    Theme("public-order", "Public order", "public order offence", "public order offences"),
    Theme("robbery", "Robbery", "robbery", "robberies"),
    Theme("shoplifting", "Shoplifting", "shoplifting offence", "shoplifting offences"),
    Theme("theft-from-the-person", "Theft from the person", "theft from the person", "thefts from the person"),
    Theme("vehicle-crime", "Vehicle crime", "vehicle crime", "vehicle crimes"),
    Theme("violent-crime", "Violence and sexual offences", "violent or sexual offence", "violent and sexual offences"),
)
THEMES = {
    theme.slug: replace(theme, select=Selection(categories=(theme.slug,)), partners=PARTNERS.get(theme.slug, ()))
    for theme in _THEMES
}
# Categories that show where police looked. A stop is one, whatever came of it.
POLICE_GENERATED = frozenset({theme.slug for theme in _THEMES if theme.police_generated} | {"stop-and-search"})
ALIASES = {"asb": ASB, "violence": "violent-crime"}


def slug_of(name: str) -> str:
    """A theme's name as people write it, as a slug."""
    return name.strip().lower().replace(" ", "-").replace("_", "-")


def theme_named(name: str) -> Theme:
    """The theme with this slug or alias.

    Raises
    ------
    InvalidInput
        With the list of themes, for any other name.
    """
    slug = slug_of(name)
    try:
        return THEMES[ALIASES.get(slug, slug)]
    except KeyError:
        raise InvalidInput(
            "there is no such theme",
            found=repr(name),
            fix="use one of: " + ", ".join([*ALIASES, *THEMES]),
            id="peelian.E501",
        ) from None
