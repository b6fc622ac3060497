"""A command-and-control system that does not exist, on 127.0.0.1: for the demonstration and for tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

EXAMPLE = """[[source]]
name = "made-up"
title = "Command and control (made up)"
type = "http"
url = "{url}"
account = "operator"

[[follow]]
kind = "missing_person"
source = "made-up"
when = {{ category = ["Missing person"] }}
open = "from_incident"
update = "answer_questions"
facts = {{ reported_at = "received", area = "district", why_worried = "told" }}
to = "operator"
tells = ["grade"]
"""
TOLD = ("Not back from school.", "Left the ward in slippers.", "Has not answered the phone since the morning.")


class CommandAndControl:
    """Incidents with their changes, and the decisions that were written back.

    Parameters
    ----------
    now : callable
        The instant by its own clock.
    port : int
        0 for a free one.

    Attributes
    ----------
    decisions : dict
        Body by key: the same key twice is one decision.
    puts : list of str
        Every key as it came, repeats too.
    answers : callable or None
        Set it to make the server fail: called with the request, it returns a status instead of an answer, or 0.
    """

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), port: int = 0) -> None:
        self.now, self.log, self.decisions, self.puts = now, [], {}, []  # type: ignore[var-annotated]
        self.answers: Callable[[str], int] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def record(
        self, reference: str, fields: dict[str, Any], *, open: bool = True, owner: str = "", at: datetime | None = None
    ) -> None:
        """Write an incident down, or a change of one."""
        self.log.append(
            {
                "reference": reference, "version": str(len(self.log) + 1), "at": (at or self.now()).isoformat(), "open": open,
                "owner": owner, "fields": fields,
            }
        )  # fmt: skip

    def incident(self, number: int) -> None:
        """Write down one more made-up incident; every third is no missing person."""
        kind = "Missing person" if number % 3 else "Noise"
        told = {"category": kind, "received": self.now().isoformat(), "district": "E07000001", "told": TOLD[number % 3]}
        self.record(f"CAD-{number:05}", told, owner="operator")

    def stop(self) -> None:
        """Let the port go."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> CommandAndControl:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _page(self, since: int, limit: int) -> dict[str, Any]:
        if since:
            rows = self.log[since : since + limit]
            upto = since + len(rows)
        else:  # the first question: every incident as it stands, if it is open
            last = {row["reference"]: row for row in self.log}
            rows, upto = [row for row in last.values() if row["open"]], len(self.log)
        return {
            "changes": rows, "cursor": str(upto), "more": upto < len(self.log),
            "data_at": (self.now() if upto == len(self.log) else datetime.fromisoformat(self.log[upto]["at"])).isoformat(),
        }  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        system = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                self._say(system._page(int(asked.get("since", ["0"])[0] or 0), int(asked.get("limit", ["100"])[0])))

            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = self.path.rpartition("/")[2]
                system.puts.append(key)
                system.decisions[key] = body
                self._say({})

            def _say(self, told: dict[str, Any]) -> None:
                status = system.answers(f"{self.command} {self.path}") if system.answers else 0
                content = b"{}" if status else json.dumps(told).encode()
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(status or 200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Nothing: a line would hold what was asked."""

        return Handler
