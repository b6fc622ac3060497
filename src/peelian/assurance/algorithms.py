"""The register of algorithms: every policy, find, model and optimiser, read from the declarations that run.

A rule that nobody could list would be one that nobody answers for: the register is drawn up from the same declarations that the engine
runs, so it cannot leave one out. No algorithm decides about a person: each line says what a person decides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from peelian.core.dated import REGISTRY, STANDING
from peelian.core.document import Column, Document, Note, Paragraph, Section, Source, Table
from peelian.core.kinds import Kind
from peelian.core.kinds.words import words_of
from peelian.core.system import System

SOURCE = Source("Peelian's own declarations", "systems, kinds of case, dated tables and modules as installed")
STANDARDS = (
    Source("Algorithmic Transparency Recording Standard", "voluntary for police"),
    Source("Covenant for Using Artificial Intelligence in Policing", "NPCC, 28 September 2023"),
)


@dataclass(frozen=True)
class Algorithm:
    """One line of the register.

    Attributes
    ----------
    kind : str
        ``policy``, ``find``, ``model``, ``optimiser`` or ``statistic``.
    owner : str
        The role that answers for it first.
    decides : str
        What a person decides.
    """

    system: str
    name: str
    kind: str
    module: str
    purpose: str
    owner: str
    source: str
    evidence: str
    decides: str


def listed() -> list[Algorithm]:
    """Every algorithm of this installation: of the systems first, then models and optimisers, then statistical functions."""
    from peelian.systems import listed as systems

    found = [one for system in systems() for one in _of_system(system)]
    return [*found, *_held(), *_statistics()]


def _of_system(system: System) -> Iterator[Algorithm]:
    for kind in system.kinds:
        for decision in kind.decisions:
            outcomes = ", ".join(words_of(o.name, o.title).lower() for o in decision.outcomes)
            yield Algorithm(
                system.id, f"{kind.title}: {words_of(decision.name, decision.title)}", "policy", system.module, first_sentence(decision.policy, f"Proposes: {words_of(decision.name, decision.title).lower()}"),
                _owner(kind), kind.source, _evidence(system.module), f"One of: {outcomes}; with a reason where it differs.",
            )  # fmt: skip
    for find in system.finds:
        owner = find.by[0] if find.by else next(iter(system.roles), "whoever may open the case")
        yield Algorithm(
            system.id, find.title, "find", system.module, first_sentence(find.look, find.title), owner.replace("-", " "), "records held here",
            _evidence(system.module), "Whether a case is opened: each line is a proposal.",
        )  # fmt: skip


def _owner(kind: Kind) -> str:
    return (kind.owners.climbs[0] if kind.owners.climbs else "owner of the case").replace("-", " ")


@cache
def _evidence(module: str) -> str:
    """How well the dated values of a module are known: those of the tables that stand beside it."""
    folder, _, stem = module.rpartition(".")
    marks = {
        row.evidence
        for table in REGISTRY.tables
        if table.path.parent.name == folder and table.path.stem.startswith(stem)
        for version in table.versions
        for row in version.rows
    }
    return "; ".join(STANDING[mark] for mark in STANDING if mark in marks) or "it holds no dated value of its own"


def _held() -> Iterator[Algorithm]:
    for one in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["algorithm"]:
        yield Algorithm("", one["name"], one["kind"], one["module"], one["purpose"], one["owner"], one["source"], STANDING[one["evidence"]], one["decides"])  # fmt: skip


def _statistics() -> Iterator[Algorithm]:
    import peelian.analysis

    for found in iter_modules(peelian.analysis.__path__):
        if not found.name.startswith("_"):
            module = import_module(f"peelian.analysis.{found.name}")
            yield Algorithm(
                "", found.name.replace("_", " "), "statistic", f"analysis.{found.name}", first_sentence(module), "analyst",
                "References in the functions", "stated in the functions", "What the figures mean, and what is done.",
            )  # fmt: skip


def first_sentence(what: Callable[..., Any] | Any, otherwise: str = "") -> str:
    """The first sentence of what is said of a rule where it is declared; its title where nothing is."""
    text = " ".join((what.__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") + "." if text else f"{otherwise}."


def document(on: date) -> Document:
    """The register, to be read and signed."""
    rows = listed()
    columns = (
        Column("System"), Column("Algorithm"), Column("Purpose"), Column("Answers for it"), Column("Source"), Column("How well its values are known"),
        Column("What a person decides"),
    )  # fmt: skip
    titles = {
        "policy": "Policies: what is proposed in a case", "find": "Finds: what is laid before a person", "model": "Models", "optimiser": "Optimisers",
        "statistic": "Statistical functions",
    }  # fmt: skip
    sections = [
        Section(title, (Table(title, columns, tuple((one.system or "all", one.name, one.purpose, one.owner, one.source, one.evidence, one.decides) for one in rows if one.kind == kind), sources=(SOURCE,)),))
        for kind, title in titles.items()
        if any(one.kind == kind for one in rows)
    ]  # fmt: skip
    return Document(
        "Register of algorithms", "Peelian as installed here", "OFFICIAL", on,
        (("Drawn up", f"{on:%-d %B %Y}"), ("To be signed by", "two people"), ("Algorithms", str(len(rows)))),
        (
            Section("What holds for all", (
                Paragraph("A policy proposes and a person decides; disagreement is recorded with a reason and is a measure of its own. No algorithm scores "
                          "how likely a person is to offend. Nothing is refused, closed or lowered by the program alone."),
                Note("Effects on groups with protected characteristics, as the force finds them in its own records; complaint route; date on which each is "
                     "looked at again.", "To be added by the force"))),
            *sections,
            Section("Standards", (Table("Standards that this register follows", (Column("Standard"),), tuple((s.label,) for s in STANDARDS), sources=STANDARDS),)),
        ),
    )  # fmt: skip


def sheet(*, actor: Any, at: Any) -> Document:
    """The register as of today."""
    from peelian.core.clock import london_day

    return document(london_day(at))
