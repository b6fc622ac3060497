"""Shareable editions: what they leave out, that nobody who holds several of them narrows a small count, and two people."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from tests.access.attacker import Attacker

from peelian.access.actor import Actor, Denied
from peelian.access.models import Agency, Entry, Released, User
from peelian.access.release import CountTable, Release, ledger, plan, threshold
from peelian.core.document import Figure, Table
from peelian.core.errors import InvalidInput, PeelianError
from peelian.documents.html import page
from peelian.documents.pdf import pdf
from peelian.prevention import editions
from peelian.prevention.editions import content_of, digest, disclosed, edition, propose_edition
from peelian.prevention.profile.release_tables import release_tables
from peelian.prevention.profile.scope import Held
from peelian.prevention.shareable_content import Content, Told
from peelian.prevention.shareable_document import WITHHELD, shareable_document
from peelian.prevention.themes import THEMES, Partner, Selection

from .conftest import LSOAS, records, scope_of

AT = datetime(2026, 1, 2, 9, tzinfo=UTC)
FEW = {code: LSOAS[code] for code in [*list(LSOAS)[:4], *list(LSOAS)[-4:]]}  # four LSOAs of each district
COUNCIL = "Anyshire Community Safety Partnership"


def world(seed=1, count=150):
    """Burglaries of January to August 2025 in eight LSOAs, few in each month: most finest counts are small."""
    rng = np.random.default_rng(seed)
    events = records(rng, count, days=243)
    areas = rng.choice([*FEW, ""], count, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.06, 0.05, 0.03, 0.01])
    return events.with_columns(
        area=pl.Series(areas),
        offence=pl.Series(rng.choice(["Burglary in a dwelling", "Burglary of a shop", "Aggravated burglary"], count, p=[0.7, 0.27, 0.03])),
    )  # fmt: skip


def corrected(events):
    """As known later: some records taken back, some moved to another LSOA, some dated anew, some late."""
    rng = np.random.default_rng(9)
    fate = rng.integers(0, 12, len(events))
    kept = events.filter(pl.Series(fate != 0)).with_columns(_fate=pl.Series(fate[fate != 0]))
    kept = kept.with_columns(
        area=pl.when(pl.col("_fate") == 1).then(pl.lit(list(FEW)[5])).otherwise("area"),
        start=pl.when(pl.col("_fate") == 2).then(pl.col("start") + timedelta(days=31)).otherwise("start"),
    ).drop("_fate")
    return pl.concat([kept, records(rng, 9, days=200).with_columns(area=pl.Series(rng.choice(list(FEW), 9)))])


def cut(events, first, last, **changes):
    """The scope of whole months of 2025."""
    start, end = date(2025, first, 1), date(2025, last + 1, 1) - timedelta(days=1)
    local = pl.col("start").dt.convert_time_zone("Europe/London").dt.date()
    chosen = events.filter(local.is_between(start, end))
    return scope_of(
        chosen, chosen, start=start, end=end, lsoas=FEW, population=dict.fromkeys(FEW, 1_500.0), decile={}, **changes
    )


def planned(scope, *earlier, seed=1):
    return plan(release_tables(scope), earlier=earlier, rng=np.random.default_rng(seed)).release


def document(scope, *earlier):
    return shareable_document(content_of(scope, COUNCIL), planned(scope, *earlier))


def district(events, first, last):
    """The scope of one district alone."""
    own = {code: area for code, area in FEW.items() if area.parent == "E07000001"}
    scope = cut(events.filter(pl.col("area").is_in(list(own))), first, last)
    return replace(scope, whole=False, code="E07000001", area="Harbour", lsoas=own,
                   districts={"E07000001": scope.districts["E07000001"]})  # fmt: skip


def narrowed(releases):
    """What an attacker who reads these editions narrows: every finest count, total and kind that is small in any of them."""
    attacker, small = Attacker(), {}
    for release, scope in releases:
        told = Told(content_of(scope, COUNCIL), release).counts
        attacker.read(release.tables, {(measure, frozenset(codes)): n for (measure, codes), n in told.items()})
        small |= {cell: attacker.sums[cell] for cell, n in attacker.counts.items() if 0 < n < threshold()}
    found = {cell: attacker.range_of(sum_, whole=True) for cell, sum_ in small.items()}
    assert len(found) > 20
    return [cell for cell, (low, high) in found.items() if low > 1e-6 or high < threshold() - 1 - 1e-6]


def test_two_editions_of_overlapping_periods_and_corrected_data_narrow_nothing():
    before, after = cut(world(), 1, 3), cut(corrected(world()), 2, 4)
    first = planned(before)
    assert narrowed([(first, before), (planned(after, first), after)]) == []


def test_a_longer_period_tells_no_month_unless_each_edition_is_planned_by_itself():
    """January to March, then to April: the attack succeeds where the second does not know of the first."""
    before, after = cut(world(), 1, 3), cut(world(), 1, 4)
    first = planned(before)
    assert narrowed([(first, before), (planned(after, first), after)]) == []
    assert narrowed([(first, before), (planned(after), after)])


def test_an_edition_of_a_district_after_one_of_the_force_narrows_nothing():
    whole, part = cut(world(), 1, 2), district(corrected(world()), 1, 3)
    first = planned(whole)
    assert narrowed([(first, whole), (planned(part, first), part)]) == []


def test_themes_that_select_alike_are_one_measure_whatever_they_are_called():
    scope = cut(world(), 1, 3)
    renamed = replace(scope, theme=replace(scope.theme, slug="my-burglary", title="Break-ins"))
    [measure] = {t.measure for t in (*release_tables(scope), *release_tables(renamed))}
    knives = replace(scope, theme=replace(scope.theme, select=Selection(offences=("knife",))))
    assert release_tables(knives)[0].measure != measure


def test_the_document_says_nothing_of_what_a_release_holds_and_does_not_show():
    """Two burglaries change their months, so that no total changes: hidden counts do, and the document does not."""
    scope = cut(world(), 1, 3)
    release, content = planned(scope), content_of(scope, COUNCIL)
    a, b = list(FEW)[:2]
    told = Told(content, release).counts

    def swap(table):
        counts = dict(table.counts)
        if set(table.axes) == {"area", "period", "category"}:
            for area, month, more in ((a, "2025-01", -1), (a, "2025-02", 1), (b, "2025-01", 1), (b, "2025-02", -1)):
                key = (area, month, "burglary")
                counts[key] = counts.get(key, 0) + more
        return CountTable(table.measure, table.axes, counts, table.shown)

    other = Release(tuple(swap(t) for t in release.tables), release.threshold, release.withheld)
    assert other.to_json() != release.to_json() and Told(content, other).counts == told
    assert digest(shareable_document(content, other)) == digest(shareable_document(content, release))


def test_every_count_of_the_document_is_one_that_the_plan_shows():
    scope = cut(world(), 1, 3)
    release, content = planned(scope), content_of(scope, COUNCIL)
    shown = set(Told(content, release).counts.values())
    made = shareable_document(content, release)
    tables = [b.table if isinstance(b, Figure) else b for b in made.blocks() if isinstance(b, Table | Figure)]
    told = {cell for t in tables for row in t.rows for c, cell in zip(t.columns, row, strict=True) if c.label == "Recorded"}  # fmt: skip
    assert WITHHELD in told and told - {WITHHELD} <= shown
    assert not {cell for cell in told - {WITHHELD} if 0 < cell < threshold()}


def test_what_could_point_at_a_person_or_a_place_is_left_out():
    text = " ".join(document(cut(world(), 1, 6)).texts())
    assert not re.search(r"Secret Lane|burglary/\d|\b57\d{4}\b|\b20\d{4}\b|\d\d:\d\d|b1b1b1", text)
    assert [s.title for s in document(cut(world(), 1, 6)).sections] == [
        "Findings", "How much, and where", "Month by month", "Of what kind", "What is left out",
        "How small counts are protected", "Methods",
    ]  # fmt: skip


def test_partners_records_are_left_out_by_name_with_their_onward_limit():
    held = [Held(Partner("ae-assaults", Selection(), "assaults"), "Assaults treated", pl.DataFrame()),
            Held(Partner("ambulance", Selection(), "calls"), "Ambulance calls", pl.DataFrame(), landed=False)]  # fmt: skip
    text = " ".join(document(cut(world(), 1, 6, partners=tuple(held))).texts())
    assert "Assaults treated Violence prevention by place and time only" in text and "Ambulance calls" not in text


def test_a_kind_whose_count_is_withheld_is_not_named():
    scope = cut(world(count=400), 1, 6)
    rare = scope.events.head(2).with_columns(offence=pl.lit("Burglary of a lighthouse"))
    scope = replace(scope, events=pl.concat([scope.events, rare]))
    text = " ".join(document(scope).texts())
    assert "Burglary in a dwelling" in text and "lighthouse" not in text


def test_several_categories_are_told_apart_and_planned_together():
    both = pl.concat([world(count=1_500), world(2, 1_500).with_columns(category=pl.lit("robbery"))])
    theme = replace(THEMES["burglary"], select=Selection(categories=("robbery", "burglary")))
    scope = replace(cut(both, 1, 6), theme=theme)
    counts = dict(scope.inside.group_by("category").len().iter_rows())
    text = " ".join(document(scope).texts())
    assert f"Robbery {counts['robbery']:,}" in text and f"Burglary {counts['burglary']:,}" in text
    alone = release_tables(cut(world(), 1, 6))[0]
    assert alone.measure == release_tables(scope)[0].measure


def test_records_without_an_lsoa_take_no_district_with_them():
    """Three of 603 lie in no LSOA: as what the whole leaves of its districts they would be a small count."""
    events = records(np.random.default_rng(1), 600, days=89).with_columns(area=pl.Series(np.resize(list(FEW), 600)))
    nowhere = events.head(3).with_columns(area=pl.lit(""))
    scope = cut(pl.concat([events, nowhere]), 1, 3)
    told = Told(content_of(scope, COUNCIL), planned(scope))
    assert (told.count(), told.count(area="E07000001"), told.count(area="E07000002")) == (600, 300, 300)


def test_without_any_lsoa_an_edition_tells_the_whole_alone():
    scope = cut(world(count=600).with_columns(area=pl.lit("")), 1, 3)
    made = document(scope)
    assert "How much, and where" in [s.title for s in made.sections] and "District" not in " ".join(made.texts())


def test_parts_of_months_are_refused():
    scope = replace(cut(world(), 1, 6), start=date(2025, 1, 2))
    with pytest.raises(InvalidInput) as refused:
        release_tables(scope)
    assert refused.value.id == "peelian.E512"


def test_an_edition_is_a_page_and_a_pdf(tmp_path):
    made = document(cut(world(), 1, 6))
    assert "shareable edition" in page(made) and pdf(made)[:5] == b"%PDF-"


# Two people.


@pytest.fixture
def people(db):
    force = Agency.objects.create(code="wexmoor", name="Wexmoor", kind="police")
    council = Agency.objects.create(code="council", name="Council", kind="partner")
    users = [User.objects.create_user(n, agency=a) for n, a in (("ada", force), ("ben", force), ("col", council))]
    return [Actor.of(user, "crime-analysis") for user in users]


@pytest.fixture
def propose(people, monkeypatch):
    """Propose an edition of the made-up records; what is gathered is given."""

    def propose(actor, scope=None, recipient=COUNCIL):
        monkeypatch.setattr(editions, "gather", lambda *a, **k: scope or cut(world(), 1, 3))
        return propose_edition(
            actor, "burglary", area="", start=date(2025, 1, 1), end=date(2025, 3, 31), recipient=recipient, at=AT,
            rng=np.random.default_rng(1),
        )  # fmt: skip

    return propose


def test_only_what_a_second_person_approved_is_handed_over_and_recorded(people, propose):
    ada, ben, _ = people
    one = propose(ada)
    with pytest.raises(PeelianError) as refused:
        disclosed(ada, one, how="pdf", at=AT)
    assert refused.value.id == "peelian.E515" and not Entry.objects.filter(verb="disclosure").exists()

    one = ledger.approve(one.pk, actor=ben, at=AT)
    handed = disclosed(ada, one, how="pdf", at=AT)

    assert digest(handed) == one.digest
    entry = Entry.objects.filter(verb="disclosure").latest("pk")
    assert (entry.user, entry.detail["recipients"], entry.detail["digest"]) == ("ada", COUNCIL, one.digest)


def test_the_document_is_written_from_the_plan_and_not_counted_again(people, propose, monkeypatch):
    one = propose(people[0])
    monkeypatch.setattr(editions, "gather", None)
    monkeypatch.setattr(editions, "plan", None)
    kept = Released.objects.get(pk=one.pk)
    assert digest(edition(kept)) == one.digest
    assert Content.from_json(json.loads(json.dumps(kept.content))) == Content.from_json(one.content)


def test_an_edition_that_reads_otherwise_than_proposed_is_not_handed_over(people, propose):
    one = propose(people[0])
    one.content = {**one.content, "area": "Elsewhere"}
    with pytest.raises(PeelianError) as refused:
        edition(one)
    assert refused.value.id == "peelian.E514"


def test_the_second_edition_is_planned_against_the_first(people, propose):
    ada, ben, _ = people
    first = ledger.approve(propose(ada).pk, actor=ben, at=AT)
    second = propose(ada, cut(corrected(world()), 2, 4))
    assert (first.number, second.after) == (1, 1)
    released = [(Release.from_json(one.plan), scope) for one, scope in
                ((first, cut(world(), 1, 3)), (second, cut(corrected(world()), 2, 4)))]  # fmt: skip
    assert narrowed(released) == []


def test_a_refused_edition_can_be_neither_approved_nor_handed_over(people, propose):
    ada, ben, _ = people
    one = ledger.refuse(propose(ada).pk, reason="Not for this meeting", actor=ben, at=AT)
    assert (editions.state(one), one.refused_by, one.reason) == ("refused", "ben", "Not for this meeting")
    for attempt, id in ((lambda: ledger.approve(one.pk, actor=ben, at=AT), "peelian.E306"),
                        (lambda: ledger.refuse(one.pk, reason="Again", actor=ben, at=AT), "peelian.E306"),
                        (lambda: disclosed(ada, one, how="html", at=AT), "peelian.E515")):  # fmt: skip
        with pytest.raises(PeelianError) as refused:
            attempt()
        assert refused.value.id == id


def test_of_two_proposals_the_later_approved_is_overtaken(people, propose):
    ada, ben, _ = people
    one, other = propose(ada), propose(ada, cut(world(), 1, 4))
    ledger.approve(one.pk, actor=ben, at=AT)
    assert [editions.state(r) for r in editions.released(ada)] == ["overtaken", "approved"]
    assert editions.find(ada, other.digest[:12]).pk == other.pk


def test_a_partner_may_do_none_of_it(people, propose):
    ada, _, col = people
    one = propose(ada)
    for attempt in (
        lambda: propose(col), lambda: editions.released(col), lambda: editions.find(col, one.digest),
        lambda: disclosed(col, one, how="pdf", at=AT), lambda: ledger.refuse(one.pk, reason="No", actor=col, at=AT),
    ):  # fmt: skip
        with pytest.raises(Denied):
            attempt()


@pytest.mark.parametrize("recipient", ["", "  ", "x" * 201])
def test_a_recipient_is_stated(people, propose, recipient):
    with pytest.raises(InvalidInput) as refused:
        propose(people[0], recipient=recipient)
    assert refused.value.id == "peelian.E513"


def test_the_one_who_approves_is_told_how_many_of_each_are_withheld(people, propose):
    one = propose(people[0])
    result = plan(release_tables(cut(world(), 1, 3)), rng=np.random.default_rng(1))
    assert editions.withheld(one) == (result.withheld("small"), result.withheld("secondary"))
