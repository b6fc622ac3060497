"""The systems of the report: what stands, what each finds in the records, and its documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, ready, show, writable, write

PURPOSES = {
    "prevention": "prevention", "investigation": "investigation", "vulnerability": "safeguarding", "organised_crime": "intelligence",
    "specialist": "planning", "assurance": "assurance",
}  # fmt: skip
Purpose = Annotated[str, typer.Option(help="Why you look; by default what fits the system.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the system, such as P7; `peelian systems` lists them.")]


@app.command("systems")
def systems_command(
    markdown: Annotated[bool, typer.Option("--markdown", help="The table of docs/systems.md.")] = False, as_json: Json = False
) -> None:  # fmt: skip
    """List the systems of the report: id, name, module, state, area for improvement, tests."""
    ready()
    from peelian import systems

    told = systems.told(systems.checkout())
    if markdown:
        typer.echo(systems.markdown(told))
    elif as_json:
        show([{k: v for k, v in row.items() if k != "partial"} for row in told], True)
    else:
        show(
            [{k: "" if v is None else v for k, v in row.items() if k not in ("tests", "partial")} for row in told],
            False,
        )


@app.command("find")
def find_command(
    id: Id,
    name: Annotated[str, typer.Argument(help="What to look for; left out, what the system looks for is listed.")] = "",
    purpose: Purpose = "", at: At = None, as_: As = "operator", as_json: Json = False,
) -> None:  # fmt: skip
    """List what a system finds in the records; a person opens a case of it on the page."""
    ready()
    from peelian import systems
    from peelian.access.actor import record_act

    system = systems.system_of(id)
    if not name:
        show(
            [{"name": f.name, "finds": f.title} for f in system.finds],
            as_json,
            empty="this system looks for nothing by itself",
        )
        return
    found = _named(system.id, system.finds, name, "find")
    actor, now = acting(as_, purpose or PURPOSES[system.question]), instant(at)
    rows = list(found.look(actor=actor, at=now))
    record_act(
        actor,
        "consultation",
        "found in the records",
        at=now,
        detail={"system": system.id, "find": name, "found": len(rows)},
    )
    show(
        [{"key": r.key, "why": r.reason, **dict(r.numbers)} for r in rows],
        as_json,
        empty="nothing is found in what you may see",
    )


@app.command("sheet")
def sheet_command(
    id: Id,
    name: Annotated[str, typer.Argument(help="The document; left out, the system's documents are listed.")] = "",
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An answer that it asks for.")] = None,
    out: Annotated[Path | None, typer.Option(help="FILE.html, FILE.pdf or FILE.txt; the first two beside each other, without an ending.")] = None,
    purpose: Purpose = "", at: At = None, as_: As = "operator", as_json: Json = False,
) -> None:  # fmt: skip
    """Make a document of a system."""
    ready()
    from peelian import systems
    from peelian.access.actor import record_act
    from peelian.core.errors import InvalidInput

    system = systems.system_of(id)
    own = [s for s in system.sheets if not s.kind]
    if not name:
        told = [{"name": s.name, "document": s.title, "asks": ", ".join(c.name for c in s.asks)} for s in own]
        show(told, as_json, empty="this system has no document of its own")
        return
    sheet = _named(system.id, own, name, "sheet")
    actor, now = acting(as_, purpose or PURPOSES[system.question]), instant(at)
    given = dict(pair.partition("=")[::2] for pair in set_ or ())
    asked = [choice.name for choice in sheet.asks]
    if stray := sorted(given.keys() - set(asked)):
        raise InvalidInput(
            "the sheet cannot be made yet", found=f"an answer that it does not ask for: {', '.join(stray)}",
            fix=f"--set one of: {', '.join(asked) or 'none, it asks for nothing'}", id="peelian.E484",
        )  # fmt: skip
    for choice in sheet.asks:
        may = [value for value, _ in choice.choices(actor, now)]
        if given.get(choice.name) not in may:
            told = (
                f"{choice.name}={given[choice.name]}, which is none of its answers"
                if choice.name in given
                else "no answer"
            )
            raise InvalidInput(
                "the sheet cannot be made yet", found=f"{told} to: {choice.question}",
                fix=f"--set {choice.name}=, one of: {', '.join(may)}", id="peelian.E484",
            )  # fmt: skip
    document = sheet.build(actor=actor, at=now, **{c.name: given[c.name] for c in sheet.asks})
    record_act(actor, "consultation", "sheet", at=now, detail={"system": system.id, "sheet": name})
    show(write(document, writable(out or Path(f"{system.id}-{name}"))), as_json)


def _named(id: str, of: Any, name: str, word: str) -> Any:
    from peelian.core.errors import InvalidInput

    found = next((each for each in of if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in of)
        raise InvalidInput(
            f"{id} has no {word} of this name", found=name, fix=f"one of: {names or 'none'}", id="peelian.E485"
        )
    return found
