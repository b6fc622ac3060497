"""Duties and accreditations as the landed feeds say, for the accounts whose staff number is known. Reading them again replaces them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from peelian.access.actor import Actor, Denied, allowed_classes, hidden, record_act, require_role
from peelian.access.models import RecordClass, User
from peelian.core.clock import in_utc
from peelian.core.errors import PeelianError
from peelian.records import lake
from peelian.records.feeds import feed_named
from peelian.records.models import Batch

from .duty import ROSTER
from .duty_tables import Accreditation, StaffNumber
from .models import Duty, FeedCursor

DUTIES, TRAINING = "force-roster", "force-training"
WHO = ("planner", "supervisor")
BACK = timedelta(days=2)  # duties that ended before are history, and stay as they were read
ON = ("planned", "worked")  # whoever is sick, abstracted or cancelled is not on duty


@transaction.atomic
def set_number(username: str, number: str, *, actor: Actor, at: datetime) -> StaffNumber:
    """Say under which staff number the force's feeds know an account; an empty one takes it back.

    Raises
    ------
    PeelianError
        ``peelian.E481`` for an account that is not there, or a number that another has.
    """
    require_role(actor, "administrator")
    number = number.strip()
    held = StaffNumber.objects.filter(number=number).exclude(user=username).exists()
    if held or not User.objects.filter(username=username, agency__kind="police").exists():
        raise PeelianError(
            "the staff number cannot be given", found="another account has it" if held else "no account of the force",
            fix="see `peelian users list`", id="peelian.E481",
        )  # fmt: skip
    StaffNumber.objects.filter(user=username).delete()
    given = StaffNumber(user=username, number=number, by=actor.user.username, at=at)
    if number:
        given.save()
    record_act(actor, "alteration", "account: staff number", at=at, detail={"account": username})
    return given


def waiting() -> bool:
    """Whether a roster or a training register has landed since duties and accreditations were last read."""
    read = dict(FeedCursor.objects.filter(source__in=(DUTIES, TRAINING)).values_list("source", "cursor"))
    return any(_cursor(feed) != read.get(feed, "") for feed in (DUTIES, TRAINING))


def _cursor(feed: str) -> str:
    last = Batch.objects.filter(feed=feed, state=Batch.LANDED).order_by("-pk").values_list("digest", flat=True).first()
    return last or ""


def may_read(actor: Actor) -> bool:
    """Whether policy lets the actor see what has landed of the roster and the training register: half of it would be a wrong nought."""
    wanted = [feed_named(feed).record_class.code for feed in (DUTIES, TRAINING)]
    landed = RecordClass.objects.filter(code__in=wanted).values_list("code", flat=True)
    return set(landed) <= set(allowed_classes(actor))


@transaction.atomic
def refresh(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Read duties from two days ago on, and every accreditation, anew; how many of each, and how many accounts have a number.

    Raises
    ------
    Denied
        For anyone who may not see the roster and the training register: their purpose is planning.
    """
    require_role(actor, *WHO)
    at = in_utc(at)
    if not may_read(actor):
        raise Denied("duties are read for the purpose of planning", fix="state the purpose planning")
    users = dict(StaffNumber.objects.values_list("number", "user"))
    duties, trained = _duties(users, at - BACK, actor), _training(users, actor)
    Duty.objects.filter(source=ROSTER, start__gte=at - BACK).delete()
    Duty.objects.bulk_create(
        [Duty(user=users[n], start=start, end=end, source=ROSTER, at=at) for n, start, end in duties],
        batch_size=1_000,
        ignore_conflicts=True,
    )
    Accreditation.objects.all().delete()
    Accreditation.objects.bulk_create(
        [Accreditation(user=users[n], name=name, start=start, until=until, reference=ref) for n, name, start, until, ref in trained],
        batch_size=1_000,
    )  # fmt: skip
    for feed in (DUTIES, TRAINING):
        FeedCursor.objects.update_or_create(source=feed, defaults={"cursor": _cursor(feed), "at": at, "data_at": at})
    found = {"accounts": len(users), "duties": len(duties), "accreditations": len(trained)}
    record_act(actor, "combination", "duties and accreditations: read", at=at, detail=found)
    return found


def _duties(users: dict[str, str], since: datetime, actor: Actor) -> list[tuple[str, datetime, datetime]]:
    """Staff number, start and end of every duty since an instant on which somebody is there."""
    sql = """SELECT cells."Staff Number", epoch("start"), epoch("end") FROM {source}
             WHERE cells."Staff Number" IN (SELECT n FROM _numbers) AND outcome IN (SELECT o FROM _on)
               AND "start" >= ? AND "end" > "start" ORDER BY 1, 2, 3"""
    return [
        (n, *(datetime.fromtimestamp(t, UTC) for t in (a, b))) for n, a, b in _read(DUTIES, sql, users, [since], actor)
    ]


def _training(users: dict[str, str], actor: Actor) -> list[tuple[Any, ...]]:
    """Staff number, accreditation, first day, first day on which it holds no more, and reference; only what is accredited and held."""
    sql = """SELECT cells."Staff Number", offence, CAST(cells."Passed On" AS DATE),
                    TRY_CAST(cells."Expires On" AS DATE), reference FROM {source}
             WHERE cells."Staff Number" IN (SELECT n FROM _numbers) AND outcome = 'held'
               AND cells."Grade" IN ('accredited', '') ORDER BY 1, 2, 3, 5"""
    return _read(TRAINING, sql, users, [], actor)


def _read(feed: str, sql: str, users: dict[str, str], values: list[Any], actor: Actor) -> list[tuple[Any, ...]]:
    import pyarrow as pa

    con = lake.session()
    con.register("_numbers", pa.table({"n": pa.array(sorted(users), pa.string())}))
    con.register("_on", pa.table({"o": pa.array(ON, pa.string())}))
    source = lake.current(con, "event", classes=allowed_classes(actor), hidden=hidden(actor), feeds=[feed], cells=True)
    rows: list[tuple[Any, ...]] = con.execute(sql.format(source=source), values).fetchall()
    con.close()
    return rows
