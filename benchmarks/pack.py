"""How soon the first facts of an intelligence pack are there, and how many packs a second, with one of eight sources dead.

Run: python benchmarks/pack.py [--persons N] [--events M] [--engine sqlite|postgres] [--each K]

The store is that of `benchmarks/search.py`: N persons (1,000,000) and M events (10,000,000), one mention in twenty hidden from the asker;
the addresses are found by number and postcode. Seven small servers stand for the other systems; one of them hangs up, or hangs on.
Limits: own store, filter and log included, 50 ms; first facts on the page 1 s (95th percentiles); 20 packs a second.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np

import engines
import search

OWN, FIRST, RATE = 50, 1_000, 20  # milliseconds, milliseconds, packs a second


def addresses():
    """Fill the columns by which an address is found; the search benchmark does not need them."""
    from django.db import connection

    number = "substr(said, 1, {} - 1)".format(
        "strpos(said, ' ')" if connection.vendor == "postgresql" else "instr(said, ' ')"
    )
    place = "split_part(said, ', ', 2)" if connection.vendor == "postgresql" else "substr(said, instr(said, ', ') + 2)"
    street = "substr({}, {} + 1)".format(
        "split_part(value, ', ', 1)"
        if connection.vendor == "postgresql"
        else "substr(value, 1, instr(value, ', ') - 1)",
        "strpos(value, ' ')" if connection.vendor == "postgresql" else "instr(value, ' ')",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE identity_seen SET at_postcode = '/' || {number} || '/' || {place}, at_street = '/' || {number} || '/' || {street}"
            " WHERE kind = 'address'"
        )
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE identity_seen")


def measure(persons, events, each):
    """Build and measure in this process; whether the limits hold."""
    from django.conf import settings
    from django.test import Client, override_settings

    from peelian.cli.base import ready

    ready()
    from peelian.access.actor import Actor
    from peelian.access.models import User
    from peelian.demo_sources import serving
    from peelian.vulnerability.pack import keeping, sources
    from peelian.vulnerability.pack.own import Asked

    rng = np.random.default_rng(1)
    started = perf_counter()
    surname, forenames, born = search.build(persons, events, rng)
    addresses()
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    print(
        f"{engine}: {persons:,} persons, {events // persons * persons:,} events built in {perf_counter() - started:.0f} s",
        flush=True,
    )
    house = np.random.default_rng(1)
    _, _, _, house = search.people(persons, house)
    actor = Actor.of(User.objects.select_related("agency").get(username="ann"), "response")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)

    def call(p):
        at, code = search.home(int(house[p]))
        name = f"{forenames[p].split()[0]} {surname[p]} {born[p].astype('datetime64[D]').item():%d/%m/%Y}"
        return {"address": at, "postcode": code, "phone": search.phone(int(p)), "people": name}

    def asked(told):
        return Asked(told["address"], told["postcode"], (told["phone"],), (told["people"],))

    calls = [call(int(p)) for p in rng.integers(0, persons, each)]
    holds = True
    for told in calls[:5]:
        keeping.begin(asked(told), actor=actor, at=datetime.now(UTC))
    times, lines, worked = [], [], []
    for told in calls:
        started, own = perf_counter(), process_time()
        made, _ = keeping.begin(asked(told), actor=actor, at=datetime.now(UTC))
        times.append(1000 * (perf_counter() - started))
        worked.append(1000 * (process_time() - own))
        lines.append(len(made.answers.get(source="own").lines))
    print(f"  lines of the first facts: {np.mean(lines):.0f} on average, {min(lines)} to {max(lines)}")
    half, most = np.quantile(worked, [0.5, 0.95])
    print(
        f"  processor time of the own store: p50 {half:.1f}, p95 {most:.1f} ms; on a machine with other work it is what tells"
    )
    holds &= says("own store, filter and log", times, OWN)
    with (
        override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}),
        serving({n: [] for n in sources.sources()}) as servers,
    ):
        sources.connect({name: {"url": one.url} for name, one in servers.items()})
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(username="ann"))
        session = client.session
        session["purpose"] = "response"
        session.save()
        for words, fault in (("one source dead", dead), ("one source slow", slow)):
            fault(servers["orders"])
            times = []
            for told in calls:
                started = perf_counter()
                page = client.post("/pack/", told, follow=True)
                assert page.status_code == 200 and b"What happened" in page.content, page.status_code
                times.append(1000 * (perf_counter() - started))
                sleep(0.02)
            holds &= says(f"first facts on the page, {words}", times, FIRST)
        holds &= throughput(client, calls)
    print(f"  the limits {'hold' if holds else 'are missed'}")
    return holds


def dead(server):
    """It hangs up."""
    server.status = 0


def slow(server):
    """It answers after its deadline."""
    server.status, server.delay = 200, 5.0


def throughput(client, calls, seconds=10):
    """Packs a second, asked for one after another, every source answering or silent while they are made."""
    made, started = 0, perf_counter()
    while perf_counter() - started < seconds:
        assert client.post("/pack/", calls[made % len(calls)]).status_code == 302
        made += 1
    rate = made / (perf_counter() - started)
    print(f"  {rate:.1f} packs a second, asked for by one client in one process (limit {RATE})")
    return rate >= RATE


def says(what, times, limit):
    """Print the figures; whether the limit holds at the 95th percentile."""
    half, most, nearly = np.quantile(times, [0.5, 0.95, 0.99])
    print(f"  {what:<44} p50 {half:6.1f}   p95 {most:6.1f}   p99 {nearly:6.1f} ms (limit {limit})", flush=True)
    return bool(most < limit)


if __name__ == "__main__":
    engines.run(measure, persons=1_000_000, events=10_000_000, each=200)
