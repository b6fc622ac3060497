"""How long the board of every measure takes over a million cases: cold, with nothing worked out before, and warm; and the
self-assessment document, which rests on it.

Run: python benchmarks/board.py [--cases N] [--engine sqlite|postgres] [--each K]

N cases (1,000,000) of the made-up kind of `measures.py` with three measures each, as a system of their own, and beside them 1,000 cases of
each kind that the systems declare, with six of its measures, in 14 areas over 24 months. The board is made K times (10) after all that was
worked out is forgotten (limit 2 s), and K times again as its page is answered (limit 200 ms); a third as often the self-assessment is made
with nothing worked out before, as a page and PDF, with a floor that the million misses (limit 30 s). Limits are by the clock, for the
median; beside it stands this process's own work, which other work on the machine disturbs less.
"""

from __future__ import annotations

from time import perf_counter, process_time

import engines

COLD, WARM, DOCUMENT = 2.0, 0.2, 30.0  # seconds, the median of each
# Kinds whose facts the self-assessment reads: a bare row is no case of them.
BARE = ("evidence", "improvement", "inspection_report", "judgement")


def measure(cases, each):
    """Build, make the board and print; whether it keeps the limits."""
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import RequestFactory

    import measures
    from peelian.casework.measures import months_back

    call_command("migrate", verbosity=0)
    began = perf_counter()
    user, agency = measures.build(cases)
    areas = [f"A{10 + n}" for n in range(measures.AREAS)]
    kinds = engines.every_kind(measures.AT, areas, [months_back(202611, n) for n in range(24)], BARE)
    print(f"{connection.vendor}: {cases:,} cases and {kinds} kinds written in {perf_counter() - began:.0f} s")
    from peelian import systems
    from peelian.access.actor import Actor
    from peelian.access.models import Change, Posting
    from peelian.assurance.board import board
    from peelian.assurance.counting import forget
    from peelian.assurance.judgement import FLOOR
    from peelian.assurance.self_assessment import sheet
    from peelian.casework.kinds import KINDS
    from peelian.core.system import System
    from peelian.documents.pdf import pdf
    from peelian.web.views.board import page

    Posting.objects.create(
        user=user, roles=["assurance", "chief-officer"], start=measures.AT.date(), by="x", at=measures.AT
    )

    Change.objects.create(
        uid="floor", name=FLOOR.name, after=0.9, reason="x", proposed_by="a", proposed_at=measures.AT, approved_by="b",
        approved_at=measures.AT,
    )  # fmt: skip
    systems._SYSTEMS["V99"] = System(
        id="V99", name="the million", question="vulnerability", kinds=(KINDS["call"],), roles=("hub-worker",)
    )

    def reader():
        return Actor(user, agency, "assurance", on=measures.AT.date())

    def cold():
        forget()
        began, work = perf_counter(), process_time()
        parts = board(reader(), measures.AT)
        return perf_counter() - began, process_time() - work, parts

    def document():
        forget()
        began, work = perf_counter(), process_time()
        pdf(sheet(actor=reader(), at=measures.AT))
        return perf_counter() - began, process_time() - work, None

    def warm():
        request = RequestFactory().get("/board/")
        request.actor, request.user = reader(), user
        began, work = perf_counter(), process_time()
        page(request)
        return perf_counter() - began, process_time() - work, None

    worst = False
    few = max(1, each // 3)
    for words, one, limit, often in (
        ("cold", cold, COLD, each), ("warm, as a page", warm, WARM, each), ("self-assessment", document, DOCUMENT, few)
    ):  # fmt: skip
        times = sorted((one() for _ in range(often)), key=lambda t: t[0])
        middle = times[often // 2]
        if middle[2] is not None:
            lines = [line for part in middle[2] for line in part.lines]
            print(
                f"  {sum(line.rows + line.undecided for line in lines):,} rows of twelve months in {sum(not line.why_not for line in lines)} of {len(lines)} measures"
            )
        print(
            f"  {words:<16} median {middle[0]:.3f} s, slowest {times[-1][0]:.3f} s; work of this process {sorted(t[1] for t in times)[often // 2]:.3f} s; limit {limit} s"
        )
        worst = worst or middle[0] >= limit
    print("BEYOND a limit" if worst else "within the limits")
    return not worst


if __name__ == "__main__":
    engines.run(measure, cases=1_000_000, each=10)
