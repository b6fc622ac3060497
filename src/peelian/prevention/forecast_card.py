"""The card that stands before every forecast: how good it would have been, whom it would have watched, and what it may set going."""

from __future__ import annotations

import numpy as np

from peelian.access.release import protect
from peelian.analysis.backtest import SHARES, Backtest, Verdict
from peelian.analysis.fairness import TOLERANCE, Group, fairness, feedback_loop
from peelian.analysis.forecast import BASELINES
from peelian.core.document import Block, Cell, Column, Estimate, Finding, Note, Paragraph, Section, Source, Table

from .forecast_grounds import Grounds
from .profile.part import Part, chance, percent, say_days, several
from .profile.small_counts import HIDDEN, SENTENCE, safe, told

SECTION = "How far to trust this forecast"
SHARE = 0.1  # of the area, that the verdict is about (design)
NAMES = {
    "same period last year": "Last year's counts, same {kind}s",
    "mean of last year": "Last year's counts, mean of the year",
    "weighted average": "Weighted average of the past",
    "model": "This forecast (shrunk share of each place, season, trend)",
}
METHODS = (
    Source(
        "Back-test by rolling origin; predictive accuracy index at shares of the area",
        "Chainey, S., Tompson, L. and Uhlig, S. (2008). Security Journal 21, 4-28",
    ),
    Source("Prediction efficiency index", "Hunt, J. M. (2016). Do crime hot spots move? American University"),
    Source(
        "Calibration of counts: probability-integral transform",
        "Czado, C., Gneiting, T. and Held, L. (2009). Biometrics 65, 1254-1261",
    ),
    Source("Feedback loop: police-generated against victim-reported crime in watched places", "Lum, K. and Isaac, W. (2016). Significance 13(5), 14-19"),
)  # fmt: skip


def card(grounds: Grounds, tried: Backtest) -> Part:
    """Verdict first; then accuracy, counts, fairness and the feedback loop, each with its interval."""
    verdict = tried.verdict(SHARE)
    fair_blocks, fair_findings, unknown = _fairness(grounds, tried)
    loop_block, loop_finding, loop_unknown = _loop(grounds, tried)
    span = say_days(tried.first, tried.after.fromordinal(tried.after.toordinal() - 1))
    findings = (
        Finding("honesty", _said(grounds, tried, verdict)),
        *fair_findings,
        *((Finding("feedback", loop_finding),) if loop_finding else ()),
    )
    blocks: list[Block] = [
        *findings,
        Paragraph(
            f"Tried on {span}: for each {tried.periods.kind} a forecast was made from what had happened before it only, and held against "
            f"what followed. Every method was given the same shares of the area to watch, its most expected places first."
        ),
        *_accuracy(grounds, tried),
        *_counts(grounds, tried),
        *fair_blocks,
        *([loop_block] if loop_block else []),
    ]
    return Part(Section(SECTION, tuple(blocks)), findings, unknown=(*unknown, *loop_unknown), methods=METHODS)


def _said(grounds: Grounds, tried: Backtest, verdict: Verdict) -> str:
    ahead = {name: tried.ahead("model", name, SHARE) for name in BASELINES}
    rates = {name: percent(tried.score(name, SHARE).hit_rate.value) for name in (*BASELINES, "model")}
    share = percent(SHARE)
    held = (
        f"watching {share} of the area it would have caught {rates['model']} of the {grounds.theme.many} that followed, last year's counts "
        f"{rates[BASELINES[1]]} (mean of the year) and {rates[BASELINES[0]]} (same {tried.periods.kind}s)"
    )
    least = min(ahead.values(), key=lambda e: e.value)
    gap = f"{100 * least.value:+.1f} percentage points ({100 * least.low:+.1f} to {100 * least.high:+.1f}) against the better of the two"
    match verdict:
        case "better":
            return f"This forecast is better than last year's counts: {held}; {gap}."
        case "worse":
            return f"This forecast is worse than last year's counts: {held}; {gap}. Use last year's counts."
        case _:
            return f"This forecast is not better than last year's counts, as far as can be told: {held}; {gap}. Use last year's counts."


