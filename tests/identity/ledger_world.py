"""An installation in which linkage runs on mentions given by hand, as if the lake held them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from tests.identity import linked

from peelian.access.actor import Actor
from peelian.access.models import Agency, RecordClass, User
from peelian.identity import link, mentions, names_held, persons, training
from peelian.identity.models import Component, Known, Review
from peelian.records.models import Batch, Marker

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TOLD = {"source": "force", "controller": "The Chief Constable", "regime": "part3", "onward": "-"}


class Ledger:
    """A force with an analyst, and what its lake would say.

    Parameters
    ----------
    monkeypatch : pytest.MonkeyPatch
        `current_mentions` gives `now`; the model is the county's, trained once for all tests.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names_held.forget()
        force = Agency.objects.create(code="example", name="Example Police", kind="police")
        self.ann = User.objects.create_user("ann", agency=force)
        self.runs = 0
        self.now = pl.DataFrame(schema=mentions.SCHEMA)
        monkeypatch.setattr(link, "current_mentions", lambda: self.now)
        fitted = dict(linked.trained().settings)
        monkeypatch.setattr(training, "fit", lambda *_, **__: fitted)
        monkeypatch.setattr(training, "FEWEST", 1)
        for code, category in (("force-person-police", "person"), ("force-intelligence-police", "intelligence")):
            RecordClass.objects.create(code=code, category=category, handling="police", **TOLD)
        self.batches = {
            code: Batch.objects.create(
                digest=f"{n:064x}", feed="force-people", file="people.csv", state=Batch.LANDED, record_class_id=code, by="ann",
                purpose="records", known_from=AT, landed_at=AT,
            ).pk
            for n, code in enumerate(("force-person-police", "force-intelligence-police"))
        }  # fmt: skip

    def actor(self, user: User | None = None, purpose: str = "crime-analysis") -> Actor:
        return Actor.of(user or self.ann, purpose)

    def says(self, told: pl.DataFrame, **columns: Any) -> None:
        """The lake says these mentions, and no others."""
        own = {
            "record_class": "force-person-police",
            "markers": "",
            "known_from": "2026-11-20 09:00:00.000000",
            **columns,
        }
        frame = told.sort("key").with_columns(
            **{name: pl.lit(value) if isinstance(value, str) else value for name, value in own.items()}
        )
        frame = frame.with_columns(
            line=(pl.col("key").hash(7) % 10**12).cast(pl.Int64),  # a line of a source's file stays where it is
            batch=pl.col("record_class").replace_strict(self.batches),
            content=pl.concat_str(
                [pl.col(c).cast(pl.String).fill_null("") for c in mentions.COMPARED], separator="\x1f"
            )
            .hash(1)
            .cast(pl.String),
            ethnicity=pl.lit(""),
        )
        self.now = frame.select(
            [pl.col(c).fill_null("") if t == pl.String else pl.col(c) for c, t in mentions.SCHEMA.items()]
        )

    def link(self) -> link.LinkResult:
        self.runs += 1
        return link.link(actor=self.actor(purpose="records"), at=AT + timedelta(hours=self.runs))

    def state(self) -> dict[str, Any]:
        """All that linkage made, without counters."""
        members: dict[int, list[str]] = {}
        for key, component in Known.objects.exclude(component=None).values_list("key", "component"):
            members.setdefault(component, []).append(key)
        columns = [f.attname for f in Known._meta.fields if f.attname not in ("id", "component_id")]
        return {
            "known": sorted(Known.objects.values_list(*columns)),
            "components": sorted(
                (sorted(members[pk]), sorted(map(tuple, links)), issued)
                for pk, links, issued in Component.objects.values_list("pk", "links", "issued")
            ),
            "review": sorted(Review.objects.filter(closed_at=None).values_list("kind", "uid", "weight", "moot")),
        }

    def persons(self) -> set[frozenset[str]]:
        """Persons of several mentions, as somebody who sees everything is shown them."""
        every = Known.objects.exclude(component=None).order_by("pk")
        return {frozenset(p.keys) for p in persons.persons_of(every, actor=self.actor()) if len(p.keys) > 1}

    def mark(self, key: str, kind: str) -> None:
        """The store's row of a marker that the lake states."""
        row = self.now.filter(pl.col("key") == key).row(0, named=True)
        Marker.objects.create(
            batch_id=row["batch"], line=row["line"], identity="0" * 32, content="0" * 32, record_class_id=row["record_class"],
            known_from=AT, mention=key.partition("/")[2], kind=kind,
        )  # fmt: skip
