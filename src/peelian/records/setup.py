"""Making an installation ready: folder, tables, and the accounts that come with it. Safe to run at any time, by two at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from peelian.access.models import Agency, Clearance, Posting, User
from peelian.core.errors import PeelianError

from .failures import plain_failures
from .lock import landing_lock

FORCE = "force"
OPERATOR = "operator"
OPERATOR_ROLES = ("analyst", "administrator", "intelligence-officer", "supervisor", "planner", "data-protection")
FIRST_DAY = date(2000, 1, 1)  # it acts as at past days too
NOT_IN_PATH = "*?[]%#^|\\"  # patterns to DuckDB, or no part of an address to delta-rs


def ensure_ready() -> None:
    """Bring the tables up to date, under the landing lock, and make the account that the command line acts for.

    Raises
    ------
    PeelianError
        If the data folder cannot be used.
    """
    if odd := sorted(set(str(settings.HOME)) & set(NOT_IN_PATH)):
        raise PeelianError(
            "the data folder's name holds a character that the lake cannot use",
            where=str(settings.HOME),
            found=" ".join(odd),
            fix="choose another folder in PEELIAN_HOME",
        )
    with plain_failures("the data folder"):
        _prepare()


def _prepare() -> None:
    if _waiting():
        with landing_lock():
            if _waiting():
                # Django commits a table before it notes its migration: killed between the two, it would never start again.
                # SQLite lets foreign keys be set aside before a transaction only.
                with connection.constraint_checks_disabled(), transaction.atomic():
                    call_command("migrate", verbosity=0, interactive=False)
    if not User.objects.filter(username=OPERATOR).exists():
        with landing_lock(), transaction.atomic():
            agency, _ = Agency.objects.get_or_create(code=FORCE, defaults={"name": "The force", "kind": "police"})
            user, made = User.objects.get_or_create(username=OPERATOR, defaults={"agency": agency})
            if made:
                user.set_unusable_password()
                user.save()
                _post(user)


def _post(operator: User) -> None:
    """Whoever has the shell account may do what the installation may, so its roles say so (ADR 3)."""
    now = datetime.now(UTC)
    since = {"start": FIRST_DAY, "by": "the installation", "at": now}
    Posting.objects.create(user=operator, roles=list(OPERATOR_ROLES), **since)
    Clearance.objects.create(user=operator, kind="vetting", name="mv", **since)
    Clearance.objects.create(user=operator, kind="training", name="intelligence-handling", **since)


def _waiting() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
