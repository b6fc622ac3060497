"""AFI 8: the serious and organised crime local profile, with partners.

Prison, trading standards, a school and the tax authority hold what police records do not; the tax authority's and the prison's data may not leave the force. The
same year runs three times: the system not used, used as meant, installed but ignored. The attack on the shareable editions is a program of its own (integer
programming over everything ever shown), not the product's planning.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from peelian import systems
from peelian.access.models import Agency, Entry, Released
from peelian.access.release import ledger
from peelian.casework import store
from peelian.casework.models import Case, Notice
from peelian.casework.ticking import tick
from peelian.core.errors import PeelianError
from peelian.core.kinds import Refused
from peelian.organised_crime.local_profile_editions import full_document
from peelian.organised_crime.local_profile_release import issue, propose_editions, read
from peelian.prevention.editions import disclosed, edition

from .setting import posted, settled

AT = datetime(2026, 2, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PLACES, THREATS = ("Aldmoor", "Brackwater", "Caldershore"), ("drugs", "fraud", "county lines")
SMALL = 5
SECRET = "undeclared takings of 4,812 pounds a week at the Quay Street shop"
# agency, threat, place, records, handling: what each holds. The counts of 2 and 3 could point at a child.
HELD = [
    ("trading", "fraud", "Aldmoor", 21, "may be shared"), ("trading", "drugs", "Aldmoor", 12, "may be shared"),
    ("trading", "fraud", "Brackwater", 17, "may be shared"), ("trading", "drugs", "Caldershore", 9, "may be shared"),
    ("school", "county lines", "Aldmoor", 3, "counts only"), ("school", "county lines", "Brackwater", 14, "counts only"),
    ("school", "county lines", "Caldershore", 2, "counts only"), ("school", "drugs", "Brackwater", 8, "counts only"),
    ("prison", "drugs", "Aldmoor", 40, "full edition only"), ("tax", "fraud", "Aldmoor", 96, "full edition only"),
]  # fmt: skip
TOLD = "complaints about counterfeit goods sold from shops"


# -- (a) the system is not used ----------------------------------------------------------------------------------------------------


def test_without_the_system_the_cut_edition_tells_the_tax_authoritys_count():
    """The usual way: one document, its limited rows cut out by hand, its totals left; nobody owns an action, nobody looks again."""
    totals = {place: sum(n for _, _, p, n, _ in HELD if p == place) for place in PLACES}
    rows = [(p, n) for _, _, p, n, handling in HELD if handling != "full edition only"]

    worked_out = totals["Aldmoor"] - sum(n for p, n in rows if p == "Aldmoor")

    assert worked_out == 40 + 96  # what prison and tax authority said may not leave the force
    assert any(0 < n < SMALL for _, n in rows)  # and the school's three children


# -- the system --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def force(db):
    systems.load()
    police = Agency.objects.create(code="force", name="Force", kind="police")
    values = {
        "accept": "24 hours", "issue": "60 days after", "answer": "10 working days after", "release": "5 working days after",
        "estimate_again": "6 months after", "refresh": "12 months after", "take_on": "10 working days after", "climb": "7 days after",
    }  # fmt: skip
    settled({f"local_profile.{short}_within": value for short, value in values.items()})
    made = {}
    partners = {
        code: Agency.objects.create(code=code, name=name, kind="partner")
        for code, name in (
            ("trading", "Trading Standards"),
            ("school", "Academy Trust"),
            ("prison", "Prison"),
            ("tax", "Tax authority"),
        )
    }
    for name, role, agency in (
        ("coordinator", "organised-crime", police), ("second", "organised-crime", police), ("head", "superintendent", police), ("chief", "chief-officer", police),
        *((code, "hub-worker", agency) for code, agency in partners.items()),
    ):  # fmt: skip
        made[name] = posted(name, agency, role, purpose="prevention", on=date(2026, 1, 1))
    return made


def started(force, at, held=HELD, year=2025):
    given = {
        "area": "county",
        "since": date(year, 1, 1),
        "until": date(year, 12, 31),
        "purpose": "joint activity",
        "wanted": "what you hold",
    }
    ref = store.open_case("local_profile", "start", given, actor=force["coordinator"], at=at).ref
    for agency, threat, place, count, handling in held:
        row = {"what": "intelligence", "threat": threat, "place": place, "count": count, "statement": SECRET if agency == "tax" else f"{agency} holds {threat}",
               "handling": handling, "limit_words": "as our law says"} | ({"told": TOLD} if handling == "may be shared" else {})  # fmt: skip
        # The agency itself answers what it was asked; the engine asks one agency one question at a time.
        store.ask(ref, "partner_data", agency, actor=force["coordinator"], at=at)
        item = max(
            (i for i in Case.objects.get(ref=ref).items.filter(part="partner_data", answered_at=None)),
            key=lambda i: i.pk,
        )
        store.answer(ref, item.item, row, actor=force[agency], at=at)
    return ref


def ready(force, ref, at, summary_told="Shops sell counterfeit goods; young people are drawn to the lines."):
    """Threats estimated, actions taken on by their agencies, dissent recorded."""
    coordinator = force["coordinator"]
    store.do(
        ref,
        "write",
        {"summary": f"Cash is washed: {SECRET}.", "summary_shared": summary_told},
        actor=coordinator,
        at=at,
    )
    store.do(
        ref,
        "estimate",
        {"threat": "fraud", "level": "high", "confidence": "high", "rests_on": "tax data", "level_told": "substantial"},
        actor=coordinator,
        at=at,
    )
    store.do(ref, "estimate", {"threat": "county lines", "level": "substantial", "confidence": "moderate", "rests_on": "school", "level_told": "substantial"},
             actor=coordinator, at=at)  # fmt: skip
    store.do(ref, "record_dissent", {"who": "Academy Trust", "what": "holds county lines to be rising, not steady", "said_on": at.date(), "may_be_told": True},
             actor=coordinator, at=at)  # fmt: skip
    actions = []
    for agency, what in (("trading", "inspect the shops together"), ("school", "a mentor for those who are drawn in")):
        given = {
            "area": "county",
            "action": what,
            "p": "protect",
            "threat": "fraud",
            "lead": agency,
            "due_on": (at + 60 * DAY).date(),
            "in_shareable": True,
        }
        one = store.open_case("profile_action", "propose_action", given, actor=coordinator, at=at, parent=ref).ref
        store.ask(one, "take_on", agency, actor=coordinator, at=at)
        actions.append(one)
    return actions


def owned(force, actions, at):
    for one, agency in zip(actions, ("trading", "school"), strict=True):
        (item,) = Case.objects.get(ref=one).items.all()
        store.answer(one, item.item, {"takes": True, "post": f"head of {agency}"}, actor=force[agency], at=at)
        store.do(one, "accept_action", {"owner_post": f"head of {agency}"}, actor=force["coordinator"], at=at)


def issued(force, at, held=HELD, year=2025, seed=1):
    ref = started(force, at, held, year)
    owned(force, ready(force, ref, at), at)
    propose_editions(ref, "the partnership board", actor=force["coordinator"], at=at, rng=np.random.default_rng(seed))
    issue(ref, actor=force["head"], at=at + timedelta(hours=3))
    return ref


def test_used_as_meant_both_editions_leave_on_one_day_by_two_people(force):
    ref = started(force, AT)
    actions = ready(force, ref, AT)
    with pytest.raises(Refused, match="accepted or declined by the agency"):
        propose(force, ref)
    owned(force, actions, AT + DAY)
    told = {"summary_shared": f"Shops sell counterfeit goods, with {SECRET}."}
    store.do(ref, "write", told, actor=force["coordinator"], at=AT + DAY)
    # A summary copied from limited data is found before anybody is asked to approve it; nothing is written.
    with pytest.raises(PeelianError) as leak:
        propose(force, ref)
    assert leak.value.id == "peelian.E750"
    assert "4,812" not in str(leak.value)
    assert not Released.objects.exists()
    store.do(ref, "write", {"summary_shared": "Shops sell counterfeit goods."}, actor=force["coordinator"], at=AT + DAY)
    propose(force, ref)

    with pytest.raises(PeelianError, match="two people"):  # the one who proposed, with the rank to approve
        issue(ref, actor=force["coordinator"], at=AT + DAY)
    with pytest.raises(Refused, match="Both editions are of today"):  # not the next morning
        issue(ref, actor=force["head"], at=AT + 2 * DAY)
    # Both or neither: nobody gets the shareable edition out by approving it alone, nor the full one by issuing the case alone.
    waiting = Released.objects.get(number=None)
    with pytest.raises(Refused, match="superintendent"):
        ledger.approve(waiting.pk, actor=force["second"], at=AT + DAY)
    with pytest.raises(Refused, match="one step"):
        store.do(ref, "issue", actor=force["head"], at=AT + DAY)
    with pytest.raises(PeelianError, match="is not approved, so it may not leave"):
        disclosed(force["head"], waiting, how="pdf", at=AT + DAY)
    assert not Released.objects.exclude(number=None).exists()
    released = issue(ref, actor=force["head"], at=AT + DAY + timedelta(hours=5))

    case = Case.objects.get(ref=ref)
    shareable, full = edition(released), full_document(read(ref, force["head"], AT + DAY), edition=(AT + DAY).date())
    assert shareable.edition == full.edition == (AT + DAY).date()
    assert case.facts["issued_on"] == str((AT + DAY).date())
    assert (released.proposed_by, released.approved_by) == ("coordinator", "head")
    assert Entry.objects.filter(purpose="prevention", recipient="the partnership board").exists()
    told, held = " | ".join(shareable.texts()), " | ".join(full.texts())
    assert all(word in held for word in (SECRET, "tax", "prison"))
    assert not any(word in told.lower() for word in ("4,812", "quay street", "tax", "prison"))
    assert all(
        word in told
        for word in ("inspect the shops together", "head of trading", "Academy Trust: holds county lines to be rising")
    )

    # Six months later each threat is estimated again, and the change is there to be read.
    half = AT + 183 * DAY
    for item in case.items.filter(part="threats"):
        store.do(ref, "estimate_again", {"level_after": "moderate", "after_rests_on": "inspections", "estimated_at": half}, actor=force["coordinator"], at=half,
                 item=item.item)  # fmt: skip
    tick(half + 20 * DAY)
    assert not Notice.objects.filter(case__ref=ref, clock="again_due").exists()


def propose(force, ref):
    return propose_editions(
        ref, "the partnership board", actor=force["coordinator"], at=AT + DAY, rng=np.random.default_rng(1)
    )


# -- the attack ----------------------------------------------------------------------------------------------------------------------


def shown_of(released):
    """Every count that an edition prints, by (place, threat) with "all" for totals: read from its text, as a recipient would."""
    tables = [
        b for b in edition(released).blocks() if getattr(b, "caption", "") == "Partners' records by district and threat"
    ]
    (table,) = tables
    threats = [column.label for column in table.columns[1:]]
    return {
        ("all" if row[0] == "county" else row[0], threat): cell
        for row in table.rows
        for threat, cell in zip(threats, row[1:], strict=True)
    }


def attack(editions):
    """The least and most that each withheld small count can be, for who adds up and subtracts everything ever shown."""
    cells = [(n, p, t) for n, (_, places, threats) in enumerate(editions) for p, t in product(places, threats)]
    where = {cell: i for i, cell in enumerate(cells)}
    rows, values = [], []
    for n, (shown, places, threats) in enumerate(editions):
        for (place, threat), value in shown.items():
            if value == "withheld":
                continue
            row = np.zeros(len(cells))
            for p, t in product(places if place == "all" else (place,), threats if threat == "all" else (threat,)):
                row[where[n, p, t]] = 1
            rows.append(row)
            values.append(value)
    known = LinearConstraint(np.array(rows), values, values)
    found = {}
    for cell, i in where.items():
        goal = np.zeros(len(cells))
        goal[i] = 1
        low, high = (
            milp(sign * goal, constraints=known, integrality=np.ones(len(cells)), bounds=Bounds(0, 500))
            for sign in (1, -1)
        )
        assert low.success
        found[cell] = round(low.fun), round(-high.fun) if high.success else 500
    return found


def test_no_small_count_can_be_worked_out_from_two_editions(force):
    more = [(*row[:3], row[3] + (6 if row[2] == "Brackwater" else 0), row[4]) for row in HELD]
    refs = [issued(force, AT), issued(force, AT + 30 * DAY, more, seed=2)]

    editions = []
    for released in Released.objects.exclude(number=None).order_by("number"):
        shown = shown_of(released)
        editions.append((shown, PLACES, THREATS))
    ranges = attack(editions)

    assert len(refs) == len(editions) == 2
    small = {(p, t) for _, t, p, n, handling in HELD if handling != "full edition only" and n < SMALL}
    for n, (place, threat) in product(range(2), small):
        low, high = ranges[n, place, threat]
        assert low == 0
        assert high >= SMALL - 1
    shown = [v for shown, *_ in editions for v in shown.values()]
    assert sum(v != "withheld" for v in shown) >= len(shown) / 2  # it still tells something


def test_installed_but_ignored_it_reaches_its_owner_and_then_a_chief_officer(force):
    never, stale = started(force, AT, HELD[:2]), issued(force, AT + DAY, year=2024)
    for week in range(32):
        tick(AT + 7 * week * DAY)

    for ref, clock, due in ((never, "profile_issued", AT + 61 * DAY), (stale, "again_due", AT + 184 * DAY)):
        told = {n.to: n for n in Notice.objects.filter(case__ref=ref, clock=clock)}
        assert told["coordinator"].what == "overdue"
        assert {told[role].what for role in ("superintendent", "chief-officer")} == {"climbed"}
        assert told["coordinator"].due.date() <= due.date() + DAY
        assert told["superintendent"].at < told["chief-officer"].at <= due + 28 * DAY