def _accuracy(grounds: Grounds, tried: Backtest) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    for share in SHARES:
        if share * len(grounds.places) < 1:
            continue
        for name, label in NAMES.items():
            caught = round(float(tried.caught(name, share).sum()))
            score = tried.score(name, share)
            shown = grounds.open_data or protect(caught) is not None
            cells = (score.hit_rate, score.index, score.efficiency) if shown else (HIDDEN,) * 3
            rows.append((percent(share), label.format(kind=tried.periods.kind), *cells))
    if not rows:
        return [Note("There are too few places for shares of the area to be told apart.", "Accuracy by place")]
    return [Table(
        "Of what followed, how much lay where each method would have watched",
        (Column("Area watched"), Column("Method"), Column("Caught", "percent", decimals=1), Column("Predictive accuracy index", "number", "chance = 1", 2),
         Column("Prediction efficiency index", "number", "best = 1", 2)),
        tuple(rows),
        note="In brackets the 95% interval, over blocks of "
        f"{'months' if tried.periods.kind == 'month' else 'weeks'}. Accuracy: share caught over share watched. Efficiency: share caught over the most that the "
        "same area could have caught. Places that tie, and the last, count in part, so that every method watches as much.",
    )]  # fmt: skip


def _counts(grounds: Grounds, tried: Backtest) -> list[Block]:
    kind = tried.periods.kind
    errors = ", ".join(
        f"{label.format(kind=kind)[:1].lower()}{label.format(kind=kind)[1:]} {tried.error(name).show(2)}"
        for name, label in NAMES.items()
    )
    groups = tried.reliability()
    ends = {0: ", least expected", len(groups) - 1: ", most expected"}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{n + 1} of {len(groups)}{ends.get(n, '')}", int(number), expected,
         recorded if grounds.open_data or protect(round(number * recorded.value)) is not None else HIDDEN)
        for n, (number, expected, recorded) in enumerate(groups)
    )  # fmt: skip
    reliable = Table(
        "What was expected, and what was then recorded",
        (Column("Forecasts"), Column("Number", "number"), Column("Mean expected", "number", decimals=2), Column("Mean recorded", "number", "95% interval", 2)),
        rows,
        note="Forecasts of all places and periods tried, from those that expected least to those that expected most."
        + (" A mean of fewer events than are shown is left out." if any(row[3] == HIDDEN for row in rows) else ""),
    )  # fmt: skip
    worst = float(np.abs(tried.pit - 0.1).max())
    text = (
        f"Its interval that should hold 95% of the counts held {_share(tried.coverage(0.95))} of them, the one for 80% {_share(tried.coverage(0.8))}; "
        "being whole numbers, small counts make both a little wider than asked. "
        f"Of the probability-integral transform, flat where the forecast is right, no tenth is off by more than {percent(worst)}. "
        f"Root mean squared error of the count of a place: {errors}."
    )
    return [Paragraph(text), reliable]


def _share(estimate: Estimate) -> str:
    return Column("", "percent", decimals=1).show(estimate)


