"""What people fill in about accounts, break-glass, restrictions and settings."""

from __future__ import annotations

from typing import Any

from django import forms

from peelian.access.changes import SETTINGS
from peelian.access.models import Agency, Team, User
from peelian.access.roles import ROLES, TRAINING, VETTING
from peelian.records.feeds import FEEDS

# Open data needs neither break-glass nor a restriction.
SHUT = [(name, feed.title) for name, feed in FEEDS.items() if feed.record_class.handling != "open"]
CLEARANCES = [(f"vetting:{n}", f"Vetting: {w}") for n, w in VETTING.items()] + [
    (f"training:{n}", f"Training: {w}") for n, w in TRAINING.items()
]


def day(label: str, hint: str, *, required: bool = True) -> forms.DateField:
    """A field for a day."""
    return forms.DateField(
        label=label, help_text=hint, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter the day as a date, such as 2026-11-23", "required": "Enter the day"},
    )  # fmt: skip


def why(label: str, hint: str = "Others will read this. Write no names.", *, most: int = 300) -> forms.CharField:
    """A field for a reason."""
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 2}), help_text=hint,
        error_messages={"required": "Write why"},
    )  # fmt: skip


class PostingForm(forms.Form):
    """Where somebody is posted, as what, from when."""

    roles = forms.MultipleChoiceField(
        label="Roles", choices=list(ROLES.items()), widget=forms.CheckboxSelectMultiple,
        help_text="What each role may see stands on the page of the policy. An administrator sees no records by that role.",
        error_messages={"required": "Choose at least one role"},
    )  # fmt: skip
    team = forms.SlugField(
        label="Team (may be left empty)", required=False, max_length=60,
        help_text="Its code, in small letters, digits and hyphens; a new one makes the team.",
        error_messages={"invalid": "Use small letters, digits and hyphens"},
    )  # fmt: skip
    start = day("First day", "On which the posting holds.")


class JoinForm(PostingForm):
    """A new account with its first posting."""

    name = forms.CharField(label="Name to sign in with", max_length=150, error_messages={"required": "Enter the name"})
    password = forms.CharField(
        label="First password", widget=forms.PasswordInput, help_text="At least eight characters, and no common word.",
        error_messages={"required": "Enter a password"},
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label="Agency",
        queryset=Agency.objects.order_by("name"),
        empty_label=None,
        error_messages={"required": "Choose an agency"},
    )
    field_order = ["name", "password", "agency", "roles", "team", "start"]


class ClearanceForm(forms.Form):
    """A vetting or a training."""

    what = forms.ChoiceField(label="Vetting or training", choices=CLEARANCES)
    start = day("First day", "On which it holds.")
    until = day(
        "First day without it (may be left empty)",
        "Vetting and training run out; an empty day never does.",
        required=False,
    )


class BreakGlassForm(forms.Form):
    """What to open, for how long, and why."""

    feed = forms.ChoiceField(
        label="What kind of record?", choices=SHUT,
        help_text="The list is the same for everybody; it tells nothing of what is held.",
    )  # fmt: skip
    key = forms.CharField(
        label="One restricted record alone (may be left empty)", required=False, max_length=80,
        help_text="Its reference, as the source gave it.",
    )  # fmt: skip
    hours = forms.IntegerField(
        label="Hours", min_value=1, help_text="As few as you need.", error_messages={"required": "Enter the hours"}
    )
    reason = why(
        "Why do you need it now?",
        "A supervisor or the data-protection officer will read this. 20 characters or more.",
        most=500,
    )


class RestrictForm(forms.Form):
    """What to restrict, and why."""

    kind = forms.ChoiceField(
        label="What is restricted?",
        choices=[("mention", "A person in one record"), ("record", "A record, with all it says")],
    )
    feed = forms.ChoiceField(label="Of which kind of record?", choices=SHUT)
    key = forms.CharField(
        label="Reference", max_length=80, help_text="As the source gave it: of the mention, or of the record.",
        error_messages={"required": "Enter the reference"},
    )  # fmt: skip
    reason = why("Why?")


class GrantForm(forms.Form):
    """Who may see it all the same: a person or a team."""

    who = forms.ChoiceField(label="Person or team")
    until = day("First day without it (may be left empty)", "An empty day ends with the restriction.", required=False)
    reason = why("Why?")

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [
            (f"team:{t.code}", f"Team {t.name}") for t in Team.objects.filter(agency=agency).order_by("name")
        ] + [
            (f"user:{u.username}", u.username)
            for u in User.objects.filter(agency=agency, is_active=True).order_by("username")
        ]


class SettingForm(forms.Form):
    """A new value for a setting."""

    name = forms.ChoiceField(label="Setting")
    value = forms.CharField(label="New value", max_length=100, error_messages={"required": "Enter the value"})
    reason = why("Why?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [(s.name, f"{s.name}: {s.words}") for s in SETTINGS.values()]
