"""P2, P3 and P6: systems that are pages and documents and hold no cases.

They are declared here since every page and command loads the declarations, and their own modules take long to import.
"""

from __future__ import annotations

from peelian.core.system import System

HOT_SPOTS = System(
    id="P2",
    name="traditional threats (burglary, robbery)",
    question="prevention",
    module="prevention.hot_spots",
    pages=(("map", "Map"), ("forecasts", "Forecasts"), ("series", "Series")),
    roles=("analyst",),
)
PROBLEM_PROFILES = System(
    id="P3",
    name="profiles of new and emerging threats",
    question="prevention",
    module="prevention.problem_profiles",
    pages=(("profiles", "Problem profiles"), ("emerging", "Emerging problems")),
    roles=("analyst",),
)
PARTNER_DATA = System(
    id="P6",
    name="partner data",
    question="prevention",
    module="prevention.partner_data",
    afi=4,
    pages=(("partners", "Partner data"),),
    roles=("analyst", "data-protection"),
)
SYSTEMS = (HOT_SPOTS, PROBLEM_PROFILES, PARTNER_DATA)
