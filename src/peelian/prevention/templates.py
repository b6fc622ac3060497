"""Templates of problem profiles: what a profile is about and asks, as a TOML file that an analyst can edit.

The shipped ones stand in ``templates/``; a force's own in ``templates/`` of its data folder, put there by
``peelian templates add``. One of the same name as a shipped one takes its place.
"""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peelian.core.errors import Faults, InvalidInput, PeelianError
from peelian.records.feeds import FEEDS

from .themes import PARTS, Partner, Selection, Theme, slug_of, theme_named

SHIPPED = Path(__file__).with_name("templates")
LARGEST = 200_000  # bytes
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
Words = Annotated[str, Field(min_length=1, max_length=300)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Select(_Strict):
    categories: tuple[Words, ...] = ()
    kinds: tuple[Words, ...] = ()
    feeds: tuple[Words, ...] = ()
    offences: tuple[Words, ...] = ()

    def made(self) -> Selection:
        return Selection(self.categories, self.kinds, self.feeds, self.offences)


class _Partner(_Strict):
    feed: Words
    adds: Words
    select: _Select = _Select()


class _Template(_Strict):
    title: Words
    one: Words
    many: Words
    police_generated: bool = False
    parts: tuple[Words, ...] = PARTS
    questions: tuple[Words, ...] = ()
    select: _Select
    partner: tuple[_Partner, ...] = ()


def read_template(path: Path) -> Theme:
    """The theme that a template declares; its file's name is its name.

    Raises
    ------
    PeelianError
        If the file cannot be read as TOML.
    Faults
        With every fault of what it declares.
    """
    slug = path.stem
    if not _SLUG.fullmatch(slug):
        raise PeelianError(
            "the name of the template cannot be used", where=path.name,
            fix="name the file with small letters, digits and -, such as knife-crime.toml", id="peelian.E510",
        )  # fmt: skip
    try:
        if path.stat().st_size > LARGEST:
            raise PeelianError(
                "the template is too large", where=path.name, found=f"over {LARGEST:,} bytes", id="peelian.E510"
            )
        declared = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PeelianError(
            "the template cannot be read",
            where=path.name,
            found=type(error).__name__,
            fix="give a TOML file in UTF-8",
            id="peelian.E510",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise PeelianError(
            "the template is not TOML", where=path.name, found=str(error), fix="mend that line", id="peelian.E510"
        ) from None
    try:
        told = _Template.model_validate(declared)
    except ValidationError as error:
        raise Faults([_plain(path, fault) for fault in error.errors()]) from None
    if faults := list(_unknown(path, told)):
        raise Faults(faults)
    return Theme(
        slug, told.title, told.one, told.many, told.police_generated, told.select.made(), told.parts,
        tuple(Partner(p.feed, p.select.made(), p.adds) for p in told.partner), told.questions,
    )  # fmt: skip


def _fault(path: Path, summary: str, where: str, found: str, fix: str) -> PeelianError:
    return PeelianError(summary, where=f"{path.name}, {where}", found=found, fix=fix, id="peelian.E511")


def _plain(path: Path, fault: Any) -> PeelianError:
    """A fault that the declaration's own types found, in plain words."""
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in fault["loc"])
    match fault["type"]:
        case "missing":
            return _fault(path, "a line is missing", where, "nothing", f"add {where} = ...")
        case "extra_forbidden":
            known = [*_Template.model_fields, *_Select.model_fields, *_Partner.model_fields]
            near = get_close_matches(str(fault["loc"][-1]), known, n=1)
            return _fault(path, "nobody knows this line", where, "a name that is not declared",
                          f"did you mean {near[0]}?" if near else "take it out")  # fmt: skip
        case _:
            return _fault(path, "a value cannot be used", where, repr(fault["input"])[:60], fault["msg"].lower())


def _unknown(path: Path, told: _Template) -> list[PeelianError]:
    """Parts and feeds that do not exist: a misspelt one would leave its part out without a word."""
    faults = []
    for part in told.parts:
        if part not in PARTS:
            faults.append(
                _fault(path, "there is no such part", "parts", repr(part), "use some of: " + ", ".join(PARTS))
            )
    for n, feeds in [(0, told.select.feeds), *((n, (p.feed, *p.select.feeds)) for n, p in enumerate(told.partner, 1))]:
        for feed in feeds:
            if feed not in FEEDS:
                where = f"partner {n}" if n else "select.feeds"
                faults.append(_fault(path, "there is no such feed", where, repr(feed), "see `peelian feeds`"))
    if told.select == _Select():
        faults.append(
            _fault(
                path,
                "the template selects everything",
                "select",
                "no condition",
                "state categories, kinds, feeds or offences",
            )
        )
    return faults


def theme_of(name: str) -> Theme:
    """The theme of a template, or of a category, by name.

    Raises
    ------
    InvalidInput
        With the list of both, for any other name.
    """
    slug = slug_of(name)
    if slug in paths():
        return read_template(paths()[slug])
    try:
        return theme_named(slug)
    except InvalidInput as error:
        raise InvalidInput(
            error.summary, found=repr(name), fix=f"{error.fix}; or a template: {', '.join(paths())}", id=error.id
        ) from None


def own_folder() -> Path:
    """Where the installation's own templates stand."""
    return Path(settings.HOME) / "templates"


def paths() -> dict[str, Path]:
    """Every template by name: the shipped ones, and the installation's own over them."""
    found = {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}
    return found | {path.stem: path for path in sorted(own_folder().glob("*.toml"))}


def templates() -> dict[str, Theme]:
    """Every template as a theme, by name; one of the installation's own that has a fault since is left out."""
    found = {}
    for name, path in paths().items():
        try:
            found[name] = read_template(path)
        except PeelianError:
            if path.parent == SHIPPED:
                raise
    return found


def add(path: Path) -> Theme:
    """Check a template and put it among the installation's own."""
    theme = read_template(path)
    own_folder().mkdir(exist_ok=True)
    (own_folder() / path.name).write_bytes(path.read_bytes())
    return theme


def text_of(name: str) -> str:
    """The text of a template, to edit a copy of; InvalidInput where there is none."""
    try:
        return paths()[name].read_text("utf-8")
    except KeyError:
        raise InvalidInput(
            "there is no such template", found=repr(name), fix="use one of: " + ", ".join(paths()), id="peelian.E501"
        ) from None
