"""The kinds of case that this installation knows. Each system registers its own when it is loaded (`peelian.systems`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from peelian.access.models import Agency, RecordClass
from peelian.core.errors import PeelianError
from peelian.core.kinds import Kind

from .local_values import declare_all

_KINDS: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_KINDS)


def register(kind: Kind) -> Kind:
    """Take a kind into use; its local values become settings that two people change. Registering it again does nothing.

    Raises
    ------
    PeelianError
        ``peelian.E450`` where another kind has the name: every case of either would be read by the wrong rules.
    """
    held = _KINDS.setdefault(kind.name, kind)
    if held is not kind:
        raise PeelianError(
            "two kinds of case have one name", where=kind.name, matters="a case could be read by the wrong rules",
            fix="rename one of them where it is declared", id="peelian.E450",
        )  # fmt: skip
    declare_all(kind)
    return kind


def kind_of(name: str) -> Kind:
    """The kind of a name; PeelianError ``peelian.E451`` for one that nothing declares."""
    if name not in _KINDS:
        raise PeelianError(
            "there is no such kind of case", found=name, matters="its journal cannot be read without its rules",
            fix=f"one of: {', '.join(sorted(_KINDS)) or 'none is registered'}", id="peelian.E451",
        )  # fmt: skip
    return _KINDS[name]


def class_of(kind: Kind, agency: str = "") -> RecordClass:
    """The class of record of a kind's cases, made when its first case opens.

    Cases that a partner leads are a class of their own, whose source is that partner's: its people see those, and no other.

    Parameters
    ----------
    agency : str
        Code of the partner that leads; empty for the force.
    """
    code = f"case-{kind.name.replace('_', '-')}{f'-{agency}' if agency else ''}"
    source = f"casework-{agency}" if agency else "casework"
    made, new = RecordClass.objects.get_or_create(
        code=code[:80],
        defaults={
            "source": source, "category": f"case-{(kind.record_class or kind.question).replace('_', '-')}",
            "handling": "partner" if agency else "police",
            "controller": "The Chief Constable, with the agency that leads" if agency else "The Chief Constable",
            "regime": "part3", "onward": "To those whom the case names, through it alone",
        },
    )  # fmt: skip
    if new and agency:
        lead = Agency.objects.get(code=agency)
        if source not in lead.sources:
            lead.sources = [*lead.sources, source]
            lead.save(update_fields=["sources"])
    return made
