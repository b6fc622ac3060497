"""Every source among the partners, and the agreements that their files are held against."""

from __future__ import annotations

from pathlib import Path

from ..calendar import Calendar
from . import Source
from .adults import AdultsCare, Health
from .children import ChildrensCare, Schools
from .council import Complaints, Housing
from .emergency import Ambulance, Attendances, Fire
from .enforcement import BorderForce, Hmrc, Probation

SOURCES: tuple[type[Source], ...] = (
    Complaints,
    Housing,
    Attendances,
    Ambulance,
    Fire,
    Schools,
    ChildrensCare,
    AdultsCare,
    Health,
    Probation,
    Hmrc,
    BorderForce,
)

# Who agreed what with the force, in words; the law is general knowledge.
AGREED = (
    (Complaints, "The district councils", "Complaints of anti-social behaviour"),
    (Housing, "The district councils", "Tenancies: complaints, notices, homelessness"),
    (Attendances, "The acute hospital trusts", "Assaults told in emergency departments, without names"),
    (Ambulance, "The ambulance service trust", "Calls for assaults, overdoses, mental health and falls"),
    (Fire, "The fire and rescue authority", "Deliberate fires, false alarms, home safety visits"),
    (Schools, "The schools and academy trusts", "Exclusions, attendance, children missing from education"),
    (ChildrensCare, "The county council, children's services", "Referrals, plans, episodes missing from care"),
    (AdultsCare, "The county council, adults' services", "Safeguarding concerns"),
    (Health, "The health providers of the county", "Referrals to the hub"),
    (Probation, "Probation", "Licences and orders"),
    (Hmrc, "HM Revenue and Customs", "Intelligence on goods and money"),
    (BorderForce, "Border Force", "Intelligence on what crosses the border"),
)


def write_agreements(calendar: Calendar, path: Path) -> None:
    """Write the sharing agreements as a TOML file: party, feed, how often, how many days after a period its file is due."""
    parts = [
        f"""[[agreement]]
code = "{source.feed}"
title = "{title}"
party = "{party}"
feed = "{source.feed}"
purposes = ["crime-analysis", "prevention"]
basis = "Crime and Disorder Act 1998, section 115"
every = {source.terms.every}
due = {source.terms.day}
start = {calendar.firsts[0]}
owner = "Head of analysis"
"""
        for source, party, title in AGREED
    ]
    path.write_text("\n".join(parts), "utf-8")
