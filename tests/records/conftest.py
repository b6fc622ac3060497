"""What the tests of records share: installations driven through the real command line, a PostgreSQL cluster, a made-up street."""

from __future__ import annotations

import csv
import io
import json
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.records import partner_rules, police_rules, workforce_rules

AT = "2026-11-01T09:00:00"
PROGRAM = [sys.executable, "-c", "from peelian.cli import main; main()"]
# Columns that a second run may not repeat: counters, the clock, and the lake's own count of commits.
OWN = {"id", "landed_at", "lake_version"}
TABLES = (
    "access_entry",
    "records_batch",
    "records_edition",
    "records_quarantined",
    "records_standing",
    "records_event",
    "records_mention",
    "records_place",
    "records_marker",
    "records_relationship",
)


@dataclass
class Installation:
    """A data folder, driven as a user drives it: by the command line, in processes of its own."""

    home: Path
    database: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")}
        own |= {"PEELIAN_HOME": str(self.home), **self.env}
        return own | ({"PEELIAN_DATABASE_URL": self.database} if self.database else {})

    def start(self, *words: str | Path, failpoint: str = "", **how: Any) -> subprocess.Popen[str]:
        """Start a command; what is signalled is Python itself, with no shell between."""
        env = self.environment() | ({"PEELIAN_FAILPOINT": failpoint} if failpoint else {})
        pipe = subprocess.PIPE
        return subprocess.Popen([*PROGRAM, *map(str, words)], env=env, stdout=pipe, stderr=pipe, text=True, **how)

    def run(self, *words: str | Path, **how: Any) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever it returns; it may never show a traceback."""
        process = self.start(*words, **how)
        out, err = process.communicate(timeout=300)
        assert "Traceback" not in err, err
        assert "panicked" not in err, err
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def json(self, *words: str | Path, code: int = 0, **how: Any) -> Any:
        """What a command prints with --json."""
        done = self.run(*words, "--json", **how)
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)

    def ingest(self, feed: str, *files: Path, published: str = "", at: str = AT, code: int = 0) -> list[dict[str, Any]]:
        """Read files."""
        told = ["--published", published] if published else []
        return self.json("ingest", feed, *files, "--at", at, *told, code=code)

    def tables(self, names: Sequence[str] = TABLES) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the store, sorted, with counters replaced by what they point at."""
        if self.database:
            import psycopg

            connection: Any = psycopg.connect(self.database)
        else:
            connection = sqlite3.connect(f"file:{self.home}/peelian.sqlite3?mode=ro", uri=True)
        try:
            return {name: _rows(connection.cursor(), name) for name in names}
        finally:
            connection.close()

    def lake(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the lake that belongs to a landed batch, sorted, by feed."""
        from deltalake import DeltaTable

        landed = {row[0] for row in self.tables(["records_batch"])["records_batch"] if "landed" in row}
        held = {}
        for folder in sorted((self.home / "lake").glob("*")):
            files = [str(folder / uri.rsplit("/", 1)[-1]) for uri in DeltaTable(str(folder)).file_uris()]
            con = duckdb.connect()
            con.execute("LOAD icu; SET TimeZone = 'UTC'")
            con.execute("CREATE TABLE r AS SELECT * FROM read_parquet(?, union_by_name = true)", [files])
            columns = [c for (c, *_) in con.execute("DESCRIBE r").fetchall()]
            text = ", ".join(f'CAST("{c}" AS VARCHAR)' for c in columns)
            rows = con.execute(f"SELECT {text} FROM r ORDER BY ALL").fetchall()
            assert {row[columns.index("batch")] for row in rows} <= landed, "the lake holds rows of no landed batch"
            held[folder.name] = [tuple(columns), *rows]
        return held

    def state(self) -> dict[str, Any]:
        """Lake and store as sorted rows."""
        return {**self.tables(), **{f"lake/{k}": v for k, v in self.lake().items()}}

    def check(self) -> None:
        """Law 1: counts reconcile, nothing stands twice, nothing is left half-way."""
        for read, accepted, quarantined, repeats, state in self.query(
            "SELECT read, accepted, quarantined, repeats, state FROM records_batch"
        ):
            assert state == "landed"
            assert read == accepted + quarantined + repeats
        assert self.query("SELECT count(*) FROM records_edition WHERE NOT landed") == [(0,)]
        entries = self.query("SELECT detail FROM access_entry WHERE verb = 'collection' AND what LIKE 'batch of%'")
        digests = [(d if isinstance(d, dict) else json.loads(d))["batch"] for (d,) in entries]
        assert sorted(digests) == sorted(d for (d,) in self.query("SELECT digest FROM records_batch"))
        for table in ("event", "mention", "quarantined"):
            rows, keys = self.query(
                f"SELECT count(*), count(DISTINCT CAST(batch_id AS text) || '/' || CAST(line AS text)) FROM records_{table}"
            )[0]
            assert rows == keys

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the store."""
        if self.database:
            import psycopg

            connection: Any = psycopg.connect(self.database)
        else:
            connection = sqlite3.connect(f"file:{self.home}/peelian.sqlite3?mode=ro", uri=True)
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall()
        finally:
            connection.close()


def _rows(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    def asked(sql: str) -> list[dict[str, Any]]:
        cursor.execute(sql)
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    digests = {b["id"]: b["digest"] for b in asked("SELECT id, digest FROM records_batch")}
    editions = {
        e["id"]: (digests[e["batch_id"]], str(e["published"]))
        for e in asked("SELECT id, batch_id, published FROM records_edition")
    }
    rows = []
    for row in asked(f"SELECT * FROM {table}"):
        for name in ("batch_id", "replay_of_id", "replayed_in_id", "version_batch_id"):
            if row.get(name) is not None:
                row[name] = digests[row[name]]
        if "edition_id" in row:
            row["edition_id"] = editions[row["edition_id"]]
        rows.append(tuple(repr(v) if not isinstance(v, str) else v for k, v in row.items() if k not in OWN))
    return sorted(rows)


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server that the tests own."""

    port: int

    def new(self, name: str, template: str = "template1") -> str:
        """Make a database, perhaps a copy of another, and give its address."""
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.address(name)

    def address(self, name: str) -> str:
        """The address of a database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL server in a folder of its own; skipped where its programs are missing."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL's server programs are not installed (apt-get install postgresql)")
    programs_folder = programs[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="peelian-postgres-"))
    # The server refuses to run as root.
    as_server = []
    if os.getuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("there is no user `postgres` for the server to run as")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_server = ["runuser", "-u", "postgres", "--"]

    def server(program: str, *words: str | Path) -> None:
        command = [*as_server, programs_folder / program, *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)  # type: ignore[arg-type]
        assert done.returncode == 0, done.stderr + done.stdout

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = folder / "data", folder / "log"
    try:
        server("initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        # pg_ctl would keep the pipes open: the server writes to its own log.
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        server("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        yield Cluster(port)
        server("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """The store's engine: law 9 says that the answer is the same."""
    return str(request.param)


@pytest.fixture(scope="session")
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Installation]:
    """A function that makes an empty installation on an engine; with `never`, one that was never started."""

    def make(engine: str = "sqlite", never: bool = False) -> Installation:
        home = tmp_path_factory.mktemp("home") / "data"
        if engine == "sqlite" and never:
            return Installation(home)
        if engine == "sqlite":
            return Installation(shutil.copytree(request.getfixturevalue("started_home"), home))
        return Installation(home, request.getfixturevalue("cluster").new(f"t{id(home)}_{os.urandom(4).hex()}"))

    return make


@pytest.fixture(scope="session")
def copy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Installation], Installation]:
    """A function that copies an installation with all it holds."""

    def make(origin: Installation) -> Installation:
        home = tmp_path_factory.mktemp("copy") / "data"
        shutil.copytree(origin.home, home)
        if not origin.database:
            return Installation(home)
        name = f"c{os.urandom(6).hex()}"
        return Installation(home, request.getfixturevalue("cluster").new(name, origin.database.rsplit("/", 1)[-1]))

    return make


