"""Whether the time of an answer tells that a record is held which the reader may not see (works-when 3: the median differs by under 5 ms).

Run: python benchmarks/no_trace.py [--pairs 1000] [--people 2000]

Pairs of the same request by a neighbourhood officer, with and without a hidden record of the same name, phone and crime, linked to
people whom the officer sees; which of the two comes first is drawn by lot, pair by pair. The record is put in and taken out by a
savepoint, so that all else is the same. The interval is the 95 % one of the median of the paired differences (order statistics).
Beside it stands the same for pairs in which nothing is hidden either time: what the machine's own noise makes; and the median
difference in the processor's time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from math import ceil, floor, sqrt
from time import perf_counter, process_time
from typing import Any

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SURNAMES = ("Marlow", "Thackeray", "Okafor", "Brennan", "Kaur", "Nowak", "Ashdown", "Pryce", "Larkin", "Doyle")
LIMIT_MS = 5.0


def people(n: int) -> None:
    """Known people of a class that the officer sees."""
    from peelian.access.models import RecordClass
    from peelian.access.refs import ref_of
    from peelian.identity.models import Component, Known
    from peelian.identity.standardise import plain, sound
    from peelian.records.feeds import FEEDS
    from peelian.records.models import Batch

    classes = {}
    for feed in ("force-people", "force-custody"):
        own = FEEDS[feed].record_class
        classes[feed] = RecordClass.objects.create(
            code=own.code, source=own.source, category=own.category, handling=own.handling, controller=own.controller,
            regime=own.regime, onward=own.onward,
        )  # fmt: skip
        Batch.objects.create(
            digest=feed, feed=feed, file=f"{feed}.csv", state="landed", record_class=classes[feed], by="x", purpose="records",
            known_from=AT, landed_at=AT,
        )  # fmt: skip
    batch = Batch.objects.get(feed="force-people")
    draw = random.Random(1)
    rows = []
    for i in range(n):
        surname, key = draw.choice(SURNAMES), f"force-people/M{i}"
        rows.append(
            Known(
                key=key, ref=ref_of(key), record_class=classes["force-people"], batch=batch, line=i + 2, feed="force-people",
                reference=f"EX/{i // 2}", role="victim", surname=surname, forenames=f"Jo {i % 40}", sex="F",
                born_on=date(1950 + i % 60, 5, 1), ethnicity="", phone=f"07700 {900000 + i}", address=f"{i} Dock Road", postcode="CM1 1AA",
                surname_key=plain(surname), forenames_key=f"jo {i % 40}", sounds=sound(plain(surname)), known_from=AT,
            )
        )  # fmt: skip
    Known.objects.bulk_create(rows, batch_size=500)
    Known.objects.filter(key__in=["force-people/M0", "force-people/M1"]).update(
        component=Component.objects.create(links=[["force-people/M0", "force-people/M1", 20_000]])
    )


def hide() -> None:
    """Put in a custody record of the person of the first mention."""
    from peelian.access.refs import ref_of
    from peelian.identity.models import Component, Known
    from peelian.records.models import Batch

    one = Known.objects.get(key="force-people/M0")
    batch = Batch.objects.get(feed="force-custody")
    one.pk, one.key, one.feed, one.role = None, "force-custody/CU1", "force-custody", "detainee"
    one.ref, one.batch, one.record_class, one.reference = ref_of(one.key), batch, batch.record_class, "CU1"
    one.save()
    component = Component.objects.get()
    component.links = [*component.links, ["force-people/M0", one.key, 30_000]]
    component.save()


def pairs(ask: Callable[[], Any], n: int, lot: random.Random, *, hidden: bool) -> list[tuple[float, float]]:
    """Differences in milliseconds, of the clock and of the processor: the second kind of answer less the first."""
    from django.db import transaction

    def timed(put_in: bool) -> tuple[float, float]:
        with transaction.atomic():
            if put_in:
                hide()
            worked, start = process_time(), perf_counter()
            ask()
            took, work = perf_counter() - start, process_time() - worked
            transaction.set_rollback(True)
        return 1_000 * took, 1_000 * work

    found = []
    for _ in range(n):
        order = [False, True]
        lot.shuffle(order)
        took = {second: timed(second and hidden) for second in order}
        found.append((took[True][0] - took[False][0], took[True][1] - took[False][1]))
    return found


def middle(values: list[float]) -> tuple[float, float, float]:
    """The median with its 95 % interval from order statistics (Conover 1999, section 3.2)."""
    rows, n = sorted(values), len(values)
    spread = 1.96 * sqrt(n) / 2
    return statistics.median(rows), rows[max(0, floor(n / 2 - spread))], rows[min(n - 1, ceil(n / 2 + spread))]


def main() -> None:
    """Measure each page and print what was found."""
    told = argparse.ArgumentParser()
    told.add_argument("--pairs", type=int, default=1_000)
    told.add_argument("--people", type=int, default=2_000)
    asked = told.parse_args()
    home = os.environ["PEELIAN_HOME"] = tempfile.mkdtemp(prefix="peelian-no-trace-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "peelian.settings"
    try:
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.test import Client

        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        call_command("build_static", verbosity=0)
        from peelian.access.models import Agency, Posting, User
        from peelian.access.refs import ref_of

        force = Agency.objects.create(code="force", name="The force", kind="police")
        user = User.objects.create(username="officer", agency=force)
        Posting.objects.create(user=user, roles=["neighbourhood-officer"], start=date(2020, 1, 1), by="x", at=AT)
        people(asked.people)
        client = Client()
        client.force_login(user)
        session = client.session
        session["purpose"] = "prevention"
        session.save()
        person = f"/people/{ref_of('force-people/M0')}/"
        pages: dict[str, Callable[[], Any]] = {
            "search by name": lambda: client.post("/people/", {"words": "Marlow"}),
            "search by phone": lambda: client.post("/people/", {"words": "07700 900000"}),
            "person page": lambda: client.get(person),
            "list of batches": lambda: client.get("/records/"),
        }
        lot = random.Random(2026)
        results = []
        for name, ask in pages.items():
            answer = ask()
            assert answer.status_code == 200, (name, answer.status_code)
            pairs(ask, 3, lot, hidden=True)  # warm
            n = ceil(asked.pairs / len(pages))
            row: dict[str, Any] = {"page": name, "pairs": n}
            for what, hidden, count in (("hidden", True, n), ("noise", False, ceil(n / 4))):
                found = pairs(ask, count, lot, hidden=hidden)
                median, low, high = middle([clock for clock, _ in found])
                row |= {f"{what} ms": round(median, 3), f"{what} from": round(low, 3), f"{what} to": round(high, 3)}
                row[f"{what} processor ms"] = round(middle([work for _, work in found])[0], 3)
            row["within limit"] = abs(row["hidden ms"]) < LIMIT_MS
            results.append(row)
            print(json.dumps(row), flush=True)
        worst = max(abs(row["hidden ms"]) for row in results)
        print(
            f"largest median difference {worst:.3f} ms; limit {LIMIT_MS} ms: {'kept' if worst < LIMIT_MS else 'NOT KEPT'}"
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
