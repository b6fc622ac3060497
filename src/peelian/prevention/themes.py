"""What a profile can be about: the categories of data.police.uk, in words for prose."""

from __future__ import annotations

from dataclasses import dataclass

from peelian.core.errors import InvalidInput

ASB = "anti-social-behaviour"


@dataclass(frozen=True)
class Theme:
    """A category of crime or incident.

    `police_generated` marks what comes to light mostly because police look for it: its places are those that were
    searched, so they must not steer patrol.
    """

    slug: str
    title: str
    one: str
    many: str
    police_generated: bool = False

    def count(self, number: int) -> str:
        """``1 burglary``, ``6,918 burglaries``."""
        return f"{number:,} {self.one if number == 1 else self.many}"


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
THEMES = {theme.slug: theme for theme in _THEMES}
ALIASES = {"asb": ASB, "violence": "violent-crime"}


def theme_named(name: str) -> Theme:
    """The theme with this slug or alias.

    Raises
    ------
    InvalidInput
        With the list of themes, for any other name.
    """
    slug = name.strip().lower().replace(" ", "-").replace("_", "-")
    try:
        return THEMES[ALIASES.get(slug, slug)]
    except KeyError:
        raise InvalidInput(
            "there is no such theme",
            found=repr(name),
            fix="use one of: " + ", ".join([*ALIASES, *THEMES]),
            id="peelian.E501",
        ) from None
