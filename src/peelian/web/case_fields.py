"""Inputs for the facts of a case: each drawn from the fact's own type, question, hint and words.

A fact left empty is *not known yet*; it is never taken as no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from django.utils import timezone
from pydantic import ValidationError as Unfit

from peelian.core.clock import LONDON
from peelian.core.kinds import About, words_of
from peelian.records.models import Area

NOT_KNOWN = "Not known yet"
LONGEST = 20_000  # characters of one answer
IN_SIGHT = 8  # choices shown as radios; a longer list folds into a select
LISTS = (list, tuple, set, frozenset)
CODE = re.compile(r"[A-Z]\d{8}")  # of an area, as the Office for National Statistics writes it


def _fault(question: str, words: str) -> str:
    """What is wrong with an answer, led by its question: at the head of the page it stands apart from its field."""
    return f"{question.rstrip('?:.')}: {words}"


class LondonTime(forms.CharField):
    """A moment as the clocks in London show it; in the hour that comes twice it asks which of the two is meant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_Moment(), **kwargs)

    def clean(self, value: Any) -> datetime | None:
        """The moment, with London's offset."""
        text, second = value if isinstance(value, tuple) else (value, "")
        text = super().clean(text)
        if not text:
            return None
        try:
            # A browser without an input of date and time sends what was typed, such as the example below.
            slashed = "/" in text
            told = (
                datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=LONDON)
                if slashed
                else datetime.fromisoformat(text)
            )
            told = told.replace(tzinfo=None)
        except ValueError:
            raise self._refused("enter a date and a time, such as 23/11/2026 14:30") from None
        if not 1900 <= told.year < 2200:
            raise self._refused("check the year")
        first, other = told.replace(tzinfo=LONDON), told.replace(tzinfo=LONDON, fold=1)
        if first.utcoffset() == other.utcoffset():
            return first
        if first.utcoffset() < other.utcoffset():  # type: ignore[operator]
            raise self._refused("the clocks went forward that night, so this time did not happen")
        if second not in ("first", "second"):
            self.widget.twice = True  # type: ignore[attr-defined]
            raise self._refused("the clocks went back that night, so this time happened twice; say which")
        return first if second == "first" else other

    def _refused(self, words: str) -> forms.ValidationError:
        return forms.ValidationError(_fault(str(self.label), words))


class _Moment(forms.DateTimeInput):
    """The browser's own input of date and time and, once it matters, which of the two hours."""

    twice = False
    template_name = "peelian/_moment.html"
    input_type = "datetime-local"

    def format_value(self, value: Any) -> str:
        if isinstance(value, tuple):
            value = value[0]
        return f"{value.astimezone(LONDON):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value or ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text, second = data.get(name, ""), data.get(f"{name}-hour", "")
        if second:
            self.twice = True
        return (text, second)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        told = super().get_context(name, value, attrs)
        return {**told, "twice": self.twice, "second": value[1] if isinstance(value, tuple) else ""}


class Lines(forms.CharField):
    """Several words, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The lines, without empty ones."""
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """The words held, one on each line."""
        return "\n".join(map(str, value)) if isinstance(value, LISTS) else value


def plain_type(told: Any) -> Any:
    """A type without `None` and notes beside it."""
    if get_origin(told) is Annotated:
        return plain_type(get_args(told)[0])
    if get_origin(told) in (Union, UnionType):
        others = [each for each in get_args(told) if each is not NoneType]
        return plain_type(others[0]) if len(others) == 1 else told
    return told


def field_of(about: About, *, needed: bool, area: bool = False) -> forms.Field:
    """The input of one fact.

    Parameters
    ----------
    about : About
        What the declaration says of it.
    needed : bool
        Whether the act asks for it; else it may stay empty.
    area : bool
        Whether it names the case's area, so that the areas loaded are the choices.
    """
    told: dict[str, Any] = {
        "label": about.question,
        "help_text": f"{about.hint} Needed.".strip() if needed else about.hint,
        "required": needed,
        "error_messages": {"required": _fault(about.question, "this is needed here")},
    }
    kind = plain_type(about.type)
    if (
        area
        and about.name == "area"
        and (places := [(a.code, a.name) for a in Area.objects.filter(kind="district").order_by("name")])
    ):
        return forms.ChoiceField(choices=[("", "Choose"), *places], **told)
    return _make(kind, told, needed=needed)


