"""Small servers that stand for other agencies' systems: they speak the contract of the pack's sources, and hold made-up people only.

For the demonstration, tests and benchmarks. Each can be slow, refuse, fail or hang up, so that what a pack does then can be seen.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from peelian.identity.standardise import plain
from peelian.identity.things import normalise

Record = Mapping[str, str]
SAID = ("field", "record", "kind", "words", "when", "until")


class Holding:
    """Records of one system, found by name and date of birth, by address and by telephone number.

    Parameters
    ----------
    records : iterable of mapping
        Each with `SAID`, and of ``surname``, ``forenames``, ``born_on``, ``address``, ``postcode``, ``phone`` those it has.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.by: dict[tuple[str, ...], list[Record]] = defaultdict(list)
        for one in records:
            for key in self._keys(one):
                self.by[key].append(one)

    @staticmethod
    def _keys(told: Record) -> Iterator[tuple[str, ...]]:
        surname, first = plain(told.get("surname", "")), plain(told.get("forenames", "")).split(" ")[0]
        if surname and told.get("born_on"):
            yield "born", surname, told["born_on"]
        if surname and first:
            yield "name", surname, first, told.get("born_on", "")
        if key := normalise.address(told.get("address", ""), told.get("postcode", "")).key:
            yield "address", key
        if number := normalise.phone(told.get("phone", "")):
            yield "phone", number

    def answer(self, question: Mapping[str, Any]) -> list[dict[str, str]]:
        """What is held of the people, the address and the numbers asked about, of the fields asked for; each record once."""
        wanted = [*question["people"], {"address": question["address"], "postcode": question["postcode"]}]
        wanted += [{"phone": number} for number in question["phones"]]
        found: dict[str, dict[str, str]] = {}
        for asked in wanted:
            for key in self._keys(asked):
                for one in self.by.get(key, ()):
                    if one["field"] in question["fields"]:
                        about = key[0] if key[0] in ("address", "phone") else "person"
                        found.setdefault(
                            one["record"] + one["field"], {name: one.get(name, "") for name in SAID} | {"about": about}
                        )
        return list(found.values())


class Server:
    """One system on 127.0.0.1.

    Attributes
    ----------
    delay : float
        Seconds before it answers.
    status : int
        What it answers with; 0: it hangs up.
    asked : list of dict
        The questions it was put.
    """

    def __init__(self, holding: Holding, *, port: int = 0, key: str = "") -> None:
        self.holding, self.key = holding, key
        self.delay, self.status, self.body = 0.0, 200, b""
        self.asked: list[dict[str, Any]] = []
        self.as_of = datetime.now(UTC)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(question)
                time.sleep(server.delay)
                if server.status == 0:
                    self.close_connection = True
                    return
                allowed = not server.key or self.headers.get("Authorization") == f"Bearer {server.key}"
                status = server.status if allowed else 403
                held = (
                    {"as_of": server.as_of.isoformat(), "held": server.holding.answer(question)}
                    if status == 200
                    else {}
                )
                body = server.body or json.dumps(held).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """What is asked is about people: it is not written down."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_: Any) -> None:
                """Whoever asked went away at its deadline."""

        self._server = Quiet(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/ask"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Answer no more: whoever asks finds nobody there."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(records: Mapping[str, Iterable[Record]]) -> Iterator[dict[str, Server]]:
    """A server for each source, stopped at the end."""
    with ExitStack() as stack:
        servers = {}
        for name, held in records.items():
            servers[name] = Server(Holding(held))
            stack.callback(servers[name].stop)
        yield servers


@contextmanager
def connected(county: Path) -> Iterator[dict[str, Server]]:
    """The seven systems of a made-up county, where this installation's packs find them; at the end they are not connected any more."""
    from peelian.vulnerability.pack.sources import connect

    from .county import records

    with serving(records(county)) as servers:
        connect({name: {"url": server.url} for name, server in servers.items()})
        try:
            yield servers
        finally:
            connect({})
