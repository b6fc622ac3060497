"""The identity ledger and what is made from it.

Scores are files (`scores.py`), one row here for each; what people decide is a row each. `Component` and `Known` are made
from these and can be made again. A mention's key is `feed/key`, as its source gave it; its `ref` is what addresses and the log show.
"""

from __future__ import annotations

from django.db import models

from peelian.access.models import RecordClass
from peelian.records.models import Batch


class LinkModel(models.Model):
    """A trained model, frozen: declaration, weights and term frequencies; weights are whole thousandths of a bit."""

    version = models.CharField(max_length=16, primary_key=True)
    settings = models.JSONField()
    lower = models.IntegerField()  # from here a person looks at the pair
    upper = models.IntegerField()  # from here the pair is a link
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=150)
    trained_on = models.JSONField(default=dict)
    used_from = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.version


class ScoreBatch(models.Model):
    """Pairs scored by one model in one go: the file `HOME/identity/scores/<digest>.parquet`, written before this row."""

    digest = models.CharField(max_length=64, primary_key=True)
    model = models.ForeignKey(LinkModel, on_delete=models.PROTECT)
    pairs = models.BigIntegerField()
    mentions = models.BigIntegerField()
    made_at = models.DateTimeField()
    folded_at = models.DateTimeField(null=True)  # until then the next run folds them

    def __str__(self) -> str:
        return self.digest[:12]


class Decision(models.Model):
    """What a person said of mentions. No row is changed or removed; a later one voids an earlier one."""

    KINDS = [(k, k) for k in ("link", "unlink", "confirm", "deny", "merge", "split", "void")]

    uid = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, choices=KINDS)
    keys = models.JSONField()  # a pair; of a merge all keys; of a split a list of lists; of void the uid that it voids
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class Component(models.Model):
    """Mentions joined by any link, before denials: what has to be folded together. Those of one mention have no row."""

    links = models.JSONField()  # [key, key, weight] at or above the upper threshold
    issued = models.JSONField(default=list)  # key lists of what was issued on mentions of it

    def __str__(self) -> str:
        return str(self.pk)


class Known(models.Model):
    """The current version of a mention, as search and the person page read it."""

    key = models.CharField(max_length=160, unique=True)
    ref = models.CharField(max_length=24, unique=True)
    component = models.ForeignKey(Component, on_delete=models.SET_NULL, null=True)
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False)
    line = models.BigIntegerField()
    feed = models.CharField(max_length=60)
    reference = models.CharField(max_length=80, db_index=True)
    role = models.CharField(max_length=20)
    surname = models.CharField(max_length=120)
    forenames = models.CharField(max_length=160)
    sex = models.CharField(max_length=10)
    born_on = models.DateField(null=True)
    ethnicity = models.CharField(max_length=40)
    phone = models.CharField(max_length=40)
    address = models.CharField(max_length=255)
    postcode = models.CharField(max_length=10)
    surname_key = models.CharField(max_length=120)  # plain Latin letters, lower case
    forenames_key = models.CharField(max_length=160)
    sounds = models.CharField(max_length=20)  # of the surname
    content = models.CharField(max_length=32)  # hash of what is compared: another one is scored anew
    known_from = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["surname_key", "born_on"]),
            # The class and the ref stand in it, so that who is common is found, filtered and put in order in the index alone.
            models.Index(fields=["surname_key", "forenames_key", "record_class", "ref"], name="known_by_names"),
            models.Index(fields=["forenames_key", "born_on"], name="known_by_forenames"),
            models.Index(fields=["born_on"]),
            models.Index(fields=["sounds"]),
            models.Index(fields=["postcode"]),
        ]

    class_path = "record_class"
    restricted = (("mentions", "", "key"), ("records", "feed", "reference"))

    def __str__(self) -> str:
        return self.ref


class Seen(models.Model):
    """A phone, a vehicle, an address, an e-mail address or a device that one record states, normalised.

    Which addresses are one place is worked out when somebody looks, from the rows that they may see; `uprn`, `at_postcode` and
    `at_street` only find the rows that come into question.
    """

    kind = models.CharField(max_length=10)  # phone, plate, address, email, device
    value = models.CharField(max_length=300)
    ref = models.CharField(max_length=24)  # of kind and value
    said = models.CharField(max_length=300)
    uprn = models.CharField(max_length=12)
    at_postcode = models.CharField(max_length=120)  # flat, number and postcode
    at_street = models.CharField(max_length=300)  # flat, number and street
    key = models.CharField(max_length=160)  # of the mention; empty where the record names nobody
    feed = models.CharField(max_length=60)
    reference = models.CharField(max_length=80)
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False)
    line = models.BigIntegerField()
    easting = models.FloatField(null=True)
    northing = models.FloatField(null=True)
    known_from = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "value"], name="seen_value"),
            models.Index(fields=["ref"], name="seen_ref"),
            models.Index(fields=["key"], name="seen_key"),
            # Few rows have them: the others need no place in the index.
            *(
                models.Index(fields=[name], condition=~models.Q(**{name: ""}), name=f"seen_{name}")
                for name in ("uprn", "at_postcode", "at_street")
            ),
        ]

    class_path = "record_class"
    restricted = (("mentions", "", "key"), ("records", "feed", "reference"))
    restricted_with = ("records.Mention",)


class Review(models.Model):
    """Work for a person: a pair in the grey band, a decision set aside, or a re-cut of what was issued on."""

    kind = models.CharField(max_length=10, choices=[(k, k) for k in ("grey", "set-aside", "re-cut")])
    uid = models.CharField(max_length=64, unique=True)  # of kind, keys and what they say, so that it is raised once
    keys = models.JSONField()
    a = models.CharField(max_length=160, db_index=True)  # of a grey pair; empty for the others
    b = models.CharField(max_length=160, db_index=True)
    weight = models.IntegerField(null=True)
    moot = models.BooleanField(default=False)  # settled by other links or decisions, until those are undone
    why = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True)

    class Meta:
        indexes = [models.Index(fields=["closed_at", "weight"])]


class Issued(models.Model):
    """A product that rests on mentions being one person: pack, profile or case."""

    product = models.CharField(max_length=40)
    ref = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    keys = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class HiddenHit(models.Model):
    """A search that would have shown a record to its searcher if they might see it: for the record's owner, never for them."""

    at = models.DateTimeField()
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)
    ref = models.CharField(max_length=24)
    by = models.CharField(max_length=150)
    agency = models.CharField(max_length=50)
    purpose = models.CharField(max_length=50)

    class Meta:
        indexes = [models.Index(fields=["record_class", "at"], name="hidden_hit_newest")]

    class_path = "record_class"

    def __str__(self) -> str:
        return self.ref


from .pack_tables import Pack, PackAnswer, PackTime  # noqa: E402  (tables of their own module)

__all__ = [
    "Component",
    "Decision",
    "HiddenHit",
    "Issued",
    "Known",
    "LinkModel",
    "Pack",
    "PackAnswer",
    "PackTime",
    "Review",
    "ScoreBatch",
    "Seen",
]
