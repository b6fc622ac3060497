"""Fetching the publisher's archives from a real server on loopback that cuts lines, lies and breaks."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import Retry

from peelian.core.errors import PeelianError
from peelian.records.download import REACH, covering, download

STREET = "Crime ID,Month\n"
QUICK = Retry(total=3, backoff_factor=0, status_forcelist=(503,))


def packed(*names: str, filler: int = 0) -> bytes:
    """A zip of the publisher's, with bytes that do not shrink."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name in names:
            out.writestr(name, STREET + name)
        noise = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(filler // 32))
        out.writestr("2018-01/2018-01-other-street.csv", noise)
    return file.getvalue()


@dataclass
class Publisher:
    """What the server serves, and how it misbehaves."""

    files: dict[str, bytes]
    url: str = ""
    tag: str = '"one"'
    cut_after: list[int] = field(default_factory=list)  # bytes of each of the next answers, then whole
    statuses: list[int] = field(default_factory=list)  # of the next answers
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)  # path and range


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A publisher on a free port of loopback."""
    own = Publisher({})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wish = self.headers.get("Range", "")
            own.asked.append((self.path, wish))
            if own.statuses:
                self.send_response(own.statuses.pop(0))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = own.files.get(self.path)
            if body is None:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            match = re.fullmatch(r"bytes=(\d+)-", wish)
            start = int(match[1]) if match and own.ranges and self.headers.get("If-Range") == own.tag else 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", own.tag)
            self.send_header("Last-Modified", "Wed, 05 Sep 2018 10:00:00 GMT")
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            cut = own.cut_after.pop(0) if own.cut_after else len(body)
            self.wfile.write(body[start : start + cut])
            if start + cut < len(body):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    own.url = f"http://127.0.0.1:{server.server_port}"
    yield own
    server.shutdown()
    thread.join()
    server.server_close()


NAMES = tuple(
    f"2018-0{n}/2018-0{n}-essex-{kind}.csv" for n in (6, 7) for kind in ("street", "outcomes", "stop-and-search")
)


def test_a_forces_files_are_taken_out_by_month(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = packed(
        *NAMES, "2018-07/2018-07-kent-street.csv", "2018-05/2018-05-essex-street.csv"
    )
    found = download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)
    assert [(f.month, f.feed) for f in found] == [
        (month, f"police-uk-{kind}")
        for month in ("2018-06", "2018-07")
        for kind in ("outcomes", "stop-and-search", "street")
    ]
    assert {f.published for f in found} == {date(2018, 9, 5)}
    assert found[0].path.read_text() == STREET + "2018-06/2018-06-essex-outcomes.csv"
    assert not list(tmp_path.rglob("*kent*")) and not list(tmp_path.rglob("*.part"))
    # Asked again, nothing is fetched: the archive is there.
    assert download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url) == found
    assert len(publisher.asked) == 1


def test_a_cut_line_goes_on_where_it_stopped(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = packed(*NAMES, filler=3_000_000)
    publisher.cut_after = [1_200_000, 900_000]
    assert len(download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)) == 6
    ranges = [wish for _, wish in publisher.asked]
    assert ranges[0] == "" and len(ranges) == 3
    starts = [int(wish[6:-1]) for wish in ranges[1:]]
    assert 0 < starts[0] < starts[1]


def test_a_later_run_goes_on_too(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = packed(*NAMES, filler=2_000_000)
    publisher.cut_after = [1_500_000, 0]
    with pytest.raises(PeelianError, match="goes on where it stopped"):
        download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)
    assert len(download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)) == 6
    assert publisher.asked[-1][1].startswith("bytes=")


def test_another_copy_at_the_publisher_is_fetched_anew(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = packed("2018-07/2018-07-essex-street.csv", filler=2_000_000)
    publisher.cut_after = [1_500_000, 0]
    with pytest.raises(PeelianError):
        download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)
    publisher.files["/2018-07.zip"], publisher.tag = packed(*NAMES), '"two"'
    assert len(download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)) == 6


def test_a_server_without_ranges_is_read_whole(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = packed(*NAMES, filler=2_000_000)
    publisher.cut_after, publisher.ranges = [1_500_000], False
    assert len(download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)) == 6


def test_a_busy_server_is_asked_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = packed(*NAMES)
    publisher.statuses = [503, 503]
    assert len(download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)) == 6


@pytest.mark.parametrize(
    ("force", "first", "last", "words"),
    [
        ("essex", "2018-08", "2018-07", "lies before"),
        ("essex", "2018-13", "2019-01", "not a published month"),
        ("essex", "2009-01", "2019-01", "not a published month"),
        ("../../etc", "2018-06", "2018-07", "not a force's name"),
        ("nowhere", "2018-06", "2018-07", "hold nothing of this force"),
        ("essex", "2018-06", "2018-08", "does not give this archive"),
    ],
)
def test_what_cannot_be_had_is_told(
    publisher: Publisher, tmp_path: Path, force: str, first: str, last: str, words: str
) -> None:
    publisher.files["/2018-07.zip"] = packed(*NAMES)
    with pytest.raises(PeelianError, match=words) as refused:
        download(force, first, last, tmp_path, archive=publisher.url, retries=QUICK)
    assert refused.value.id == "peelian.E426"


def test_a_damaged_archive_is_removed_and_fetched_anew(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/2018-07.zip"] = b"PK no archive at all"
    with pytest.raises(PeelianError, match="damaged"):
        download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)
    publisher.files["/2018-07.zip"] = packed(*NAMES)
    assert len(download("essex", "2018-06", "2018-07", tmp_path, archive=publisher.url, retries=QUICK)) == 6


def test_nobody_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeelianError, match="cannot be reached"):
        download(
            "essex",
            "2018-06",
            "2018-07",
            tmp_path,
            archive="http://127.0.0.1:9",
            retries=Retry(total=1, backoff_factor=0),
        )


@given(st.integers(2011 * 12, 2030 * 12), st.integers(0, 200))
def test_every_month_is_covered_by_few_archives(last: int, back: int) -> None:
    months = [f"{n // 12}-{n % 12 + 1:02}" for n in range(last - back, last + 1)]
    archives = [int(m[:4]) * 12 + int(m[5:]) - 1 for m in covering(months[0], months[-1])]
    for n in range(last - back, last + 1):
        assert any(a - REACH < n <= a for a in archives)
    assert len(archives) == back // REACH + 1
