"""What the force's partners send it: each with its own controller, regime and onward limit."""

from __future__ import annotations

from . import adults, children, council, emergency, enforcement

FEEDS = (*council.FEEDS, *emergency.FEEDS, *children.FEEDS, *adults.FEEDS, *enforcement.FEEDS)