@pytest.fixture
def lake_home(tmp_path: Path, settings: Any, db: None) -> Path:
    """An empty lake for a test that runs inside this process."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    return settings.HOME


@pytest.fixture
def actor(db: None) -> Any:
    """One of the force's own people."""
    from peelian.access.actor import Actor
    from peelian.access.models import Agency, User

    force, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
    user, _ = User.objects.get_or_create(username="operator", defaults={"agency": force})
    return Actor.of(user, "records")


@pytest.fixture(scope="session")
def at() -> datetime:
    """The instant of reading in tests inside this process."""
    return datetime(2026, 11, 1, 9, tzinfo=UTC)


STREET = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
]
CRIMES = [
    "Crime Reference",
    "Recorded At",
    "Reported At",
    "Occurred From",
    "Occurred To",
    "HO Class",
    "Offence",
    "Crime Type",
    "Location",
    "Postcode",
    "Easting",
    "Northing",
    "Area",
    "Location Type",
    "Domestic",
    "Outcome",
    "Outcome Date",
]
INCIDENTS = [
    "Incident Reference",
    "Created At",
    "Channel",
    "Grade",
    "Opening Code",
    "Closing Code",
    "Location",
    "Postcode",
    "Easting",
    "Northing",
    "Area",
    "Attended At",
    "Closed At",
    "Crime Reference",
]
PEOPLE = [
    "Mention Reference",
    "Record Reference",
    "Role",
    "Surname",
    "Forenames",
    "Sex",
    "Date of Birth",
    "Ethnicity",
    "Phone",
    "Address",
    "Postcode",
    "Markers",
    "Related To",
    "Relationship",
]
HEADERS = {"police-uk-street": STREET, "force-crimes": CRIMES, "force-incidents": INCIDENTS, "force-people": PEOPLE}
PLAIN = {
    "police-uk-street": {
        "Month": "2018-01", "Reported by": "Essex Police", "Falls within": "Essex Police", "Longitude": "0.469277",
        "Latitude": "51.735400", "Location": "On or near High Street", "LSOA code": "E01021550",
        "LSOA name": "Chelmsford 010B", "Crime type": "Anti-social behaviour",
    },
    "force-crimes": {
        "Crime Reference": "42/1000/18", "Recorded At": "2018-01-05 10:00", "Reported At": "2018-01-05 09:30",
        "Occurred From": "2018-01-04 20:00", "Occurred To": "2018-01-05 07:00", "HO Class": "028/01",
        "Offence": "Burglary in a dwelling", "Crime Type": "Burglary", "Location": "1 High Street, Chelmsford",
        "Postcode": "CM1 1AA", "Easting": "570900", "Northing": "206800", "Area": "E01021550",
        "Location Type": "dwelling", "Domestic": "N", "Outcome": "18", "Outcome Date": "2018-02-01",
    },
    "force-incidents": {
        "Incident Reference": "EP-20180105-0001", "Created At": "2018-01-05 10:00", "Channel": "101", "Grade": "3",
        "Opening Code": "ASB nuisance", "Closing Code": "ASB personal", "Location": "High Street", "Postcode": "CM1 1AA",
        "Easting": "570900", "Northing": "206800", "Area": "E01021550", "Attended At": "2018-01-05 10:30",
        "Closed At": "2018-01-05 11:30", "Crime Reference": "",
    },
    "force-people": {
        "Mention Reference": "42/1000/18-V1", "Record Reference": "42/1000/18", "Role": "victim", "Surname": "Madeup",
        "Forenames": "Ann", "Sex": "F", "Date of Birth": "1980-02-29", "Ethnicity": "White", "Phone": "01632 960001",
        "Address": "1 High Street, Chelmsford", "Postcode": "CM1 1AA", "Markers": "", "Related To": "", "Relationship": "",
    },
}  # fmt: skip

