"""The force's further extracts, and what else police.uk publishes of it, in the order in which the county writes them."""

from __future__ import annotations

from .force_custody import Custody
from .force_intelligence import Intelligence
from .force_missing import MissingPeople
from .force_offenders import Offenders
from .pnc_wanted import Wanted
from .police_uk_outcomes import Outcomes
from .police_uk_stops import Stops

SOURCES = (Outcomes, Stops, Custody, Intelligence, MissingPeople, Offenders, Wanted)
