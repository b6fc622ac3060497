"""Following a command-and-control system over HTTP: asked with a deadline, tried again, left alone while it is down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import httpx
import pybreaker
import stamina
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from .contract import Change, Page, Silent

DEADLINE, TRIES = 5.0, 3  # seconds of one question [DESIGN]
FAILURES, REST = 3, 10.0  # failures in a row after which it is left alone, and for how many seconds [DESIGN]
Text = Annotated[str, StringConstraints(max_length=80)]


class _Changed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reference: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    version: Text
    at: AwareDatetime
    open: bool = True
    owner: Text = ""
    subject: Annotated[str, StringConstraints(max_length=160)] = ""
    fields: dict[str, Any] = {}


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")

    changes: list[_Changed]
    cursor: Annotated[str, StringConstraints(max_length=200)]
    data_at: AwareDatetime
    more: bool = False


class _Busy(Exception):
    """An answer that another try may mend."""


@dataclass
class HttpAdapter:
    """A system with the two addresses of docs/reference/companion.md.

    Attributes
    ----------
    url : str
        Without a slash at the end.
    token_in : str
        Name of the environment variable that holds its token; empty for none.
    """

    name: str
    title: str
    url: str
    token_in: str = ""
    _breaker: pybreaker.CircuitBreaker = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES, reset_timeout=REST, exclude=[_wrong], throw_new_error_on_trip=False
        )
        secure = self.url.startswith("https:")  # without it no certificates need be read
        self._client = httpx.Client(timeout=DEADLINE, follow_redirects=False, trust_env=False, verify=secure)

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def changes(self, cursor: str, *, limit: int) -> Page:
        """Ask for the changes after a mark; the answer is checked field by field."""
        reply = self._ask("GET", "/changes", params={"since": cursor, "limit": limit})
        try:
            told = _Told.model_validate_json(reply.content)
        except ValidationError as error:
            raise self._silent(
                f"an answer that is not in the form agreed ({error.error_count()} faults)"
            ) from None  # its text is left out: it would quote what the record says
        return Page(tuple(Change(**one.model_dump()) for one in told.changes), told.cursor, told.data_at, told.more)

    def write_back(self, reference: str, key: str, body: Mapping[str, Any]) -> None:
        """PUT under the key, so that a second try after a lost answer changes nothing."""
        self._ask("PUT", f"/decisions/{key}", json={"reference": reference, **_plain(body)})

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        token = os.environ.get(self.token_in, "") if self.token_in else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        def once() -> httpx.Response:
            reply = self._client.request(method, self.url + path, headers=headers, **more)
            if reply.status_code >= 500 or reply.status_code == 429:
                raise _Busy(str(reply.status_code))
            return reply.raise_for_status()

        try:
            for attempt in stamina.retry_context(
                on=(httpx.TransportError, _Busy), attempts=TRIES, timeout=DEADLINE, wait_initial=0.05, wait_max=1.0
            ):
                with attempt:
                    return self._breaker.call(once)
        except pybreaker.CircuitBreakerError:
            raise self._silent("it failed several times and is left alone for some seconds") from None
        except _Busy as busy:
            raise self._silent(f"it answers that it cannot ({busy})") from None
        except httpx.HTTPStatusError as error:
            raise self._silent(f"it refuses the question ({error.response.status_code})") from None
        except httpx.HTTPError as error:
            raise self._silent(type(error).__name__) from None
        raise self._silent("no answer")

    def _silent(self, found: str) -> Silent:
        return Silent(
            f"{self.title} did not answer"[:79], found=found, matters="what changes there is not seen here until it does",
            fix="nothing is lost: it is asked again; if it lasts, tell whoever runs that system",
        )  # fmt: skip


def _wrong(error: BaseException) -> bool:
    """A question that it refuses is no sign that it is down."""
    return isinstance(error, httpx.HTTPStatusError)


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in body.items()}
