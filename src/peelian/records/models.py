"""The store: batches, quarantine, areas, and what records say of events, people and places.

The columns are explained in docs/reference/schema.md. A reader goes through `records.query`, which shows landed batches
and current versions only.
"""

from __future__ import annotations

from django.db import models

from peelian.access.models import RecordClass


class MappingFile(models.Model):
    """A mapping file as it was used, kept so that every batch it mapped can be explained, finished and mended by it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=255)
    feed = models.CharField(max_length=60)
    text = models.TextField()
    known_from = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"


class Batch(models.Model):
    """One file (or one replay of mended rows) on its way into the lake and the store.

    `id` rises in the order in which batches take the landing lock; `digest` is the hash of feed, mapping version and bytes.
    """

    INTENT, LANDED = "intent", "landed"

    digest = models.CharField(max_length=64, unique=True)
    feed = models.CharField(max_length=60)
    file = models.CharField(max_length=255)
    state = models.CharField(max_length=10, default=INTENT)
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT)
    mapping = models.ForeignKey(MappingFile, on_delete=models.PROTECT, null=True)
    replay_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replays")
    by = models.CharField(max_length=150)
    purpose = models.CharField(max_length=50)
    known_from = models.DateTimeField()
    landed_at = models.DateTimeField(null=True)
    lake_version = models.BigIntegerField(null=True)
    read = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    repeats = models.BigIntegerField(default=0)
    notes = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["feed", "state"])]

    def __str__(self) -> str:
        return f"{self.feed} {self.digest[:12]}"


class Edition(models.Model):
    """A day on which the publisher stated the content of a batch; a batch read twice can have two."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="editions")
    published = models.DateField()
    stated = models.BooleanField()
    known_from = models.DateTimeField()
    landed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "published"], name="edition_once")]

    class_path = "batch__record_class"


class Quarantined(models.Model):
    """A row that was read and not accepted, with its faults; mended here, replayed as a batch of its own."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="quarantine")
    line = models.BigIntegerField()
    cells = models.JSONField()
    faults = models.JSONField()
    mended = models.JSONField(null=True)
    mended_by = models.CharField(max_length=150, blank=True)
    mended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    replayed_in = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="replayed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="quarantined_once")]

    class_path = "batch__record_class"


class Standing(models.Model):
    """A landed edition's word that a version is (not) current any more; the last landed one holds.

    Only versions whose standing ever changed have rows: a version is current from the landing of its own batch.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT)
    version_batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False)
    version_line = models.BigIntegerField()
    current = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version_batch", "version_line", "edition"], name="standing_once")
        ]

    class_path = "version_batch__record_class"


class Withdrawal(models.Model):
    """A feed that its owner has taken back: nothing of it is current until it is restored. What is held stays held."""

    feed = models.CharField(max_length=60)
    since = models.DateTimeField()
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    restored_at = models.DateTimeField(null=True)
    restored_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed"], condition=models.Q(restored_at=None), name="withdrawn_once")
        ]


