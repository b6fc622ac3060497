"""What the other agencies hold of the made-up county: drawn from its truth by its seed, so that the same county gives the same records.

People in domestic events are on these lists more often than others, as they would be; the shares are design.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

Rows = dict[str, list[dict[str, str]]]
ORDERS = ("non-molestation order", "domestic abuse protection notice", "restraining order", "bail conditions")
WARRANTS = ("failed to appear", "breach of community order", "recall to prison")


def records(county: Path) -> Rows:
    """Records of each source, of a county made in `county`."""
    told = json.loads((county / "truth" / "county.json").read_text("utf-8"))
    rng, until = Random(f"pack sources {told['seed']}"), date.fromisoformat(told["until"])
    people = pl.read_csv(county / "truth" / "people.csv", infer_schema=False)
    events = pl.read_csv(county / "truth" / "events.csv", infer_schema=False).filter(pl.col("domestic") == "true")
    suspects = sorted(set(events["suspect"].drop_nulls()) - {"-1", ""}, key=int)
    victims = sorted(set(events["victim"].drop_nulls()) - {"-1", ""}, key=int)
    by_id = {row["person"]: row for row in people.iter_rows(named=True)}
    homes: dict[str, list[dict[str, Any]]] = {}
    for row in by_id.values():
        homes.setdefault(row["household"], []).append(row)
    made = _Made(rng, until)
    for person in suspects:
        made.suspect(by_id[person])
    for person in victims:
        made.home(homes[by_id[person]["household"]])
    for person in sorted(rng.sample(sorted(by_id, key=int), len(by_id) // 50), key=int):
        made.anybody(by_id[person])
    return made.rows


class _Made:
    def __init__(self, rng: Random, until: date) -> None:
        self.rng, self.until, self.count = rng, until, 0
        names = (
            "warrants",
            "firearms",
            "orders",
            "childrens-social-care",
            "probation",
            "adults-social-care",
            "other-force",
        )
        self.rows: Rows = {name: [] for name in names}

    def add(
        self,
        source: str,
        field: str,
        mark: str,
        kind: str,
        words: str,
        who: dict[str, Any],
        *,
        days: int,
        lasts: int = 0,
    ) -> None:
        self.count += 1
        day = self.until - timedelta(days=self.rng.randrange(days))
        end = (day + timedelta(days=lasts)).isoformat() if lasts else ""
        particulars = {name: who[name] for name in ("surname", "forenames", "born_on", "address", "postcode", "phone")}
        self.rows[source].append(
            {"field": field, "record": f"{mark}/{self.count:06d}", "kind": kind, "words": words, "when": day.isoformat(), "until": end}
            | particulars
        )  # fmt: skip

    def suspect(self, who: dict[str, Any]) -> None:
        """Somebody who was a suspect of domestic abuse."""
        name, roll = f"{who['surname'].upper()}, {who['forenames']}", self.rng.random
        if roll() < 0.08:
            why = self.rng.choice(WARRANTS)
            self.add("warrants", "warrant", "WR", "warrant", f"{name}: warrant not executed, {why}", who, days=200)
        if roll() < 0.15:
            order = self.rng.choice(ORDERS)
            words = f"{name}: {order}; not to go to or near the home of the person protected"
            self.add("orders", "order", "OR", order, words, who, days=360, lasts=365)
        if roll() < 0.06:
            self.add(
                "firearms",
                "weapons-held",
                "FL",
                "firearms",
                "Shotguns are kept at this address",
                who,
                days=1500,
                lasts=1826,
            )
            self.add(
                "firearms",
                "certificate",
                "FL",
                "shotgun certificate",
                f"{name}: shotgun certificate",
                who,
                days=1500,
                lasts=1826,
            )
        if roll() < 0.2:
            self.add(
                "probation",
                "supervision",
                "PS",
                "supervision",
                f"{name}: community order, building better relationships",
                who,
                days=500,
            )
            if roll() < 0.4:
                self.add(
                    "probation",
                    "known-danger",
                    "PS",
                    "known danger",
                    f"{name}: a known danger to a known adult",
                    who,
                    days=500,
                )
        if roll() < 0.12:
            self.add(
                "other-force",
                "history",
                "OF",
                "domestic incident",
                f"{name}: suspect of a domestic assault there",
                who,
                days=1500,
            )

    def home(self, people: list[dict[str, Any]]) -> None:
        """The home of somebody who suffered domestic abuse."""
        for who in people:
            age = (self.until - date.fromisoformat(who["born_on"])).days / 365.25
            name = f"{who['surname'].upper()}, {who['forenames']}"
            if age < 18 and self.rng.random() < 0.15:
                self.add(
                    "childrens-social-care",
                    "child-at-risk",
                    "CS",
                    "child at risk",
                    "A child at this address has a protection plan",
                    who,
                    days=300,
                )
                self.add(
                    "childrens-social-care",
                    "child-case",
                    "CS",
                    "protection plan",
                    f"{name}: child protection plan, emotional abuse",
                    who,
                    days=300,
                )
            if age >= 65 and self.rng.random() < 0.2:
                self.add(
                    "adults-social-care",
                    "adult-at-risk",
                    "AS",
                    "adult at risk",
                    "An adult here has care and support needs",
                    who,
                    days=600,
                )
                self.add(
                    "adults-social-care",
                    "adult-case",
                    "AS",
                    "adult case",
                    f"{name}: open to the adults' team",
                    who,
                    days=600,
                )

    def anybody(self, who: dict[str, Any]) -> None:
        """One in fifty of all: most lists are not about domestic abuse."""
        name = f"{who['surname'].upper()}, {who['forenames']}"
        if self.rng.random() < 0.3:
            self.add("other-force", "history", "OF", "theft", f"{name}: witness of a theft there", who, days=3000)
        if self.rng.random() < 0.2:
            self.add(
                "firearms",
                "weapons-held",
                "FL",
                "firearms",
                "Rifles are kept at this address",
                who,
                days=1500,
                lasts=1826,
            )
