"""The page of the linkage model: what is compared, how much it says, how good it is; police only."""

import re
from datetime import UTC, datetime

from django.utils.html import strip_tags
from tests.identity import linked

from peelian.documents.linkage import linkage_document
from peelian.identity import evaluation, scores, training

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def kept():
    row = training.keep(linked.trained(), by="ann", at=AT, trained_on={"mentions": 3_600, "seed": 1})
    type(row).objects.filter(pk=row.pk).update(used_from=AT)
    return row


def test_without_a_model_the_page_says_what_to_do(police):
    assert "peelian link" in police.get("/identity/model/").content.decode()


def test_every_step_stands_with_its_weight(police):
    row = kept()
    assert training.load(row.pk).version == linked.trained().version
    page = police.get("/identity/model/").content.decode()
    text = re.sub(r"\s+", " ", strip_tags(page))
    for comparison in linked.trained().comparisons:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                assert level["label_for_charts"] in text
                assert f"{scores.weight_of(level) / 1000:,.1f}" in text
    assert police.get("/identity/model/model.pdf").content.startswith(b"%PDF")


def test_a_partner_may_not_see_it(council):
    kept()
    assert council.get("/identity/model/").status_code in (403, 404)


def test_a_model_is_tried_by_origin_of_names(installation):
    row = kept()
    tried = evaluation.tried(training.load(row.pk))
    assert evaluation.tried(training.load(row.pk)) == tried  # from the file
    assert tried.found.f1 > 0.95
    assert tried.best.f1 >= tried.found.f1
    assert {o.name for o in tried.origins} >= {"english", "polish", "indian"}
    assert all(o.f1.low <= o.f1.value <= o.f1.high and o.mentions >= evaluation.FEWEST for o in tried.origins)
    document = linkage_document(row, training.load(row.pk), tried, on=AT.date())
    assert document.finding("origins")
