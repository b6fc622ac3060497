"""What is held of a caller's address among a million rows: time against 100 ms and against a search through what records say.

Run: python benchmarks/things.py [--people N] [--each K]

An extract of N people (500,000), each with a telephone and an address in one of six ways of writing, is read into the lake; their
telephones and addresses are projected (1,000,000 rows), once in full, once with nothing new and once with 10,000 new lines. Then K
addresses (200) are looked up as callers say them: with postcode, with town, and number and street alone; the peer is the same
question put to the column of what records say, as substring. Telephones are opened as their page opens them.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

import engines

LIMIT = 100  # milliseconds, at the 95th percentile
AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
HEADER = "Mention Reference,Record Reference,Role,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers,Related To,Relationship"
FIRST = (
    "Mill", "Church", "Station", "Victoria", "Green", "Park", "Manor", "Oak", "Albert", "Elm",
    "Queens", "Kings", "Meadow", "School", "Priory", "Abbey", "Forest", "Harbour", "Orchard", "Bridge",
)  # fmt: skip
LAST = (("Road", "Rd"), ("Street", "St"), ("Avenue", "Ave"), ("Close", "Cl"), ("Lane", "Ln"))
TOWNS = ("Ashbury", "Brightwell", "Caldon", "Denham", "Eastmere", "Farley", "Goldham", "Hadstock")


def home(n):
    """The n-th home: number, name and kind of the street, town and postcode."""
    street, number = divmod(n, 60)
    name = f"{FIRST[street % 20]} {FIRST[street // 20 % 20]}" if street // 20 % 20 else FIRST[street % 20]
    code = f"CM{street // 3600 + 1} {street // 400 % 10}{'ABDEFGHJLNPQRSTUWXYZ'[street // 20 % 20]}{'ABDEFGHJLNPQRSTUWXYZ'[street % 20]}"
    return number + 1, name, LAST[street // 400 % 5], TOWNS[street // 2000 % 8], code


def written(n, way):
    """The n-th home's address and postcode in one of six ways."""
    number, name, (long, short), town, code = home(n)
    return (
        (f"{number} {name} {long}", code), (f"{number} {name} {short}", code), (f"{number} {name} {long}, {town}".upper(), code),
        (f"{number}, {name} {short}, {town}", code), (f"{number} {name} {long}, {town}", ""), (f"No. {number} {name} {long} {town}", code),
    )[way]  # fmt: skip


def write(path, first, last, homes, rng):
    """An extract of people `first` to `last`."""
    at, way = rng.integers(0, homes, last - first), rng.integers(0, 6, last - first)
    phone = rng.integers(0, max(homes, 1_000), last - first)
    rows = [HEADER]
    for n, h, w, p in zip(range(first, last), at.tolist(), way.tolist(), phone.tolist(), strict=True):
        address, code = written(h, w)
        quoted = f'"{address}"'
        rows.append(f"M-{n:08},C-{n // 2:08},suspect,Name{n % 9973},Robin,F,1990-01-02,,07{p:09},{quoted},{code},,,")
    path.write_text("\n".join(rows) + "\n")


def timed(call, many):
    """Milliseconds of each of `many` calls, sorted."""
    times = []
    for one in many:
        begun = perf_counter()
        call(*one)
        times.append(1_000 * (perf_counter() - begun))
    return sorted(times)


def told(name, times, limit=""):
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{name:<44}{p50:>9.1f}{p95:>9.1f}  {limit}", flush=True)
    return p95


def measure(people, each):
    """Build and measure in this process; whether the limit holds."""
    from peelian.cli.base import ready

    ready()
    from django.conf import settings

    from peelian.access.actor import Actor
    from peelian.access.models import User
    from peelian.identity.models import Seen
    from peelian.identity.things.looking import at_address, connected
    from peelian.identity.things.projecting import project
    from peelian.records import landing

    rng = np.random.default_rng(4)
    actor = Actor.of(User.objects.get(username="operator"), "crime-analysis")
    homes, more = people * 3 // 5, people // 50
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {people:,} people, {homes:,} homes")

    def land(first, last):
        path = Path(settings.HOME) / f"people-{first}.csv"
        write(path, first, last, homes, rng)
        [result] = landing.ingest("force-people", [path], actor=actor, at=AT, published=date(2026, 11, 1))
        assert not result.error, result.error

    def refresh(what):
        cpu, begun = process_time(), perf_counter()
        rows = project()
        took = perf_counter() - begun
        print(f"{what:<44}{rows:>9,} rows {took:>7.1f} s, {process_time() - cpu:.1f} s of processor", flush=True)
        return took

    land(0, people)
    full = refresh("projected in full")
    refresh("nothing new")
    land(people, people + more)
    part = refresh(f"{more:,} new lines")
    print(f"new lines against full: {part / full:.3f}")
    said = rng.integers(0, homes, each).tolist()
    print(f"{'milliseconds':<44}{'p50':>9}{'p95':>9}")
    worst = max(
        told("address with postcode", timed(lambda t, c: at_address(t, c, actor=actor), [written(h, 3) for h in said]), LIMIT),
        told("address with town", timed(lambda t, c: at_address(t, actor=actor), [written(h, 4) for h in said]), LIMIT),
        told("number and street alone", timed(lambda t: at_address(t, actor=actor), [written(h, 0)[:1] for h in said]), LIMIT),
        told("telephone", timed(lambda v: connected("phone", v, actor=actor), [(f"+447{p:09}",) for p in said]), LIMIT),
    )  # fmt: skip
    peer = timed(lambda t: list(Seen.objects.filter(said__icontains=t)), [written(h, 0)[:1] for h in said[:10]])
    told("peer: substring of what records say", peer)
    return worst <= LIMIT


if __name__ == "__main__":
    engines.run(measure, engines=("sqlite",), people=500_000, each=200)
