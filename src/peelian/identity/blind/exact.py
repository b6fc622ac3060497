"""Exact hits by private set intersection: equal surname, first forename and date of birth, with no shared secret.

The holder sends a setup, the asker a request, the holder a response; only the asker learns which of *its own* people the holder has too. The
protocol is Diffie-Hellman with double masking (Meadows 1986; Angelou et al. 2020), by the library of OpenMined; here are the files
that carry its messages. It is safe against those who keep to it: an asker can put guesses among its people, so the holder states the most
people it answers for and answers once.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from peelian.core.errors import PeelianError

from .keys import keep, kept
from .people import People

FIELDS = ("surname", "forenames", "born_on")


@dataclass(frozen=True)
class Message:
    """A file that travels: its step (setup, request or response), a public header, and the library's bytes."""

    step: str
    header: dict[str, Any]
    body: bytes

    @property
    def digest(self) -> str:
        """Of header and body, so that damage is seen."""
        return hashlib.sha256(json.dumps([self.step, self.header]).encode() + self.body).hexdigest()

    def to_bytes(self) -> bytes:
        """One line of JSON, then the body."""
        told = {"kind": f"peelian exact {self.step} 1", **self.header, "digest": self.digest}
        return json.dumps(told).encode() + b"\n" + self.body


def read_message(path: Path, step: str) -> Message:
    """Read the message of one step; PeelianError for a damaged file or that of another step."""
    head, _, body = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(head)
        kind, digest = header.pop("kind"), header.pop("digest")
        message = Message(step, header, body)
        if kind != f"peelian exact {step} 1" or digest != message.digest:
            raise ValueError
    except (ValueError, KeyError, AttributeError, TypeError):
        raise PeelianError(
            f"this is no {step} of an exact match, or it is damaged",
            where=path.name,
            fix=f"ask its sender for the {step} file again",
            id="peelian.E673",
        ) from None
    return message


def keep_state(path: Path, side: str, state: dict[str, Any], *, again: bool = False) -> None:
    """Keep what one side needs for its next step; `again` writes over what it kept before."""
    text = json.dumps({"kind": f"peelian exact {side} 1", **state})
    if again:
        path.write_text(text, "utf-8")
    else:
        keep(path, text)


def read_state(path: Path, side: str) -> dict[str, Any]:
    """Read what this side kept; PeelianError for the other side's file or anything else."""
    try:
        return kept(path, f"peelian exact {side} 1")
    except (ValueError, KeyError, AttributeError, TypeError):
        raise PeelianError(
            f"this is not what the {side} kept of an exact match",
            where=path.name,
            fix="give the file that this side wrote with --keep, unchanged",
            id="peelian.E673",
        ) from None


def setup(people: People, *, exchange: str, most: int, agreement: str, until: date) -> tuple[Message, dict[str, Any]]:
    """The holder's first message, and what it keeps. `most` is how many people it will answer for."""
    server = (psi := library()).server.CreateWithNewKey(True)
    body = server.CreateSetupMessage(1e-9, most, sorted(_items(people)), psi.DataStructure.RAW).SerializeToString()
    header = {"exchange": exchange, "most": most, "agreement": agreement, "until": until.isoformat()}
    return Message("setup", header, body), {**header, "secret": server.GetPrivateKeyBytes().hex(), "answered": False}


def request(people: People, offered: Message, *, on: date, rng: np.random.Generator) -> tuple[Message, dict[str, Any]]:
    """The asker's message, and what it keeps: its own references in the order of the request."""
    _in_time(offered.header, on)
    items = _items(people)
    if len(items) > offered.header["most"]:
        raise _too_many(len(items), offered.header["most"])
    names = list(items)
    order = [names[n] for n in rng.permutation(len(names))]
    client = library().client.CreateWithNewKey(True)
    header = {"exchange": offered.header["exchange"]}
    state = {**header, "secret": client.GetPrivateKeyBytes().hex(), "references": [items[i] for i in order]}
    return Message("request", header, client.CreateRequest(order).SerializeToString()), state


def respond(asked: Message, state: dict[str, Any], *, on: date) -> tuple[Message, dict[str, Any]]:
    """The holder's answer, and its state from then on: it answers one request of an exchange and no second."""
    _in_time(state, on)
    _same(asked.header, state)
    if state["answered"]:
        raise PeelianError(
            "this exchange was answered already",
            matters="who may ask again and again can find out everyone",
            fix="begin a new exchange with `peelian blind exact setup`",
            id="peelian.E675",
        )
    psi = library()
    told = psi.Request.FromString(asked.body)
    if len(told.encrypted_elements) > state["most"]:
        raise _too_many(len(told.encrypted_elements), state["most"])
    server = psi.server.CreateFromKey(bytes.fromhex(state["secret"]), True)
    body = server.ProcessRequest(told).SerializeToString()
    return Message("response", {"exchange": state["exchange"]}, body), {**state, "answered": True}


def hits(offered: Message, answered: Message, state: dict[str, Any]) -> list[str]:
    """The asker's own references of people whom the holder has too, in order."""
    _same(offered.header, state)
    _same(answered.header, state)
    psi = library()
    client = psi.client.CreateFromKey(bytes.fromhex(state["secret"]), True)
    found = client.GetIntersection(psi.ServerSetup.FromString(offered.body), psi.Response.FromString(answered.body))
    return sorted(reference for n in found for reference in state["references"][n])


def library() -> ModuleType:
    """The library that does the arithmetic; PeelianError where it is not installed."""
    try:
        import private_set_intersection.python as psi
    except ImportError:
        raise PeelianError(
            "exact matching needs a library that is not installed",
            found="openmined-psi is absent",
            fix="install Peelian with its extra `blind`",
            id="peelian.E674",
        ) from None
    return psi


def _items(people: People) -> dict[str, list[str]]:
    items: dict[str, list[str]] = defaultdict(list)
    rows = zip(people.references, *(people.fields[f] for f in FIELDS), strict=True)
    for reference, surname, forenames, born in rows:
        items[f"{surname.replace(' ', '')}|{forenames.split()[0]}|{born}"].append(reference)
    return items


def _in_time(header: dict[str, Any], on: date) -> None:
    if date.fromisoformat(header["until"]) < on:
        raise PeelianError(
            "the exchange is past its last day",
            found=f"until {header['until']}",
            matters="it was agreed for that time only",
            fix="delete its files; begin a new exchange if the agreement still holds",
            id="peelian.E672",
        )


def _same(header: dict[str, Any], state: dict[str, Any]) -> None:
    if header["exchange"] != state["exchange"]:
        raise PeelianError(
            "the files are of two different exchanges",
            matters="no hit could be found between them",
            fix="use the setup, request, response and kept file of one exchange",
            id="peelian.E676",
        )


def _too_many(found: int, most: int) -> PeelianError:
    return PeelianError(
        "the request asks about more people than was agreed",
        found=f"{found:,} people, at most {most:,}",
        matters="a list of guesses would tell who is held",
        fix="ask about fewer, or agree a larger number and begin again",
        id="peelian.E677",
    )
