"""One typed record against what is held, and why a pair has its weight."""

from datetime import UTC, datetime

import polars as pl
import pytest
from tests.identity import linked

from peelian.access.models import RecordClass
from peelian.access.refs import ref_of
from peelian.identity import reasons, scores
from peelian.identity.mentions import search_keys
from peelian.identity.models import Known, Seen
from peelian.identity.standardise import MENTION
from peelian.records.models import Batch

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def held(db):
    """The county's mentions in the projection, but for every 40th."""
    told = {"category": "person", "controller": "The Chief Constable", "regime": "part3", "onward": "-"}
    kind = RecordClass.objects.create(code="made-up-people", source="force", handling="police", **told)
    batch = Batch.objects.create(
        digest="a" * 64, feed="made-up", file="people.csv", state=Batch.LANDED, record_class=kind, by="ann", purpose="records",
        known_from=AT, landed_at=AT,
    )  # fmt: skip
    rows = search_keys(linked.people().with_row_index("line").filter(pl.col("line") % 40 > 0))
    shown = [
        "key", "line", "feed", "reference", "role", "surname", "forenames", "sex", "born_on", "phone", "address", "postcode",
        "surname_key", "forenames_key", "sounds",
    ]  # fmt: skip
    Known.objects.bulk_create(
        Known(ref=ref_of(row["key"]), record_class=kind, batch=batch, known_from=AT, **row)
        for row in rows.select(shown).iter_rows(named=True)
    )
    numbers = linked.compared().filter(pl.col("phone").is_not_null()).join(rows, on="key", how="semi")
    Seen.objects.bulk_create(
        Seen(
            kind="phone",
            value=row["phone"],
            said="",
            key=row["key"],
            record_class=kind,
            batch=batch,
            line=1,
            known_from=AT,
        )
        for row in numbers.iter_rows(named=True)
    )
    return Known.objects.all()


def test_a_typed_record_gets_the_weights_of_a_full_scoring(held):
    model, people = linked.trained(), linked.people().with_row_index("line")
    typed = people.filter(pl.col("line") % 40 == 0)
    compared = linked.compared()
    new = compared.join(typed, on="key", how="semi")
    pairs = scores.score_new(model, new, compared.join(typed, on="key", how="anti"))
    fields = ("surname", "forenames", "sex", "born_on", "phone", "address", "postcode")

    some = 0
    for row in typed.iter_rows(named=True):
        expected = {
            (b if a == row["key"] else a): weight
            for a, b, weight in pairs.select("a", "b", "weight").iter_rows()
            if row["key"] in (a, b) and not {a, b} <= set(typed["key"])
        }
        found = reasons.score_one(model, {f: row[f] for f in fields}, held)
        assert {m.key: m.weight for m in found} == expected
        assert [m.weight for m in found] == sorted(expected.values(), reverse=True)
        assert all(sum(r.weight for r in m.reasons) == m.weight for m in found)
        some += len(found)
    assert some > 100


def test_what_a_reader_may_not_see_is_not_found(held):
    row = linked.people().filter(pl.col("born_on").is_not_null()).row(1, named=True)
    record = {"surname": row["surname"], "forenames": row["forenames"], "born_on": row["born_on"]}
    assert any(m.key == row["key"] for m in reasons.score_one(linked.trained(), record, held))
    assert not any(
        m.key == row["key"] for m in reasons.score_one(linked.trained(), record, held.exclude(key=row["key"]))
    )


def test_a_record_that_says_nothing_matches_nobody(held):
    assert reasons.score_one(linked.trained(), {}, held) == []
    assert reasons.score_one(linked.trained(), {"surname": "Smith"}, held) == []


def test_reasons_add_up_and_name_no_value():
    model, compared = linked.trained(), linked.compared()
    every = scores.score_all(model, compared).sample(30, seed=4)
    said = {str(v) for row in linked.people().select(*MENTION).drop("role", "sex").iter_rows() for v in row if v}
    for a, b, weight in every.select("a", "b", "weight").iter_rows():
        one, other = (compared.filter(pl.col("key") == k) for k in (a, b))
        told = reasons.explain(model, one, other)
        assert sum(r.weight for r in told) == weight
        assert told == reasons.explain(model, other, one)
        assert not said & {word for r in told for word in (r.what, r.found)}
