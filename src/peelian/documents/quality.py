"""The data-quality report of one source, as a document to read and to send back."""

from __future__ import annotations

from datetime import date, timedelta

from peelian.analysis.drift import MixDrift, ShareDrift
from peelian.analysis.trend import NotEnoughData, control_chart
from peelian.core.document import (
    Block,
    Column,
    Document,
    Figure,
    Finding,
    Note,
    Paragraph,
    Section,
    Source,
    Table,
    Task,
)
from peelian.records.quality import FALSE_RATE, LEAST_MONTHS, SMALL_CHANGE, Drift, Quality

from . import charts

_CHART = Source("Control chart", "Laney, Quality Engineering 14(4), 531-537 (2002); limits from the first 12 months")
_METHODS = (
    Source(
        "Share of filled cells", "Newcombe, Statistics in Medicine 17, 873-890 (1998), method 10; Fisher's exact test"
    ),
    Source("Mix of coded values", "total variation distance; chi-squared test of homogeneity"),
    Source("Many columns at once", f"Benjamini and Yekutieli (2001), false discoveries at most {FALSE_RATE:.0%}"),
)


def quality_document(found: Quality) -> Document:
    """The report of one feed: findings first, then what came, how complete, how late, how valid, how unlike its past."""
    read, bad = found.total("read"), found.total("quarantined")
    parts = [_deliveries(found), _months(found), _filled(found), _lateness(found), _faults(found), _drifts(found)]
    findings = [
        Finding("rows", f"{read:,} rows came in {len(found.deliveries):,} {'delivery' if len(found.deliveries) == 1 else 'deliveries'}; {bad:,} ({_percent(bad / read if read else 0)}) could not be "
                        f"accepted and {found.total('repeats'):,} were sent before. {found.rows:,} rows are current."),
        *(block for part in parts for block in part.blocks if isinstance(block, Finding)),
    ]  # fmt: skip
    sections = tuple(
        Section(
            part.title, tuple(b for b in part.blocks if not isinstance(b, Finding)) or (Paragraph("Nothing to tell."),)
        )
        for part in parts
    )
    own = found.feed.record_class
    tasks = _tasks(found)
    return Document(
        title=f"Data quality: {found.feed.title}",
        subtitle=f"Feed {found.feed.name}, as held on {Column('', 'date').show(found.on)}",
        marking="OFFICIAL",
        edition=found.on,
        meta=(
            ("Controller", own.controller),
            ("For", f"{own.controller}, and whoever keeps the feed here"),
            ("Passing on", "This report holds no cell of any record; file names, lines and columns only"),
        ),
        sections=(
            Section("Findings", tuple(findings)),
            *([Section("What we ask of the source", tuple(tasks))] if tasks else []),
            *sections,
            Section(
                "Methods",
                (
                    Table(
                        "Methods used",
                        (Column("Method"), Column("Reference")),
                        tuple((m.label, m.detail) for m in _METHODS),
                    ),
                    Note(
                        f"A change is told where chance does not explain it and it is at least {_percent(SMALL_CHANGE)} (a local setting).",
                        "What counts as a change",
                    ),
                ),
            ),
        ),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.{0 if share >= 0.1 or share == 0 else 1}f}%"


def _name(month: str) -> str:
    return f"{date.fromisoformat(month + '-01'):%B %Y}"


def _deliveries(found: Quality) -> Section:
    rows = tuple(
        (d.file, d.published if d.stated else "not stated", d.read, d.accepted, d.quarantined, d.repeats)
        for d in found.deliveries[-36:]
    )
    columns = (Column("File"), Column("Edition"), Column("Read", "number"), Column("Accepted", "number"),
               Column("Quarantined", "number"), Column("Repeats", "number"))  # fmt: skip
    notes = tuple(dict.fromkeys(note for d in found.deliveries for note in d.notes if not note.startswith("edition:")))
    blocks: list[Block] = [
        Table(f"Deliveries{', the newest 36' if len(found.deliveries) > 36 else ''}, oldest first", columns, rows)
    ]
    blocks += [Note(note, "Said when a file was read") for note in notes[:10]]
    if len(notes) > 10:
        blocks.append(Paragraph(f"{len(notes) - 10} more notes stand on the pages of the batches."))
    return Section("What came", tuple(blocks))


def _months(found: Quality) -> Section:
    blocks: list[Block] = []
    gaps = found.gaps
    if gaps:
        few = ", ".join(map(_name, gaps[:6])) + (f" and {len(gaps) - 6} more" if len(gaps) > 6 else "")
        blocks.append(Finding("gaps", f"No row is held of {few}, though months before and after are."))
    if found.undated:
        blocks.append(Paragraph(f"{found.undated:,} rows have no date of their own, so they stand in no month."))
    table = Table(
        "Current rows by month of their own date", (Column("Month"), Column("Rows", "number")),
        tuple((_name(m), n) for m, n in found.months[-36:]),
    )  # fmt: skip
    whole = [(m, n) for m, n in found.months if m < f"{found.on:%Y-%m}"]
    chart = control_chart([n for _, n in whole], baseline=12, kind="laney") if len(whole) >= 12 and not gaps else None
    if chart is None or isinstance(chart, NotEnoughData):
        return Section("Rows by month", (*blocks, *([table] if found.months else ())))
    names, odd = [_name(m) for m, _ in whole], {s.at for s in chart.signals}
    outside = sorted({s.at for s in chart.signals if "limit" in s.rule})
    if outside:
        blocks.append(
            Finding(
                "volume",
                f"{', '.join(names[i] for i in outside[-4:])}: more or fewer rows than the first 12 months would lead one to expect.",
            )
        )
    blocks.append(
        Figure(
            "Rows by month against the limits of the first 12 months",
            charts.control_chart(
                [f"{date.fromisoformat(m + '-01'):%b %y}" for m, _ in whole], chart.values.tolist(), centre=[chart.centre] * len(names), low=chart.lower.tolist(), high=chart.upper.tolist(),
                signals=[i in odd for i in range(len(names))], unit="Rows a month",
            ),
            f"Control chart of {len(names)} months, centre {chart.centre:,.0f} rows; signals: " + ("; ".join(f"{names[s.at]} {s.rule}" for s in chart.signals[:12]) or "none") + ".",
            table,
            (_CHART,),
        )
    )  # fmt: skip
    return Section("Rows by month", tuple(blocks))


