"""What people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from peelian.access.actor import PURPOSES, Actor, Denied
from peelian.access.purposes import DECLARED, may_state
from peelian.access.standing import standing
from peelian.prevention.templates import templates
from peelian.prevention.themes import THEMES
from peelian.records.feeds import FEEDS
from peelian.records.models import Area, Quarantined
from peelian.records.quarantine import as_cells
from peelian.web.words import feed_words


class PurposeForm(forms.Form):
    """Why the reader looks; of a known reader, the purposes that their posting lets them state."""

    purpose = forms.ChoiceField(
        label="Why do you need Peelian now?",
        help_text="Every look is recorded with its purpose (Data Protection Act 2018, section 62).",
        choices=list(PURPOSES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a purpose", "invalid_choice": "Choose one of the purposes listed"},
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=300,
        help_text="Needed for: "
        + "; ".join(p.words.lower() for p in DECLARED.values() if p.reason)
        + ". Such as the reference of the crime or the operation. Write no names.",
    )

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None and (states := purposes_of(user)):
            self.fields["purpose"].choices = [(name, PURPOSES[name]) for name in states]
            if not any(DECLARED[name].reason for name in states):
                del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Some purposes ask for a reason beside them."""
        told = super().clean() or self.cleaned_data
        purpose = DECLARED.get(told.get("purpose", ""))
        if purpose and purpose.reason and not told.get("reason", "").strip():
            self.add_error("reason", f"Write why: {purpose.words.lower()} asks for a reason")
        return told


def purposes_of(user: Any) -> tuple[str, ...]:
    """Purposes that an account may state today."""
    return may_state(standing(user, timezone.localdate()).roles, user.agency.kind) if user.agency else ()


class SignInForm(PurposeForm, AuthenticationForm):
    """Name, password and purpose; an account without an agency does not open."""

    error_messages = {
        "invalid_login": "The name or the password is not right. Both tell capital letters apart.",
        "inactive": "This account is closed. Ask your administrator.",
    }
    field_order = ["username", "password", "purpose", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"
        self.fields["username"].error_messages["required"] = "Enter your name"
        self.fields["password"].error_messages["required"] = "Enter your password"

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse, with the reason, whoever could not be an actor."""
        super().confirm_login_allowed(user)
        try:
            Actor.of(user, next(iter(PURPOSES)))
        except Denied as error:
            raise ValidationError(f"{error.summary.capitalize()}: {error.fix}.") from error
        states = purposes_of(user)
        if states and self.cleaned_data.get("purpose", states[0]) not in states:
            yours = "; ".join(PURPOSES[name].lower() for name in states)
            raise ValidationError(f"None of your roles may state this purpose. Yours are: {yours}.")


class CodeForm(forms.Form):
    """The code of a second factor: six digits, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="The six digits that your authenticator shows now; a recovery code opens too.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "class": "short"}),
        error_messages={"required": "Enter the code"},
    )

    def clean_code(self) -> str:
        """As people type it: blanks between the digits, capital letters."""
        return "".join(self.cleaned_data["code"].split()).lower()


class _Files(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One file or several."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        several = data if isinstance(data, list) and data else [None]
        return [super(_FilesField, self).clean(one, initial) for one in several]


class LoadForm(forms.Form):
    """Files to read, the feed they are of, and the day their publisher stated them."""

    feed = forms.ChoiceField(
        label="What are they?",
        choices=[(name, feed.title) for name, feed in FEEDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the files are"},
    )
    files = _FilesField(
        label="Files",
        widget=_Files(attrs={"multiple": True}),
        allow_empty_file=True,
        help_text="CSV, or CSV in gzip or zip. Several of one kind can be chosen together.",
        error_messages={"required": "Choose at least one file"},
    )
    published = forms.DateField(
        label="Day the publisher stated this (may be left empty)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Of several editions the latest counts as current. Left empty, today is taken, and the batch says so.",
        error_messages={"invalid": "Enter the day as a date, such as 2026-11-23"},
    )

    def clean_published(self) -> date | None:
        """No publisher has stated anything tomorrow."""
        day: date | None = self.cleaned_data["published"]
        if day and day > timezone.localdate():
            raise ValidationError("The day the publisher stated this cannot lie in the future")
        return day


def columns_of(row: Quarantined) -> list[str]:
    """The feed's columns in the source's order, which a database's JSON need not keep."""
    return [column.name for column in FEEDS[row.batch.feed].columns]


class MendForm(forms.Form):
    """The cells of one quarantined row, the faulty ones first, and why they are changed."""

    def __init__(self, row: Quarantined, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = as_cells(row)
        columns = columns_of(row)
        faults = {column: fault["allowed"] for fault in row.faults for column in fault["columns"]}
        self.columns = {
            f"cell-{columns.index(column)}": column for column in sorted(columns, key=lambda c: c not in faults)
        }
        for name, column in self.columns.items():
            self.fields[name] = forms.CharField(
                label=column,
                required=False,
                strip=False,
                initial=self.held.get(column, ""),
                widget=forms.TextInput(attrs={"class": "faulty"} if column in faults else {}),
                help_text=f"Allowed: {faults[column]}" if column in faults else "",
            )
        self.fields["reason"] = forms.CharField(
            label="Why, and how do you know?",
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="Others will read this beside the row. Write no names.",
            error_messages={"required": "Write why the row is changed"},
        )

    @property
    def faulty(self) -> list[forms.BoundField]:
        """The fields in which a fault was found; all of them where the record was no row."""
        return [self[name] for name in self.columns if self.fields[name].help_text] or [
            self[name] for name in self.columns
        ]

    @property
    def others(self) -> list[forms.BoundField]:
        """The other columns."""
        shown = {field.name for field in self.faulty}
        return [self[name] for name in self.columns if name not in shown]

    def changes(self) -> dict[str, str]:
        """The cells that differ from what is held."""
        told = {column: self.cleaned_data[name] for name, column in self.columns.items()}
        return {column: value for column, value in told.items() if value != self.held.get(column, "")}


class ProfileForm(forms.Form):
    """What a problem profile is to be about, where and when; its fields stand in the address of the profile."""

    def __init__(self, feeds: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = (kwargs["initial"] or {}).get("area", "")
        places = Area.objects.filter(Q(kind__in=["force", "district"]) | Q(code=area)).order_by("kind", "name")
        made = templates()
        self.fields["theme"] = forms.ChoiceField(
            label="What about?",
            choices=[
                ("", "Choose"),
                ("Templates", [(name, theme.title) for name, theme in made.items()]),
                ("Categories", [(slug, theme.title) for slug, theme in THEMES.items() if slug not in made]),
            ],
            error_messages={"required": "Choose what the profile is about"},
        )
        self.fields["area"] = forms.ChoiceField(
            label="Where?",
            required=False,
            help_text="A smaller area can be chosen on the map.",
            choices=[("", "Everywhere the force records"), *((place.code, place.name) for place in places)],
        )
        for name, label in (("from", "First day"), ("to", "Last day")):
            self.fields[name] = forms.DateField(
                label=label,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages={
                    "required": f"Enter the {label.lower()}",
                    "invalid": f"Enter the {label.lower()} as a date",
                },
            )
        if len(feeds) > 1:
            self.fields["feed"] = forms.ChoiceField(
                label="From which records?",
                required=False,
                choices=[("", "The most detailed that hold them"), *((feed, feed_words(feed)) for feed in feeds)],
            )

    def clean(self) -> dict[str, Any]:
        """A period runs forward."""
        told = super().clean() or {}
        if told.get("from") and told.get("to") and told["from"] > told["to"]:
            self.add_error("to", "The last day lies before the first")
        return told