class Version(models.Model):
    """What every row of the store carries: where it came from and who may see it."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False)
    line = models.BigIntegerField()
    identity = models.CharField(max_length=32)
    content = models.CharField(max_length=32)
    record_class = models.ForeignKey(RecordClass, on_delete=models.PROTECT, db_index=False)
    known_from = models.DateTimeField()

    class Meta:
        abstract = True


class Event(Version):
    """A crime, an incident or a call, as one version of one record states it."""

    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    category = models.CharField(max_length=40)
    offence = models.CharField(max_length=200)
    ho_class = models.CharField(max_length=10)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    precision = models.CharField(max_length=10)
    reported = models.DateTimeField(null=True)
    easting = models.FloatField(null=True)
    northing = models.FloatField(null=True)
    place_precision = models.CharField(max_length=10)
    place = models.CharField(max_length=255)
    location_type = models.CharField(max_length=40)
    area = models.CharField(max_length=20)
    outcome = models.CharField(max_length=120)
    domestic = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="event_once")]
        indexes = [models.Index(fields=["reference"])]

    restricted = (("records", "batch__feed", "reference"),)
    restricted_with = ("records.Mention",)


class Mention(Version):
    """A person as one record states them. Its key comes from the source, never from a counter."""

    key = models.CharField(max_length=80)
    reference = models.CharField(max_length=80)
    role = models.CharField(max_length=20)
    surname = models.CharField(max_length=120)
    forenames = models.CharField(max_length=160)
    sex = models.CharField(max_length=10)
    born_on = models.DateField(null=True)
    ethnicity = models.CharField(max_length=40)
    phone = models.CharField(max_length=40)
    address = models.CharField(max_length=255)
    postcode = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="mention_once")]
        indexes = [models.Index(fields=["reference"])]

    restricted = (("mentions", "batch__feed", "key"), ("records", "batch__feed", "reference"))


class Place(Version):
    """An address as one record states it."""

    key = models.CharField(max_length=300)  # address and postcode
    address = models.CharField(max_length=255)
    postcode = models.CharField(max_length=10)
    easting = models.FloatField(null=True)
    northing = models.FloatField(null=True)
    area = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line", "key"], name="place_once")]
        indexes = [models.Index(fields=["key"])]

    restricted_with = ("records.Mention", "records.Event")


class Marker(Version):
    """A warning that a record states of a person (weapons, violent, child at risk)."""

    mention = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line", "kind"], name="marker_once")]
        indexes = [models.Index(fields=["mention"])]

    restricted_with = ("records.Mention",)


class Relationship(Version):
    """How one mention stands to another of the same record."""

    mention = models.CharField(max_length=80)
    to = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line", "to"], name="relationship_once")]
        indexes = [models.Index(fields=["mention"]), models.Index(fields=["to"])]

    restricted = (("mentions", "batch__feed", "to"),)
    restricted_with = ("records.Mention",)


class Area(models.Model):
    """A published area with its boundary (GeoJSON geometry, WGS84). Open data: everyone may see it."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    parent = models.CharField(max_length=20, blank=True)
    boundary = models.JSONField(null=True)
    hectares = models.FloatField(null=True)
    source = models.CharField(max_length=255)

    class Meta:
        indexes = [models.Index(fields=["kind", "parent"])]

    def __str__(self) -> str:
        return self.name


class AreaValue(models.Model):
    """A published figure of an area: population, deprivation."""

    area = models.CharField(max_length=60)
    measure = models.CharField(max_length=40)
    year = models.IntegerField()
    value = models.FloatField()
    source = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "measure", "year"], name="area_value_once")]


class Hold(models.Model):
    """A legal hold: what it names is not erased while it stands (court, disclosure, inquiry)."""

    feed = models.CharField(max_length=60)
    reference = models.CharField(max_length=80)  # of the record, as its source gave it
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["feed", "reference"])]


class Erasure(models.Model):
    """Records to be erased: proposed by one person, approved by another, then carried out. The row stays as its proof."""

    PROPOSED, RUNNING, DONE, REFUSED = "proposed", "running", "done", "refused"

    uid = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=10, default=PROPOSED)
    records = models.JSONField()  # of each feed the identities (hashes of the source's ids)
    reason = models.CharField(max_length=500)
    basis = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.uid


class Erased(models.Model):
    """The identity of a record that was erased, so that it does not come in again with the next file."""

    identity = models.CharField(max_length=32, primary_key=True)
    feed = models.CharField(max_length=60)
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT)


class Reviewed(models.Model):
    """A review of what is kept about somebody, named by one mention: kept, and why. The clear period begins again."""

    key = models.CharField(max_length=160, db_index=True)  # feed/key
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class AccessRequest(models.Model):
    """A person's request to see what is held about them: a draft that somebody reviews line by line. Nothing is sent from here."""

    uid = models.CharField(max_length=24, unique=True)
    keys = models.JSONField()  # feed/key of the mentions that were found
    received = models.DateField()
    due = models.DateField()
    lines = models.JSONField()  # of each line, by its place: what was decided, and why
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.uid