def _filled(found: Quality) -> Section:
    rows = tuple(
        (f.column, f.share, "must be filled" if not column.blank else "may be empty")
        for f, column in zip(found.filled, found.feed.columns, strict=True)
    )
    empty = [f.column for f in found.filled if f.rows and not f.filled]
    blocks: list[Block] = [
        Table(
            "Share of rows in which a column is filled",
            (Column("Column"), Column("Filled", "percent"), Column("Rule")),
            rows,
        )
    ]
    if empty:
        blocks.insert(0, Finding("empty", f"Never filled: {', '.join(empty)}."))
    return Section("Completeness", tuple(blocks))


def _lateness(found: Quality) -> Section:
    late = found.lateness
    if late is None:
        return Section(
            "Lateness",
            (Note("No delivery states its edition's date, or the source gives its records no date.", "Not known"),),
        )
    return Section(
        "Lateness",
        (
            Finding("late", f"Half of the rows came within {late.median:.0f} days of their own date, nine in ten within {late.ninth:.0f}."),
            Paragraph(f"Over {late.rows:,} rows: days from a record's own date (or the end of its month) to the date of the edition."),
        ),
    )  # fmt: skip


def _faults(found: Quality) -> Section:
    if not found.faults:
        return Section("Validity", (Paragraph("No row waits in quarantine."),))
    table = Table(
        "Rows in quarantine by what is wrong",
        (Column("Column"), Column("What is allowed"), Column("Rows", "number")),
        tuple((f.column, f.allowed, f.rows) for f in found.faults[:30]),
        note="A row with two faults is counted under both.",
    )
    most = found.faults[0]
    told = Finding(
        "faults", f"The commonest fault is in {most.column} ({most.rows:,} rows); allowed is {most.allowed}."
    )
    return Section("Validity", (told, table))


def _drifts(found: Quality) -> Section:
    title = "Change against its own past"
    if not found.compared:
        return Section(title, (Note(f"{LEAST_MONTHS + 1} whole months are needed.", "Not enough data"),))
    if not found.drifts:
        return Section(title, (Paragraph(f"{_name(found.compared)} is like the year before it in every column."),))
    rows = tuple((d.column, *_told(d)) for d in found.drifts)
    findings = [
        Finding(f"drift-{n}", f"{d.column}: {_told(d)[0]} in {_name(found.compared)}, against the year before.")
        for n, d in enumerate(found.drifts[:6], start=1)
    ]
    table = Table(
        f"Columns in which {_name(found.compared)} is unlike the year before it",
        (Column("Column"), Column("What changed"), Column("Chance")), rows,
    )  # fmt: skip
    return Section(title, (*findings, table))


def _told(drift: Drift) -> tuple[str, str]:
    change = drift.change
    p = "p < 0.001" if change.p < 0.001 else f"p = {change.p:.3f}"
    if isinstance(change, ShareDrift):
        return (
            f"filled in {_percent(change.now)} of rows, before in {_percent(change.before)} (difference {100 * change.low:+.0f} to {100 * change.high:+.0f} points)",
            p,
        )
    assert isinstance(change, MixDrift)
    new = f"; new: {', '.join(change.new[:5])}" if change.new else ""
    gone = f"; no longer: {', '.join(change.gone[:5])}" if change.gone else ""
    return f"{_percent(change.distance)} of rows have another value than the mix before would give{new}{gone}", p


def _tasks(found: Quality) -> list[Task]:
    """What the source is asked to do, worst first."""
    owner, tasks = found.feed.record_class.controller, []
    if found.faults:
        tasks.append(
            Task(
                f"Mend the {found.total('quarantined'):,} rows listed in the file of faults and send them again",
                owner, found.on + timedelta(days=28), ("faults",), "The rows leave quarantine",
            )
        )  # fmt: skip
    if found.gaps:
        tasks.append(
            Task(
                "Send the months that are missing, or say that nothing happened in them",
                owner, found.on + timedelta(days=28), ("gaps",), "No month between the first and the last is empty",
            )
        )  # fmt: skip
    if found.drifts:
        tasks.append(
            Task(
                "Say what changed in the columns named: the system, the form, or what happens",
                owner, found.on + timedelta(days=28), ("drift-1",), "The cause is written beside the next report",
            )
        )  # fmt: skip
    return tasks
