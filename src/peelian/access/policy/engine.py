"""Cedar behind a door that only opens on a clean Allow.

Cedar skips a ``forbid`` whose condition fails and may still answer Allow, with the failure in its diagnostics alone. Here
every error of the engine, and every error it tells of, is Deny.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cedarpy

from peelian.core.errors import Faults, PeelianError

NO_RULE = "no rule allows it"
FAILED = "the policy could not be worked out, and what cannot be worked out is refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a class of record may be seen, and by which rules.

    Attributes
    ----------
    allowed : bool
    rules : tuple of str
        Ids of the rules that decided; none where no rule allows it, or where the engine failed.
    words : str
        The deciding rules in words.
    """

    allowed: bool
    rules: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the policy: its id, whether it permits or forbids, and what it says in words."""

    id: str
    effect: str
    words: str


class Policy:
    """Rules in Cedar with the schema that they are checked against.

    Parameters
    ----------
    text, schema : str
        In Cedar's own syntax. Every rule has ``@id`` and ``@words``.

    Raises
    ------
    Faults
        ``peelian.E309`` for everything that the schema, or a missing or repeated id, makes wrong: then nothing is in force.
    """

    def __init__(self, text: str, schema: str) -> None:
        self.text, self.schema = text, schema
        self.version = hashlib.sha256(f"{schema}\n{text}".encode()).hexdigest()[:12]
        self.rules = {rule.id: rule for rule in _checked(text, schema)}
        self._policies = cedarpy.PolicySet.from_str(text)
        self._schema = cedarpy.Schema.from_str(schema)
        self._decided = lru_cache(maxsize=2048)(self._decide)

    @classmethod
    def read(cls, folder: Path) -> Policy:
        """The policy of ``peelian.cedar`` and ``peelian.cedarschema`` in a folder."""
        return cls((folder / "peelian.cedar").read_text("utf-8"), (folder / "peelian.cedarschema").read_text("utf-8"))

    def decide(
        self, actor: Mapping[str, Any], purpose: str, classes: Sequence[Mapping[str, str]]
    ) -> dict[str, Decision]:
        """Decide on every class in one batch.

        Parameters
        ----------
        actor : mapping
            The attributes of ``Actor`` in the schema; sets as sorted lists.
        purpose : str
            Why the actor looks.
        classes : sequence of mapping
            The attributes of ``RecordClass`` of each class.

        Returns
        -------
        dict of str to Decision
            By class code. The same question gives the same answer, so it is kept: all that decides is part of it.
        """
        return self._decided(json.dumps([actor, purpose, list(classes)], sort_keys=True))

    def _decide(self, question: str) -> dict[str, Decision]:
        actor, purpose, classes = json.loads(question)
        entities = [{"uid": _uid("Actor", "actor"), "attrs": actor, "parents": []}]
        entities += [{"uid": _uid("RecordClass", c["code"]), "attrs": c, "parents": []} for c in classes]
        requests = [
            {
                "principal": _uid("Actor", "actor"),
                "action": _uid("Action", "see"),
                "resource": _uid("RecordClass", c["code"]),
                "context": {"purpose": purpose},
            }
            for c in classes
        ]
        if not requests:
            return {}
        try:
            answers = cedarpy.is_authorized_batch(requests, self._policies, entities, self._schema)
        except Exception:
            # Whatever goes wrong in there, nobody sees more for it.
            answers = []
        if len(answers) != len(classes):
            return {c["code"]: Decision(False, (), FAILED) for c in classes}
        return {c["code"]: self._read(answer) for c, answer in zip(classes, answers, strict=True)}

    def _read(self, answer: cedarpy.AuthzResult) -> Decision:
        if answer.diagnostics.errors or answer.decision == cedarpy.Decision.NoDecision:
            return Decision(False, (), FAILED)
        rules = tuple(sorted(answer.diagnostics.id_annotations_by_reason.values()))
        return Decision(answer.allowed, rules, "; ".join(self.rules[id].words for id in rules) or NO_RULE)


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": f"Peelian::{kind}", "id": name}


def _checked(text: str, schema: str) -> list[Rule]:
    def fault(found: str) -> PeelianError:
        return PeelianError(
            "the access policy cannot be used", where="access policy", found=found,
            matters="without a policy nobody sees a record", fix="mend the rule, or put the last good policy back",
            id="peelian.E309",
        )  # fmt: skip

    try:
        told = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
        result = cedarpy.validate_policies(text, schema)
    except ValueError as error:
        raise Faults([fault(str(error))]) from None
    faults = [fault(str(e)) for e in result.errors]
    rules = [
        Rule(p.get("annotations", {}).get("id", ""), p["effect"], p.get("annotations", {}).get("words", ""))
        for p in told
    ]
    ids = [rule.id for rule in rules]
    faults += [fault("a rule has no @id, or no @words") for rule in rules if not (rule.id and rule.words)]
    faults += [fault(f"two rules have the id {id}") for id in sorted(set(ids)) if id and ids.count(id) > 1]
    if faults:
        raise Faults(faults)
    return sorted(rules, key=lambda rule: rule.id)
