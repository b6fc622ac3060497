"""The form of an act, a decision, an ask or an answer: drawn from the declaration alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from peelian.core.kinds import About, Act, Ask, Case, Decision, Kind, Part, clocks_of, words_of

from .case_fields import as_typed, field_of, fits, in_words

ELSE = "Details"  # the fieldset of facts that name no group


@dataclass(frozen=True)
class Asked:
    """One fact of a form: what the declaration says of it, whether it is needed here, and what is held."""

    about: About
    needed: bool
    held: Any = None


def asked(kind: Kind, act: Act | Decision, facts: Mapping[str, Any], row: Mapping[str, Any]) -> list[Asked]:
    """The facts that an act's form asks for, with what the case and (for an act on one) its row hold."""
    part = act.adds or act.on
    own = kind.item_about(part) if part else {}
    decided = {act.sets} if isinstance(act, Decision) and act.sets else set()
    found = []
    wanted = {*act.asks, *act.maybe}
    for name in dict.fromkeys(n for n in (*own, *kind.about) if n in wanted):  # the order of the declaration
        about = own.get(name) or kind.about[name]
        if about.show in ("worked out", "decided", "apart") or name in decided:
            continue
        held = row.get(name) if name in own else facts.get(name)
        found.append(Asked(about, name in act.asks, held))
    return found


def answered(kind: Kind, ask: str, row: Mapping[str, Any]) -> list[Asked]:
    """The facts of an answer: the first is needed, the others an agency tells as it can."""
    return [Asked(about, not n, row.get(name)) for n, (name, about) in enumerate(kind.item_about(ask).items())]


class FactsForm(forms.Form):
    """Facts to fill in, in fieldsets.

    Parameters
    ----------
    facts : sequence of Asked
        In the order of the form.
    area : str
        Name of the fact that holds the case's area.
    data : mapping, optional
        What was typed.
    """

    def __init__(self, facts: Sequence[Asked], *, area: str = "", data: Any = None) -> None:
        super().__init__(
            data if data is None or isinstance(data, MultiValueDict) else MultiValueDict(data), auto_id="f-%s"
        )
        self.facts = {each.about.name: each for each in facts}
        for name, each in self.facts.items():
            self.fields[name] = field_of(each.about, needed=each.needed, area=name == area)
            self.initial[name] = as_typed(self.fields[name], each.held)
        self.extra: list[str] = []

    def add(self, name: str, field: forms.Field, initial: Any = "") -> None:
        """A field that is no fact: an outcome, a reason, whom it goes to."""
        self.fields[name] = field
        self.initial[name] = initial
        self.extra.append(name)

    def begin(self, given: Mapping[str, Any]) -> None:
        """Fill in what a form that nobody has typed into begins with; whoever sends it has read it, so all of it is saved."""
        for name, value in given.items():
            if name in self.facts and value is not None:
                field = self.fields[name]
                if isinstance(field, forms.ChoiceField):  # a district told by its name stands in the list by its code
                    value = next((v for v, words in field.choices if words == value), value)
                self.initial[name] = as_typed(field, value)

    def offer(self, act: Act | Decision, case: Case, *, actor: Any, at: datetime) -> None:
        """Where an act works out what may be chosen, offer just that, the best first; where nothing is offered, it is typed."""
        for name, look in act.offers:
            offered = list(look(case, actor=actor, at=at)) if name in self.fields else []
            if offered:
                field = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=field.label, required=field.required, choices=offered, widget=forms.RadioSelect, help_text=field.help_text,
                    error_messages={"required": "Choose one", "invalid_choice": "Choose one of those offered now"},
                )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fieldsets: title, and the fields in it."""
        found: dict[str, list[forms.BoundField]] = {}
        for name, each in self.facts.items():
            found.setdefault(each.about.group or ELSE, []).append(self[name])
        return list(found.items())

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields that are no facts."""
        return [self[name] for name in self.extra]

    def clean(self) -> dict[str, Any]:
        """Each value as its declaration wants it."""
        told = self.cleaned_data
        for name, each in self.facts.items():
            if told.get(name) in (None, "", []) or name in self.errors:
                continue
            try:
                fits(each.about)(told[name])
            except forms.ValidationError as error:
                self.add_error(name, error)
        return told

    def given(self) -> dict[str, Any]:
        """What the act is given: every fact that it asks for, and of the others those that were changed. Emptied is None."""
        told = {}
        for name, each in self.facts.items():
            value = self.cleaned_data.get(name)
            value = None if value in ("", []) and not (value == [] and each.needed) else value
            if each.needed or self._changed(name):
                told[name] = value
        return told

    def _changed(self, name: str) -> bool:
        """Whether what was typed differs from what the form showed; both as the input writes them."""
        field, bound = self.fields[name], self[name]
        was, now = (_flat(field.widget, bound.field.prepare_value(v)) for v in (self.initial[name], bound.data))
        return was != now

    def blame(self, fields: Mapping[str, str], reasons: Sequence[str]) -> None:
        """Show what the case said against it: beside the field where it named one, else at the head."""
        for name, why in fields.items():
            self.add_error(name if name in self.fields else None, why)
        for why in reasons:
            if why not in fields.values():
                self.add_error(None, why)


def _flat(widget: forms.Widget, value: Any) -> Any:
    if isinstance(value, tuple):
        value = value[0]
    if isinstance(value, list):
        return sorted(map(str, value))
    text = widget.format_value(value) if not isinstance(widget, forms.Select) else value
    return "" if text is None else " ".join(str(text).split())


def title_of(kind: Kind, name: str) -> str:
    """What pages call an act, a decision, a clock, a part or an ask."""
    clocks = [clock for _, clock in clocks_of(kind)]
    for each in (*kind.doings, *kind.parts, *kind.asks, *clocks):
        if each.name == name:
            return words_of(name, each.title)
    return words_of(name)


def pairs(
    about: Mapping[str, About], facts: Mapping[str, Any], *, all_of_them: bool = True
) -> dict[str, list[tuple[str, str, bool]]]:
    """Facts for reading, by fieldset: question, value in words, whether it is known. What nobody told is said to be not known."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for name, each in about.items():
        known = facts.get(name) is not None
        if known or (all_of_them and each.show == "form"):
            found.setdefault(each.group or ELSE, []).append((each.question, in_words(facts.get(name), each), known))
    return found


def parts_of(kind: Kind) -> list[Part | Ask]:
    """Parts and asks of a kind, in order."""
    return [*kind.parts, *kind.asks]
