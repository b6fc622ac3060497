"""Making an installation ready: folder, tables, and the accounts that come with it. Safe to run at any time, by two at once."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from peelian.access.models import Agency, User
from peelian.core.errors import PeelianError

from .failures import plain_failures
from .lock import landing_lock

FORCE = "force"
OPERATOR = "operator"
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


def _waiting() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
