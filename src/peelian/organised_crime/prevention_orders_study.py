"""Where applications for prevention orders fail: by gate, limb of the Act, court and team, with intervals; for the force and the prosecutor together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Finding, Note, Section, Source, Table
from peelian.core.kinds import Case

from . import prevention_orders_rules as rules
from .held import counted, held

FEW = 20
GATES = (
    ("considered", None),
    ("sought", "seek"),
    ("sent to the prosecutor", "send"),
    ("applied for", "apply"),
    ("granted", "grant"),
)
FAILED = ("refused", "withdrawn")
DECIDED = ("granted", "refused", "ended")


def gates(orders: Sequence[Case]) -> list[tuple[str, int]]:
    """How many orders came through each gate."""
    return [(words, sum(_passed(one, act) for one in orders)) for words, act in GATES]


def _passed(one: Case, act: str | None) -> bool:
    if act == "seek":
        return bool(one.get("chosen") == "sought")
    return act is None or bool(one.times(act))


def failures(orders: Iterable[Case]) -> Counter[str]:
    """Failures by limb; one without a code stands as such. A further reason counts beside the main one."""
    found: Counter[str] = Counter()
    for one in orders:
        if one.stage in FAILED:
            found[one.get("limb") or "no reason coded"] += 1
            found.update({row.of_limb for row in one.further_reasons} - {one.get("limb")})
    return found


def granted_by(orders: Iterable[Case], of: Callable[[Case], str]) -> dict[str, tuple[int, int]]:
    """Granted and decided, by court, team or order."""
    found: dict[str, tuple[int, int]] = {}
    for one in orders:
        if one.stage in DECIDED:
            hits, rows = found.get(of(one), (0, 0))
            found[of(one)] = hits + (one.stage != "refused"), rows + 1
    return dict(sorted(found.items()))


def early_and_late(orders: Iterable[Case]) -> tuple[float, list[list[int]], float] | None:
    """Whether what reached the prosecutor earlier was granted more often, of all that was sent and has ended: a late one may never get to a court.

    Returns
    -------
    (float, list, float) or None
        The median of days before sentence, which divides them; granted and not, for the earlier and the later half; Fisher's exact p, of two sides.
        None while fewer than four have ended.
    """
    from scipy.stats import fisher_exact

    days = [
        (d, one.stage not in FAILED)
        for one in orders
        if (one.stage in DECIDED or one.stage == "withdrawn") and (d := rules.days_before_sentence(one)) is not None
    ]
    if len(days) < 4:
        return None
    middle = float(median(d for d, _ in days))
    table = [
        [sum(hit is want and (d > middle) is early for d, hit in days) for want in (True, False)]
        for early in (True, False)
    ]
    return middle, table, float(fisher_exact(table).pvalue)


def study(*, actor: Any, at: datetime, **given: Any) -> Document:
    """Where applications fail: the sheet of the system."""
    return document([one for _, one in held(actor, at, "prevention_order")], at)


def document(orders: Sequence[Case], at: datetime) -> Document:
    """The study of these orders."""
    source = (Source("Prevention orders of this force", f"as known at {at:%H:%M}"),)
    passed = gates(orders)
    steps = tuple(
        (words, n, counted(n, before)) for (words, n), before in zip(passed[1:], [n for _, n in passed], strict=False)
    )
    failed = failures(orders)
    total = sum(one.stage in FAILED for one in orders)
    decided = granted_by(orders, lambda one: "all")
    hits, rows = decided.get("all", (0, 0))
    share = counted(hits, rows)
    said = f"{hits} of {rows} that a court decided were granted" + (
        f": {100 * share.value:.0f}% ({100 * share.low:.0f} to {100 * share.high:.0f})." if share else "."
    )
    findings: list[Block] = [Finding("granted", said)]
    if failed:
        limb, most = failed.most_common(1)[0]
        on = limb.replace("no limb: ", "no limb of the law, but on ", 1)
        findings.append(Finding("limb", f"Most failures, {most} of {total}, are on {on}."))
    if rows < FEW:
        findings.append(
            Note(f"Fewer than {FEW} were decided: not enough data to say that one court or team differs from another.")
        )
    shares = (Column("Share", "percent", "95% interval"),)
    blocks: list[Block] = [
        Table("Through each gate, of those that came to it", (Column("Gate"), Column("Orders", "number"), *shares), (("considered", passed[0][1], ""), *steps),
              sources=source),
        Table("Failures by limb of the law", (Column("Limb"), Column("Failures", "number"), *shares),
              tuple((limb, n, counted(n, total)) for limb, n in failed.most_common()),
              note="One failure may stand under several limbs; the share is of all failures.", sources=source),
    ]  # fmt: skip
    for words, of in (
        ("court", lambda o: o.get("court") or "not stated"),
        ("team", lambda o: o.team),
        ("order", lambda o: o.order),
        ("year heard", lambda o: str(o.hearing_on.year) if o.get("hearing_on") else "not stated"),
    ):
        lines = tuple((name, n, k, counted(k, n)) for name, (k, n) in granted_by(orders, of).items())
        blocks.append(Table(f"Granted by {words}, of those decided", (Column(words.capitalize()), Column("Decided", "number"), Column("Granted", "number"), *shares),
                            lines, sources=source))  # fmt: skip
    sections = [Section("In short", tuple(findings)), Section("Where applications fail", tuple(blocks))]
    if found := early_and_late(orders):
        middle, ((early, late_no), (late, never)), p = found
        sections.append(Section("Does it help to be early?", (
            Table("Sent to the prosecutor", (Column("When"), Column("Granted", "number"), Column("Not granted", "number")),
                  ((f"more than {middle:.0f} days before sentence", early, late_no), (f"{middle:.0f} days or fewer", late, never)),
                  note="Not granted: refused, or withdrawn after it was sent.", sources=source),
            Note(f"Fisher's exact test: p = {p:.2f}. " + ("The halves differ by more than chance explains." if p < 0.05 else
                 "Chance alone explains a difference like this: it shows no effect, nor that there is none.") + " It is a comparison, not a trial."),
        )))  # fmt: skip
    return Document(
        title="Prevention orders: where applications fail", subtitle="for the force and the prosecutor together", marking="OFFICIAL-SENSITIVE",
        edition=london_day(at), sections=tuple(sections), meta=(("Reasons", "coded by Peelian's proposal, under the limbs of the Serious Crime Act 2007"),),
    )  # fmt: skip