for more in (workforce_rules.PLAIN, partner_rules.PLAIN, police_rules.PLAIN):
    PLAIN |= more
    HEADERS |= {feed: list(row) for feed, row in more.items()}


@pytest.fixture(scope="session")
def csv_of() -> Callable[..., bytes]:
    """A function that writes rows of a feed (what a row leaves out is plain) as the source's own CSV."""

    def write(feed: str, rows: Sequence[dict[str, str]], header: Sequence[str] | None = None, **how: Any) -> bytes:
        header = header or HEADERS[feed]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator=how.pop("lineterminator", "\r\n"), **how)
        writer.writerow(header)
        for row in rows:
            full = PLAIN[feed] | row
            writer.writerow([full.get(name, "") for name in header])
        return text.getvalue().encode()

    return write


@pytest.fixture(scope="session")
def plain() -> dict[str, dict[str, str]]:
    """A row of each feed that nothing is wrong with."""
    return PLAIN


# The server takes its time: of the tests that start processes, these stand for the rest in a short run.
SHORT = ("file-lake]", "file-first-chunk]", "file-landing]", "two_processes_with_overlapping", "the_scenes_do")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most tests of processes on PostgreSQL to the long run."""
    for item in items:
        if "[postgres" in item.name and "test_landing" in item.nodeid and not any(word in item.name for word in SHORT):
            item.add_marker(pytest.mark.long)
