"""Partners' data in the browser."""

from django.test import Client

from peelian.access.models import Entry
from peelian.records.models import Batch


def test_the_page_says_what_to_do_without_agreements(police: Client, open_batch: Batch) -> None:
    page = police.get("/records/partners/").content.decode()
    assert "No agreement is loaded" in page
    assert Entry.objects.filter(what="partners' data").count() == 1
    assert police.get("/records/partners/report.pdf").content.startswith(b"%PDF")


def test_a_partner_is_not_shown_how_others_keep_theirs(council: Client, open_batch: Batch) -> None:
    assert council.get("/records/partners/").status_code == 403
    assert "Partners</a>" not in council.get("/records/").content.decode()
