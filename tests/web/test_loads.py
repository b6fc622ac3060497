"""Files on their way in: progress, results, refusals, stopping, and nobody else's loads."""

import fcntl
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.records.models import Batch
from peelian.web import loads

from .conftest import STREET, street

GOOD = "\n".join([STREET, street(), street()]).encode()


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads start and nothing reads them."""

    class Nothing:
        pid = 0

        def __init__(self, *args: Any, **options: Any) -> None: ...
        def wait(self) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Nothing)


@pytest.fixture
def upload(idle: None, police: Client) -> Callable[..., str]:
    """Upload files as the analyst and return the load's address."""

    def upload(*files: tuple[str, bytes], **fields: str) -> str:
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        answer = police.post(reverse("load"), {"feed": "police-uk-street", "files": sent, **fields})
        assert answer.status_code == 302, answer.content.decode()
        return answer.headers["Location"]

    return upload


def id_of(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[1]


def test_files_are_read_and_their_counts_shown(upload: Callable[..., str], police: Client) -> None:
    address = upload(("a.csv", GOOD), ("b.csv", GOOD + b"\nonly,two"), published="2026-11-01")
    loads.work(id_of(address))
    page = police.get(address).content.decode()

    first, second = Batch.objects.order_by("pk")
    assert (first.read, first.accepted) == (2, 2)
    assert (second.read, second.repeats, second.quarantined) == (3, 2, 1)
    assert first.editions.get().published.isoformat() == "2026-11-01"
    assert reverse("batch", args=[first.digest[:16]]) in page


def test_a_refused_file_shows_why_and_the_others_are_read(upload: Callable[..., str], police: Client) -> None:
    address = upload(("wrong.csv", b"a,b\n1,2\n"), ("good.csv", GOOD))
    loads.work(id_of(address))
    page = police.get(address).content.decode()

    assert "refused" in page and "not this feed&#x27;s header" in page
    assert Batch.objects.get().file == "good.csv"


def test_no_file_is_kept_once_it_was_read(upload: Callable[..., str], settings: Any) -> None:
    address = upload(("a.csv", GOOD))
    folder = settings.UPLOADS / id_of(address)
    assert (folder / "0" / "a.csv").exists()
    loads.work(id_of(address))
    assert not [path for path in folder.rglob("*") if path.suffix == ".csv"]


def test_a_load_runs_while_its_process_holds_the_lock(
    upload: Callable[..., str], police: Client, settings: Any
) -> None:
    address = upload(("a.csv", GOOD))
    with (settings.UPLOADS / id_of(address) / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        whole, part = police.get(address), police.get(address, headers={"HX-Request": "true"})
        assert b"Being read" in whole.content and b"every 1s" in whole.content
        assert part.status_code == 200 and b"<html" not in part.content
    part = police.get(address, headers={"HX-Request": "true"})
    assert part.status_code == 286, "htmx stops asking"
    assert b"Ended early" in part.content


def test_stopping_kills_the_process_and_drops_its_files(
    upload: Callable[..., str], police: Client, settings: Any, monkeypatch: Any
) -> None:
    address, killed = upload(("a.csv", GOOD)), []
    folder = settings.UPLOADS / id_of(address)
    (folder / "process.json").write_text(json.dumps({"pid": 4242}))
    monkeypatch.setattr("os.kill", lambda pid, signal: killed.append(pid))
    with (folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        police.post(address + "stop/")

    assert killed == [4242]
    assert not (folder / "0").exists()
    assert b"You stopped this load" in police.get(address).content


def test_a_load_that_has_ended_kills_nothing(upload: Callable[..., str], police: Client, monkeypatch: Any) -> None:
    address = upload(("a.csv", GOOD))
    loads.work(id_of(address))
    monkeypatch.setattr("os.kill", lambda *args: pytest.fail("a process was killed"))
    police.post(address + "stop/")

    assert b"Ended early" not in police.get(address).content


def test_a_load_is_its_owners_alone(
    upload: Callable[..., str], analyst: User, signed_in: Callable[..., Client]
) -> None:
    address = upload(("a.csv", GOOD))
    other = signed_in(User.objects.create_user("bob", agency=analyst.agency))

    assert other.get(address).status_code == 404
    assert other.post(address + "stop/").status_code == 404
    assert loads.of("bob") == []


def test_old_loads_are_forgotten(upload: Callable[..., str], analyst: User) -> None:
    upload(("a.csv", GOOD))
    assert len(loads.of("ann")) == 1
    loads.start_replay(Actor.of(analyst, "records"), [], at=loads.of("ann")[0].started + timedelta(days=8))
    assert [load.files for load in loads.of("ann")] == [()]


def test_mended_rows_are_read_again_as_a_load(upload: Callable[..., str], police: Client, open_batch: Batch) -> None:
    row = open_batch.quarantine.get()
    row.mended = {**row.cells, "Month": "2026-09"}
    row.save()
    address = police.post(reverse("replay")).headers["Location"]
    loads.work(id_of(address))

    assert b"mended rows of open.csv" in police.get(address).content
    row.refresh_from_db()
    assert row.replayed_in.accepted == 1


def test_a_mended_row_that_still_has_a_fault_is_told(
    upload: Callable[..., str], police: Client, open_batch: Batch
) -> None:
    row = open_batch.quarantine.get()
    row.mended = {**row.cells, "Month": "2026-14"}
    row.save()
    address = police.post(reverse("replay")).headers["Location"]
    loads.work(id_of(address))

    assert b"still with a fault" in police.get(address).content


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"feed": "police-uk-street"}, "Choose at least one file"),
        ({"files": SimpleUploadedFile("a.csv", GOOD)}, "Choose what the files are"),
        ({"feed": "no-such-feed", "files": SimpleUploadedFile("a.csv", GOOD)}, "Select a valid choice"),
        (
            {"feed": "police-uk-street", "files": SimpleUploadedFile("a.csv", GOOD), "published": "soon"},
            "Enter the day as a date",
        ),
        (
            {"feed": "police-uk-street", "files": SimpleUploadedFile("a.csv", GOOD), "published": "2999-01-01"},
            "cannot lie in the future",
        ),
    ],
)
def test_a_form_with_a_fault_says_what_to_do_and_starts_nothing(
    fields: dict[str, Any], fault: str, idle: None, police: Client
) -> None:
    answer = police.post(reverse("load"), fields)

    assert fault in answer.content.decode()
    assert loads.of("ann") == []


def test_a_name_cannot_lead_out_of_the_folder(upload: Callable[..., str], settings: Any) -> None:
    address = upload(("../../escape.csv", GOOD))

    assert (settings.UPLOADS / id_of(address) / "0" / "escape.csv").exists()
    assert not list(Path(settings.HOME).glob("escape.csv"))


@pytest.mark.parametrize("load", ["..", "nothing", "a/b", ""])
def test_an_id_that_is_none_finds_nothing(load: str) -> None:
    assert loads.find(load, "ann") is None
