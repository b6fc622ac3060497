"""Blind matching: common people of two agencies, and nobody else. Needs no database; with --as each act is logged."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from peelian.core.errors import PeelianError

from .base import At, Json, acting, app, instant, progress, ready, show

blind_app = typer.Typer(
    no_args_is_help=True, help="Find people in common with another agency without showing it the rest."
)
exact_app = typer.Typer(
    no_args_is_help=True, help="Exact hits between two agencies with no shared key: setup, request, respond, hits."
)
app.add_typer(blind_app, name="blind")
blind_app.add_typer(exact_app, name="exact")

People = Annotated[
    Path, typer.Argument(metavar="PEOPLE", help="CSV with reference, surname, forenames, born_on and so on.")
]
Out = Annotated[Path, typer.Option("--out", help="The file that travels.")]
Keep = Annotated[Path, typer.Option("--keep", help="What stays here; your account alone can read it.")]
Kept = Annotated[Path, typer.Option("--keep", help="What this side kept before.")]
Until = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of use.")]
Agreement = Annotated[str, typer.Option(help="Code of the sharing agreement.")]
As = Annotated[
    str,
    typer.Option(
        "--as", envvar="PEELIAN_AS", metavar="USER", help="Log the act in Peelian's database as this account."
    ),
]
Purpose = Annotated[str, typer.Option(help="For what; with --as.")]
Recipient = Annotated[str, typer.Option(help="Who is given the file; with --as.")]


@blind_app.command("key")
def key(
    path: Annotated[Path, typer.Argument(metavar="KEY", help="The key file to make.")],
    agreement: Agreement,
    until: Until,
    fields: Annotated[str, typer.Option(help="What is encoded, with commas.")] = "surname,forenames,born_on,sex,postcode",
    salt: Annotated[str, typer.Option(help="none, year (of birth) or area (of the postcode): harder to attack, misses more.")] = "none",
    separate: Annotated[bool, typer.Option("--separate", help="Let hits tell which fields agreed.")] = False,
    at: At = None,
) -> None:  # fmt: skip
    """Make the key that two agencies share. Hand it over by another way than the encoded files; never to who matches."""
    from peelian.identity.blind.keys import make_key, write_key

    write_key(
        make_key(
            secrets.token_bytes(32), agreement=agreement, until=until.date(), on=instant(at).date(),
            fields=tuple(fields.split(",")), salt=salt, separate=separate,
        ),
        path,
    )  # fmt: skip
    typer.echo(f"{path} is made; it may be used until {until:%Y-%m-%d}")


@blind_app.command("encode")
def encode(
    people: People,
    key: Annotated[Path, typer.Option(help="The key file that both agencies share.")],
    out: Out,
    keep: Keep,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
    recipient: Recipient = "",
    as_json: Json = False,
) -> None:
    """Encode people for the side that matches; which number is whose stays in the file given with --keep."""
    import numpy as np

    from peelian.identity.blind.encoding import encode as encoded
    from peelian.identity.blind.files import write_encoded
    from peelian.identity.blind.keys import keep as kept
    from peelian.identity.blind.keys import read_key, vacant
    from peelian.identity.blind.people import read_people

    vacant(keep)
    shared = read_key(key)
    read = read_people(people, shared.scheme.hashes)
    made, references = encoded(read, shared, rng=np.random.default_rng(secrets.randbits(128)))
    _log(as_, purpose, "disclosure", "blind encoding", recipient, shared.scheme.agreement, {"people": len(read)}, at)
    kept(keep, _table([{"number": n, "reference": r} for n, r in zip(made.numbers.tolist(), references, strict=True)]))
    write_encoded(made, shared, out)
    show([{"file": str(out), "people": len(read), "until": shared.scheme.until, **_left(read.left_out)}], as_json)


@blind_app.command("match")
def match(
    first: Annotated[Path, typer.Argument(help="One agency's encoded file.")],
    second: Annotated[Path, typer.Argument(help="The other agency's.")],
    out: Annotated[Path, typer.Option(help="CSV of the hits, for both agencies.")],
    threshold: Annotated[float, typer.Option(help="Least Dice coefficient of a hit.")] = 0.66,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
    recipient: Recipient = "",
    as_json: Json = False,
) -> None:
    """Find the hits between two encoded files. It needs no key, and whoever runs it should have none."""
    from peelian.identity.blind.files import comparable, read_encoded
    from peelian.identity.blind.matching import match as matched

    (a, scheme, check), (b, other, second_check) = read_encoded(first), read_encoded(second)
    comparable((first.name, second.name), (scheme, other), (check, second_check), on=instant(at).date())
    with progress() as step:
        hits = matched(a, b, threshold=threshold, progress=None if as_json else step)
    _log(as_, purpose, "combination", "blind matching", recipient, scheme.agreement, {"hits": len(hits)}, at)
    agreed = {"agreed": hits.agreed} if scheme.separate else {}
    columns = {
        "first": hits.first.tolist(),
        "second": hits.second.tolist(),
        "score": hits.score.round(3).tolist(),
        **agreed,
    }
    out.write_text(
        _table([dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], [*columns])
    )
    show([{"file": str(out), "hits": len(hits)}], as_json)


@blind_app.command("trace")
def trace(
    hits: Annotated[Path, typer.Argument(help="The CSV of hits that came back.")],
    keep: Annotated[Path, typer.Option("--keep", help="The file kept when the people were encoded.")],
    as_json: Json = False,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
) -> None:
    """Show which of your own records the hits are."""
    try:
        own = {row["number"]: row["reference"] for row in csv.DictReader(io.StringIO(keep.read_text("utf-8")))}
        found = list(csv.DictReader(io.StringIO(hits.read_text("utf-8"))))
        side = next((s for s in ("first", "second") if any(h[s] in own for h in found)), "first")
        other = {"first": "second", "second": "first"}[side]
        rows = [
            {"reference": own[h[side]], "theirs": h[other], **{k: v for k, v in h.items() if k not in (side, other)}}
            for h in found
        ]
    except (KeyError, UnicodeDecodeError, csv.Error):
        raise PeelianError(
            "the hits are not of this encoding", where=f"{hits.name} and {keep.name}",
            fix="give the hits unchanged, and the file kept when these people were encoded", id="peelian.E678",
        ) from None  # fmt: skip
    _log(
        as_,
        purpose,
        "consultation",
        "hits of a blind match",
        "",
        "",
        {"hits": len(rows)},
        at,
        [r["reference"] for r in rows],
    )
    show(rows, as_json, empty="no hit")


@exact_app.command("setup")
def exact_setup(
    people: People,
    out: Out,
    keep: Keep,
    most: Annotated[int, typer.Option(help="How many people you will answer for.")],
    agreement: Agreement,
    until: Until,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
    recipient: Recipient = "",
    as_json: Json = False,
) -> None:
    """Who holds records begins: write the setup for who will ask."""
    from peelian.identity.blind import exact
    from peelian.identity.blind.keys import vacant
    from peelian.identity.blind.people import read_people

    vacant(keep)
    read = read_people(people, exact.FIELDS)
    message, state = exact.setup(
        read, exchange=secrets.token_hex(16), most=most, agreement=agreement, until=until.date()
    )
    _log(
        as_, purpose, "disclosure", "exact match: setup", recipient, agreement, {"people": len(read), "most": most}, at
    )
    exact.keep_state(keep, "holder", state)
    out.write_bytes(message.to_bytes())
    show([{"file": str(out), "people": len(read), "until": f"{until:%Y-%m-%d}", **_left(read.left_out)}], as_json)


@exact_app.command("request")
def exact_request(
    people: People,
    setup: Annotated[Path, typer.Option(help="The setup that came.")],
    out: Out,
    keep: Keep,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
    recipient: Recipient = "",
    as_json: Json = False,
) -> None:
    """Who asks: write the request about your own people."""
    import numpy as np

    from peelian.identity.blind import exact
    from peelian.identity.blind.keys import vacant
    from peelian.identity.blind.people import read_people

    vacant(keep)
    read, offered = read_people(people, exact.FIELDS), exact.read_message(setup, "setup")
    rng = np.random.default_rng(secrets.randbits(128))
    message, state = exact.request(read, offered, on=instant(at).date(), rng=rng)
    agreement = offered.header["agreement"]
    _log(as_, purpose, "disclosure", "exact match: request", recipient, agreement, {"people": len(read)}, at)
    exact.keep_state(keep, "asker", state)
    out.write_bytes(message.to_bytes())
    show([{"file": str(out), "people": len(read), "until": offered.header["until"], **_left(read.left_out)}], as_json)


@exact_app.command("respond")
def exact_respond(
    request: Annotated[Path, typer.Argument(help="The request that came.")],
    out: Out,
    keep: Kept,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
    recipient: Recipient = "",
) -> None:
    """Who holds records answers, once."""
    from peelian.identity.blind import exact

    state = exact.read_state(keep, "holder")
    message, after = exact.respond(exact.read_message(request, "request"), state, on=instant(at).date())
    _log(as_, purpose, "disclosure", "exact match: response", recipient, state["agreement"], {}, at)
    exact.keep_state(keep, "holder", after, again=True)  # before the answer leaves: there is never a second one
    out.write_bytes(message.to_bytes())
    typer.echo(f"{out} is written; this exchange answers no other request")


@exact_app.command("hits")
def exact_hits(
    setup: Annotated[Path, typer.Argument(help="The setup that came.")],
    response: Annotated[Path, typer.Argument(help="The response that came.")],
    keep: Kept,
    as_json: Json = False,
    at: At = None,
    as_: As = "",
    purpose: Purpose = "prevention",
) -> None:
    """Who asked reads which of its own people the other side has too."""
    from peelian.identity.blind import exact

    found = exact.hits(
        exact.read_message(setup, "setup"), exact.read_message(response, "response"), exact.read_state(keep, "asker")
    )
    _log(as_, purpose, "consultation", "hits of an exact match", "", "", {"hits": len(found)}, at, found)
    show([{"reference": r} for r in found], as_json, empty="no hit")


def _left(left_out: Mapping[str, int]) -> dict[str, str]:
    return {"left out": ", ".join(f"{n:,} ({why})" for why, n in left_out.items()) or "none"}


def _table(rows: list[dict[str, Any]], columns: list[str] | None = None) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _log(
    as_: str, purpose: str, verb: str, what: str, recipient: str, agreement: str, detail: dict[str, Any], at: datetime | None,
    references: Sequence[str] = (),
) -> None:  # fmt: skip
    """The entry of an act, where Peelian's database is; committed before anything is written or shown.

    References of the form `feed/key` are Peelian's own mentions: the entry then stands under each of these people.
    """
    if not as_:
        return
    ready(systems=False)
    from peelian.access.actor import record_act, require_police
    from peelian.access.agreements import in_force

    actor, now = acting(as_, purpose), instant(at)
    require_police(actor)
    if agreement and agreement not in {a.code for a in in_force(now.date())}:
        raise PeelianError(
            "no such sharing agreement is in force", found=agreement, matters="nothing may leave without one",
            fix="load it with `peelian partners load`", id="peelian.E660",
        )  # fmt: skip
    if verb == "disclosure" and not recipient:
        raise PeelianError(
            "the log needs to know who is given the file", fix="name them with --recipient", id="peelian.E679"
        )
    reason = f"sharing agreement {agreement}" if agreement else ""
    subjects = [r for r in references if "/" in r]
    record_act(actor, verb, what, detail=detail, at=now, subjects=subjects, recipient=recipient, reason=reason)
