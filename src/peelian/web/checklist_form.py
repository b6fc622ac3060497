"""A checklist as a form, item by item: drawn from the version that is loaded."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from peelian.vulnerability.checklists import Checklist, Item
from peelian.vulnerability.checklists.filled import Answer

from .case_form import FactsForm

ITEMS = "Items"  # the fieldset of items that name no block


class ChecklistForm(FactsForm):
    """An answer to each item, who says so if not the victim, and the words.

    Parameters
    ----------
    checklist : Checklist
        The version that is filled in.
    data : mapping, optional
        What was typed.
    """

    def __init__(self, checklist: Checklist, *, data: Any = None) -> None:
        super().__init__((), data=data)
        self.checklist = checklist
        self.fields["checklist_version"] = forms.CharField(widget=forms.HiddenInput)
        self.initial["checklist_version"] = checklist.version
        words = [(each, each[:1].upper() + each[1:]) for each in checklist.answers]
        for n, item in enumerate(checklist.item):
            self.fields[f"said-{n}"] = forms.ChoiceField(
                label=f"{item.no}. {item.shown}", choices=words, widget=forms.RadioSelect, help_text=_hint(item),
                error_messages={"required": f"Item {item.no}: choose an answer; not known is one", "invalid_choice": f"Item {item.no}: choose one of the answers listed"},
            )  # fmt: skip
            self.fields[f"told-{n}"] = forms.CharField(
                label=f"{item.no}: who says so, if not the victim?", required=False, max_length=200,
            )  # fmt: skip
            self.fields[f"words-{n}"] = forms.CharField(
                label=f"{item.no}: in their words, or yours", required=False, max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 1, "class": "grows"}),
            )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The items by block."""
        found: dict[str, list[forms.BoundField]] = {}
        for n, item in enumerate(self.checklist.item):
            block = item.block[:1].upper() + item.block[1:] or ITEMS
            found.setdefault(block, []).extend(self[f"{name}-{n}"] for name in ("said", "told", "words"))
        first = next(iter(found.values()))
        first.insert(0, self["checklist_version"])
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        """What is no item of this version is refused, and nothing typed is thrown away."""
        told = super().clean()
        if told.get("checklist_version") not in (None, self.checklist.version):
            self.add_error(None, f"Version {self.checklist.version} of this form came into force since you opened it: look at each item again")  # fmt: skip
            self.data = self.data.copy()
            self.data["checklist_version"] = self.checklist.version
        strange = [n for n in self.data if re.fullmatch(r"(said|told|words)-.*", n) and n not in self.fields]
        if strange:
            self.add_error(None, f"An answer was sent to an item that is not in version {self.checklist.version} of this form: open the form again from the case")  # fmt: skip
        return told

    def answers(self) -> dict[str, Answer]:
        """The answers by item."""
        told = self.cleaned_data
        return {
            item.no: Answer(told[f"said-{n}"], told[f"told-{n}"].strip(), told[f"words-{n}"].strip())
            for n, item in enumerate(self.checklist.item)
        }


def _hint(item: Item) -> str:
    return f"If so, go on to: {item.leads_to}." if item.leads_to else ""
