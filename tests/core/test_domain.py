"""What rows cover, against counting every whole number and word one by one."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from peelian.core.domain import Choice, Span, cover

DOMAINS = {"age": Span(0, 8), "risk": Choice(("low", "medium", "high"))}
spans = st.tuples(st.integers(0, 7), st.integers(1, 8)).filter(lambda s: s[0] < s[1]).map(lambda s: Span(*s))
words = st.sets(st.sampled_from(DOMAINS["risk"].words), min_size=1).map(lambda w: Choice(tuple(sorted(w))))
boxes = st.fixed_dictionaries({}, optional={"age": spans, "risk": words})


def points(box):
    ages = [a for a in range(8) if "age" not in box or box["age"].low <= a < box["age"].below]
    return {(a, r) for a in ages for r in DOMAINS["risk"].words if "risk" not in box or r in box["risk"].words}


@given(rows=st.lists(boxes, max_size=6), first=st.booleans())
def test_gaps_overlaps_and_hidden_rows_are_those_that_counting_finds(rows, first):
    found = cover(DOMAINS, rows, first=first)
    covered = [points(row) for row in rows]
    everything = set(product(range(8), DOMAINS["risk"].words))

    assert set().union(*map(points, found.gaps)) == everything - set().union(*covered)
    assert sum(len(points(gap)) for gap in found.gaps) == len(everything - set().union(*covered)), "each hole told once"
    if first:
        hidden = [n for n, own in enumerate(covered) if own <= set().union(*covered[:n])]
        assert found.unreachable == hidden and found.overlaps == []
    else:
        crowded = {p for p in everything if sum(p in own for own in covered) > 1}
        assert found.unreachable == [] and bool(found.overlaps) == bool(crowded)
        for earlier, later, box in found.overlaps:
            assert earlier < later and points(box) <= covered[earlier] & covered[later]


def test_a_hole_over_several_cells_is_told_once():
    found = cover({"score": Span(0, 100)}, [{"score": Span(0, 10)}, {"score": Span(60, 100)}], first=False)
    assert found.gaps == [{"score": Span(10, 60)}]