def _make(kind: Any, told: dict[str, Any], *, needed: bool) -> forms.Field:
    within = get_args(kind)
    if get_origin(kind) is Literal:
        return _choice([(str(word), words_of(str(word))) for word in within], {str(w): w for w in within}, told, needed)
    if kind is bool:
        return _choice([("yes", "Yes"), ("no", "No")], {"yes": True, "no": False}, told, needed)
    if get_origin(kind) in LISTS:
        if get_origin(within[0]) is Literal:
            words = [(str(word), words_of(str(word))) for word in get_args(within[0])]
            return forms.MultipleChoiceField(choices=words, widget=forms.CheckboxSelectMultiple, **told)
        told["help_text"] = f"{told['help_text']} One on each line.".strip()
        return Lines(**told)
    if kind is datetime:
        return LondonTime(**told)
    if kind is date:
        told["error_messages"]["invalid"] = _fault(told["label"], "enter a date, such as 23/11/2026")
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **told)
    if kind is int:
        told["error_messages"]["invalid"] = _fault(told["label"], "enter a whole number")
        return forms.IntegerField(widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}), **told)
    if kind is float:
        told["error_messages"]["invalid"] = _fault(told["label"], "enter a number")
        return forms.FloatField(widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}), **told)
    told["error_messages"]["max_length"] = _fault(
        told["label"], f"write at most {LONGEST:,} characters, and attach a longer text as a file"
    )
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 1, "class": "grows"}), max_length=LONGEST, **told)


def _choice(words: list[tuple[str, str]], values: Mapping[str, Any], told: dict[str, Any], needed: bool) -> forms.Field:
    """Words to choose from; where the fact need not be told, "not known yet" is the first of them."""
    few = len(words) <= IN_SIGHT
    if not needed:
        words = [("", NOT_KNOWN), *words]
    elif not few:
        words = [("", "Choose"), *words]
    told["error_messages"]["invalid_choice"] = _fault(told["label"], "choose one of the answers listed")
    return forms.TypedChoiceField(
        choices=words, coerce=values.__getitem__, empty_value=None, widget=forms.RadioSelect if few else forms.Select,
        **told,
    )  # fmt: skip


def as_typed(field: forms.Field, value: Any) -> Any:
    """A held value as its input shows it."""
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(field, forms.MultipleChoiceField):
        return [str(each) for each in value or ()]
    return "" if value is None else value


def fits(about: About) -> Callable[[Any], Any]:
    """What the declaration itself says of a value: a reader that gives it back, or says in words what is wrong."""

    def read(value: Any) -> Any:
        try:
            return about.adapter.validate_python(value)
        except Unfit as error:
            raise forms.ValidationError(
                _fault(about.question, f"this does not fit: {error.errors()[0]['msg'].lower()}")
            ) from None

    return read


def in_words(value: Any, about: About | None = None) -> str:
    """A fact as a page says it: yes or no, days and times of London, words without underscores, an area by its name."""
    if value is None:
        return NOT_KNOWN.lower()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        local = timezone.localtime(value, LONDON)
        return f"{local.day} {local:%B %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, LISTS):
        return ", ".join(in_words(each, about) for each in value) or "none"
    if isinstance(value, str) and about is not None and about.name == "area" and CODE.fullmatch(value):
        return Area.objects.filter(code=value).values_list("name", flat=True).first() or value
    if isinstance(value, str) and about is not None and value in about.titles:
        return about.titles[value]
    if isinstance(value, str) and about is not None and (_listed(about.type) or about.show == "decided"):
        return value.replace("_", " ")
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _listed(told: Any) -> bool:
    kind = plain_type(told)
    return get_origin(kind) is Literal or any(_listed(each) for each in get_args(kind) if get_origin(kind) in LISTS)
