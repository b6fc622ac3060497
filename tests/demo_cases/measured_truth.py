"""What the rows of measures say of a line of the truth."""

from datetime import timedelta

import numpy as np

from peelian.analysis.rates import share_interval
from peelian.analysis.trend import NotEnoughData
from peelian.casework.bulk import at_once
from peelian.casework.measures import median, picture, verdicts
from peelian.casework.models import Measured
from peelian.core.kinds import Median
from peelian.demo_cases.history import Truth
from peelian.demo_cases.play import Play

MONTH = timedelta(hours=730.5)


def played(story, now, months, seed=1):
    """The truth of so many months, played as the demo plays them."""
    truth = Truth()
    with at_once():
        story.tell(Play(now, story.PURPOSE), np.random.default_rng([seed, 2]), truth, months)
    return truth


def found(row, now):
    """What the measure's rows of the line's time and district give: an interval of 99.9 %, and how many rows it rests on."""
    from peelian.casework.measures import measure_of

    declared = measure_of(*row.measure.split("."))[1]
    # A row belongs to the month in which its case began or its work fell due: the first weeks after a change are of both times.
    margin = 1 if row.since < 36 else 0
    rows = Measured.objects.filter(
        measure=row.measure, at__gte=now - (row.since - margin) * MONTH, at__lt=now - row.until * MONTH
    )
    rows = rows.filter(area=row.area) if row.area else rows
    if isinstance(declared, Median):
        values = np.array([v for v in rows.values_list("value", flat=True) if v is not None])
        _, low, high = median(values, level=0.999)
        return low, high, len(values)
    told = [hit for hit in rows.values_list("hit", flat=True) if hit is not None]
    low, high = (float(x[0]) for x in share_interval([sum(told)], [len(told)], level=0.999)[1:])
    return low, high, len(told)


def missed(truth, now, measures):
    """Lines of the truth that their measure does not find, with what it says instead."""
    wrong = []
    for row in truth.rows:
        if row.measure in measures:
            low, high, n = found(row, now)
            if n < 10 or low is None or not low <= row.value <= high:
                wrong.append((row.measure, row.area, row.value, low, high, n))
    return wrong


def pictured(measure, actor, now):
    """The measure of three years as a reader sees it."""
    since = (now.year - 3) * 100 + now.month
    return picture(*measure.split("."), actor=actor, at=now, since=since, until=now.year * 100 + now.month)


def below(measure, actor, now):
    """Districts that the funnel of three years calls below the others."""
    return {area for area, verdict in verdicts(pictured(measure, actor, now)).items() if verdict == "below"}


def slowest(measure, actor, now):
    """Districts whose median lies, with its whole interval, above those of all others."""
    areas = pictured(measure, actor, now).areas
    return {one.name for one in areas if all(one.low > other.high for other in areas if other is not one)}


def turned(measure, actor, now):
    """Whether the control chart of three years shows that something changed; too few months draw none."""
    chart = pictured(measure, actor, now).chart
    return not isinstance(chart, NotEnoughData) and bool(chart.signals)