def deprivation_group(decile: float | None) -> str:
    """Fifths of England, the most deprived first: tenths of a county are too few places each."""
    if decile is None or not 1 <= decile <= 10:
        return ""
    upper = 2 * int(-(-decile // 2))
    return f"deciles {upper - 1} and {upper}"


def _fairness(grounds: Grounds, tried: Backtest) -> tuple[list[Block], tuple[Finding, ...], tuple[str, ...]]:
    blocks: list[Block] = []
    findings: list[Finding] = []
    unknown: list[str] = []
    deprivation = [deprivation_group(g.decile) for g in grounds.places]
    of = np.array([np.nan if g.ethnicity is None else g.ethnicity for g in grounds.places])
    edges = np.nanquantile(of, [0.2, 0.4, 0.6, 0.8]) if np.isfinite(of).any() else []
    ethnic = [f"fifth {int(np.searchsorted(edges, v)) + 1}" if np.isfinite(v) else "" for v in of]
    for id, groups, what, heading in (
        ("deprivation", deprivation, "deprivation", "Deprivation, decile 1 being the most deprived"),
        ("ethnicity", ethnic, "the share of people of minority ethnic groups", "Fifth of places, smallest share first"),
    ):
        if len(set(groups) - {""}) < 2:
            unknown.append(
                f"Whether it treats places alike whatever {what}: no such figures are loaded for them, or all are alike, so it cannot be told."
            )
            continue
        found = fairness(tried, groups, share=SHARE)
        bias = [g for g in found if g.biased]
        findings.append(Finding(id, _bias(bias, what) + _most_watched(found)))
        blocks.append(_fair_table(grounds, found, what, heading))
    return blocks, tuple(findings), tuple(unknown)


def _bias(biased: list[Group], what: str) -> str:
    if not biased:
        return f"By {what}, no group of places was expected to have over a tenth more or less of it than was recorded, against all places."
    words = [
        f"{'more' if g.ratio and g.ratio.value > 1 else 'less'} of it than was recorded in {g.name} ({g.ratio.show(2) if g.ratio else ''} times as elsewhere)"
        for g in biased
    ]
    return f"Biased by {what}: it expected {several(words)}. It must not direct patrol before this is understood."


def _most_watched(found: list[Group]) -> str:
    most, least = (pick(found, key=lambda g: g.watched.value) for pick in (max, min))
    return (
        f" Most would be watched in {most.name} ({percent(most.watched.value)} of its area, {percent(most.right)} had one known), least in "
        f"{least.name} ({percent(least.watched.value)}, {percent(least.right)})."
    )


def _fair_table(grounds: Grounds, found: list[Group], what: str, heading: str) -> Table:
    recorded = told({g.name: g.recorded for g in found}, open_data=grounds.open_data)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (g.name, g.places, safe(recorded[g.name]), g.watched, g.right, g.in_vain,
         HIDDEN if recorded[g.name] is None else g.ratio, "biased" if g.biased else "")
        for g in found
    )  # fmt: skip
    return Table(
        f"By {what}: what would have been watched, at {percent(SHARE)} of the area",
        (Column(heading), Column("Places", "number"), Column("Recorded", "number"), Column("Area watched", "percent", decimals=1),
         Column("To be watched had one known", "percent", decimals=1), Column("Watched in vain", "percent", decimals=1),
         Column("Expected over recorded", "number", "all places = 1", 2), Column("Flag")),
        rows,
        note=f"Watched in vain (false positives): of the area that need not have been watched. A group is flagged where the whole interval of expected over recorded, "
        f"corrected for the number of groups, is off by {percent(TOLERANCE)} or more. What is recorded depends on who reports and where police look."
        + (f" {SENTENCE}" if None in recorded.values() else ""),
    )  # fmt: skip


def _loop(grounds: Grounds, tried: Backtest) -> tuple[Block | None, str, tuple[str, ...]]:
    found = feedback_loop(tried.watched("model", SHARE), grounds.generated, grounds.reported, first=tried.origins[0])
    if found is None:
        return None, "", (
            "Whether crime that police find by looking (drugs, weapons) follows the places this forecast points at: too little of it is recorded in this source.",
        )  # fmt: skip
    sums = (
        f"in the places it points at, crime that police find by looking (drugs, weapons) changed by a factor of {found.generated:.2f} against other places, "
        f"crime that victims report by {found.reported:.2f} (ratio {found.ratio.show(2)}, {chance(found.p)})"
    )
    if found.alarm:
        return (
            _loop_note(),
            f"A feedback loop is likely: {sums}. It must not direct patrol before this is understood.",
            (),
        )
    return _loop_note(), f"No feedback loop is shown: {sums}.", ()


def _loop_note() -> Note:
    return Note(
        "Police who are sent somewhere find drugs and weapons there, the records rise, and a forecast made from them sends police again. Crime that victims "
        f"report does not rise by being looked for. The check holds {percent(SHARE)} of the area with most expected against the rest, and "
        "with what both had before the trial; a loop that was as strong then cannot be seen. Where patrol truly went is not recorded here.",
        "Feedback loop",
    )
