"""Danger to life, without its source: who may meet somebody is told, even where the record that says so is hidden.

For each person and each kind of danger there is one mention of the class `safety-markers`: names, date of birth, sex and the
kind as its role; no source, no reference, no address. It is made from the mention known first that has the marker, and is joined with
certainty to every mention of the person, by the fold, after it: it is never compared, and is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from peelian.access.models import RecordClass
from peelian.access.refs import ref_of

from .persons import SAFETY

# Kinds of marker, in lower case, that mean danger to life or to officers, and the kind that is shown [DESIGN]: in the words of the
# feeds, and the names of the Police National Computer's warning signals (general knowledge).
DANGER = {
    "weapons": "weapons", "weapon": "weapons", "firearms": "firearms", "explosives": "explosives", "violent": "violent",
    "violence": "violent", "child at risk": "child at risk", "officer safety": "officer safety", "assaults police": "officer safety",
    "suicidal": "suicidal", "self-harm": "self-harm",
}  # fmt: skip
CERTAIN = 100_000  # thousandths of a bit
KEPT = ("surname", "forenames", "sex", "born_on", "surname_key", "forenames_key", "sounds")


def record_class() -> RecordClass:
    """The class of the sanitised markers."""
    return RecordClass.objects.get_or_create(
        code=SAFETY,
        defaults={
            "source": "force", "category": "safety", "handling": "safety", "controller": "The Chief Constable",
            "regime": "part3", "onward": "Those who may meet the person; never onward without asking the force",
        },
    )[0]  # fmt: skip


def dangers(markers: Iterable[str]) -> set[str]:
    """The kinds of danger among markers."""
    return {DANGER[kind] for m in markers if (kind := m.strip().lower()) in DANGER}


def sanitised(
    person: Iterable[str], marked: Mapping[str, set[str]], known: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The sanitised mentions of one person.

    Parameters
    ----------
    person : iterable of keys
        The person's mentions.
    marked : mapping of key to kinds of danger
    known : mapping of key to what `Known` has of it
        Of every marked mention.
    """
    first: dict[str, str] = {}
    for key in sorted((k for k in person if k in marked), key=lambda k: (known[k]["known_from"], k)):
        for kind in marked[key]:
            first.setdefault(kind, key)
    made = []
    for kind, source in sorted(first.items()):
        said = known[source]
        own = f"{SAFETY}/{ref_of(f'{source} {kind}')}"
        made.append(
            {
                **{name: said[name] for name in (*KEPT, "batch_id", "line", "known_from")},
                "key": own, "ref": ref_of(own), "record_class_id": SAFETY, "feed": SAFETY, "reference": "", "role": kind,
                "ethnicity": "", "phone": "", "address": "", "postcode": "",
                "content": ref_of(repr([str(said[n]) for n in (*KEPT, "batch_id", "line")])),
            }
        )  # fmt: skip
    return made
