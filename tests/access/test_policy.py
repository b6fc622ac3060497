"""The policy: filter, decision and a plain-Python oracle agree; no error opens anything; who needs to know what, as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, reject, settings
from hypothesis import strategies as st

from peelian.access.actor import Actor, allowed_classes, visible
from peelian.access.agreements import load_agreements, shared_with
from peelian.access.models import Agency, Agreement, Clearance, Posting, RecordClass, Restriction, User
from peelian.access.policy import NO_RULE, POLICY, Decision, Policy
from peelian.access.purposes import DECLARED, PURPOSES, may_state
from peelian.access.roles import IMPLIED, ROLES
from peelian.access.sight import attributes, why
from peelian.core.errors import Faults
from peelian.records.feeds import FEEDS
from peelian.records.models import Batch, Mention

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ON = date(2026, 11, 23)
EMPTY = (
    "identity",
    "content",
    "reference",
    "role",
    "surname",
    "forenames",
    "sex",
    "ethnicity",
    "phone",
    "address",
    "postcode",
)


@pytest.fixture(autouse=True)
def posted() -> None:
    """Nobody is posted but by the test."""


# ---- random policies: filter = decision = oracle

HANDLING = ("open", "police", "partner", "intelligence", "standards", "safety", "odd")
SETS = ("roles", "training", "vetting", "purposes", "sources", "agreed", "opened")
WORDS = ("analyst", "mv", "crime-analysis", "force", "council", "c-0", "c-1", "c-2", "c-3")
VALUES = {
    "source": ("force", "council"), "category": ("crime", "intelligence"), "handling": HANDLING,
    "controller": ("The Chief Constable", "A council"), "regime": ("part3", "gdpr", "none"),
}  # fmt: skip
HEAD = '(principal is Peelian::Actor, action == Peelian::Action::"see", resource is Peelian::RecordClass)'
# One more than the largest whole number that Cedar knows: no schema can tell beforehand that this fails, and for whom.
TOO_MUCH = '(9223372036854775807 + (if principal.kind == "police" then 1 else 0)) > 0'
Test = tuple[str, Callable[[Any, str, Any], bool]]


def leaf(draw: Random) -> Test:
    """A test in Cedar, and the same in Python."""
    name, attr, word = draw.choice(SETS), draw.choice([*VALUES]), draw.choice(WORDS)
    value, purpose = draw.choice(VALUES[attr]), draw.choice(["records", "prevention"])
    tests: list[Test] = [
        (f'principal.{name}.contains("{word}")', lambda a, p, r: word in a[name]),
        (f"principal.{name}.contains(resource.code)", lambda a, p, r: r["code"] in a[name]),
        (f'resource.{attr} == "{value}"', lambda a, p, r: r[attr] == value),
        (f'context.purpose == "{purpose}"', lambda a, p, r: p == purpose),
        ('principal.kind == "police"', lambda a, p, r: a["kind"] == "police"),
        (TOO_MUCH, too_much),
    ]
    return draw.choices(tests, [4, 4, 4, 3, 3, 1])[0]


def too_much(actor: Any, purpose: str, record: Any) -> bool:
    """What TOO_MUCH does."""
    if actor["kind"] == "police":
        raise OverflowError
    return True


def joined(draw: Random, depth: int = 2) -> Test:
    """Tests joined by and, or, not, which stop as early as Cedar's do."""
    how = draw.choice(["leaf", "leaf", "not", "and", "or"]) if depth else "leaf"
    if how == "leaf":
        return leaf(draw)
    (one, first), (two, second) = joined(draw, depth - 1), joined(draw, depth - 1)
    if how == "not":
        return f"!({one})", lambda a, p, r: not first(a, p, r)
    if how == "and":
        return f"({one}) && ({two})", lambda a, p, r: first(a, p, r) and second(a, p, r)
    return f"({one}) || ({two})", lambda a, p, r: first(a, p, r) or second(a, p, r)


@dataclass
class World:
    """A policy, somebody, and the classes of record that are held; all made up."""

    rules: list[tuple[str, Test]]
    actor: dict[str, Any]
    purpose: str
    classes: list[dict[str, str]]

    @classmethod
    def of(cls, seed: int) -> World:
        """The world of a seed."""
        draw = Random(seed)
        rules = [(draw.choice(["permit", "permit", "forbid"]), joined(draw)) for _ in range(draw.randint(1, 5))]
        actor = {name: sorted(draw.sample(WORDS, draw.randint(0, 6))) for name in SETS}
        classes = [
            {"code": f"c-{n}", **{k: draw.choice(v) for k, v in VALUES.items()}} for n in range(draw.randint(1, 6))
        ]
        kind = draw.choice(["police", "partner"])
        return cls(rules, {"kind": kind, **actor}, draw.choice(["records", "prevention"]), classes)

    @property
    def text(self) -> str:
        """The rules in Cedar."""
        return "\n".join(
            f'@id("R{n}") @words("rule {n}")\n{effect} {HEAD} when {{ {test} }};'
            for n, (effect, (test, _)) in enumerate(self.rules)
        )

    def oracle(self, record: Any) -> bool:
        """May it be seen? A rule that cannot be worked out: no. A forbid: no. Else if there is a permit."""
        try:
            found = [effect for effect, (_, test) in self.rules if test(self.actor, self.purpose, record)]
        except OverflowError:
            return False
        return "permit" in found and "forbid" not in found


def policy_of(world: World) -> Policy:
    """The world's policy; a schema that knows a test can never hold refuses the whole text, so such a world is passed over."""
    try:
        return Policy(world.text, POLICY.schema)
    except Faults:
        reject()


@settings(max_examples=400)
@given(seed=st.integers(0, 2**40))
def test_batch_single_decision_and_oracle_agree_on_any_policy(seed: int) -> None:
    """Works-when 3, on the policy's side: what filters a list is what decides on a record, and both are what was written."""
    world = World.of(seed)
    policy = policy_of(world)
    together = {code: d.allowed for code, d in policy.decide(world.actor, world.purpose, world.classes).items()}
    alone = {c["code"]: policy.decide(world.actor, world.purpose, [c])[c["code"]].allowed for c in world.classes}
    event(f"error: {TOO_MUCH in world.text}, some seen: {any(together.values())}")
    assert together == alone == {c["code"]: world.oracle(c) for c in world.classes}


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**40), data=st.data())
def test_lists_hold_what_the_oracle_allows_one_by_one(monkeypatch: Any, seed: int, data: Any) -> None:
    """The same through the tables: postings, clearances and agreements make the actor; `visible` filters rows."""
    world = World.of(seed)
    policy = policy_of(world)
    monkeypatch.setattr("peelian.access.sight.POLICY", policy)
    with transaction.atomic():
        actor, restricted = installed(world, data.draw(st.lists(st.integers(0, 5), unique=True)))
        seen = set(visible(Batch.objects.all(), actor).values_list("feed", flat=True))
        people = set(visible(Mention.objects.all(), actor).values_list("key", flat=True))
        told = attributes(actor)
        transaction.set_rollback(True)
    world = replace(world, actor=told, purpose=actor.purpose)
    allowed = {c["code"] for c in world.classes if world.oracle(c)}
    assert seen == allowed
    assert people == {f"P{n}" for n in range(6) if f"c-{n}" in allowed and n not in restricted}


def installed(world: World, restricted: list[int]) -> tuple[Actor, list[int]]:
    """The world's actor and classes as rows: one batch and one person of each class, some restricted to others."""
    agency = Agency.objects.create(code="a", name="A", kind=world.actor["kind"], sources=world.actor["sources"])
    user = User.objects.create(username="u", agency=agency)
    since: dict[str, Any] = {"user": user, "start": date(2000, 1, 1), "by": "x", "at": AT}
    Posting.objects.create(roles=world.actor["roles"], **since)
    for kind in ("training", "vetting"):
        for name in world.actor[kind]:
            Clearance.objects.create(kind=kind, name=name, **since)
    Agreement.objects.create(
        code="x", title="x", party="x", feed="x", purposes=["prevention"], basis="x", every=1, due=1, start=since["start"],
        owner="x", to=["a"], classes=world.actor["agreed"],
    )  # fmt: skip
    for n, one in enumerate(world.classes):
        held = RecordClass.objects.create(**one, onward="x")
        batch = Batch.objects.create(
            digest=str(n),
            feed=one["code"],
            file="x",
            record_class=held,
            by="x",
            purpose="records",
            known_from=AT,
            state="landed",
        )
        Mention.objects.create(
            batch=batch, line=2, key=f"P{n}", record_class=held, known_from=AT, **dict.fromkeys(EMPTY, "")
        )
        if n in restricted:
            Restriction.objects.create(
                kind="mention", feed=one["code"], key=f"P{n}", reason="x", rule="named", owner="x", by="x", at=AT
            )
    return Actor(user, agency, world.purpose), restricted


# ---- the policy that ships

# role, purpose -> which of the classes are seen. Agreements: those that the made-up county makes with its partners.
CLASSES = {
    "open": "police-uk-street", "crime": "force-crimes", "people": "force-people", "custody": "force-custody", "intel": "force-intelligence",
    "missing": "force-missing", "offender": "force-offenders", "wanted": "pnc-wanted", "duty": "force-roster", "staff": "force-hr",
    "council": "council-asb", "hmrc": "hmrc-intelligence",
}  # fmt: skip
GOLDEN = """
analyst                crime-analysis         open crime people custody missing offender wanted council
analyst+intel          crime-analysis         open crime people custody intel missing offender wanted council hmrc
analyst                records                open crime people custody missing offender wanted duty staff council
analyst                safeguarding           open crime people missing offender wanted
analyst                response               open
control-room           response               open crime people missing wanted
control-room           investigation          open
neighbourhood-officer  prevention             open crime people missing wanted council
investigator           investigation          open crime people custody missing wanted
investigator+intel     investigation          open crime people custody intel missing wanted
supervisor             planning               open duty
supervisor             offender-management    open crime people custody missing offender wanted
offender-manager       offender-management    open crime people custody missing offender wanted
hub-worker             safeguarding           open crime people missing wanted
intelligence-officer   intelligence           open crime people custody missing offender wanted
intelligence-officer+intel  intelligence      open crime people custody intel missing offender wanted
planner                planning               open duty staff
assurance              assurance              open duty
data-protection        data-protection        open
data-protection        records                open
administrator          administration         open
administrator          records                open
professional-standards professional-standards open crime people custody missing duty staff
"""


@pytest.fixture
def held(db: None) -> dict[str, str]:
    """Every feed's class, and county-like agreements for two purposes; code by short name."""
    for feed in FEEDS.values():
        own = feed.record_class
        RecordClass.objects.get_or_create(
            code=own.code, source=own.source, category=own.category, handling=own.handling, controller=own.controller,
            regime=own.regime, onward=own.onward,
        )  # fmt: skip
    for feed in ("council-asb", "hmrc-intelligence"):
        share(feed, ["crime-analysis", "prevention"])
    return {short: FEEDS[feed].record_class.code for short, feed in CLASSES.items()}


def share(feed: str, purposes: list[str], **more: Any) -> Agreement:
    """An agreement that begins in 2025."""
    return Agreement.objects.create(
        code=f"{feed}-{len(purposes)}-{'-'.join(more.get('to', []))}", title=feed, party="x", feed=feed, purposes=purposes, basis="x",
        every=1, due=1, owner="x", **{"start": date(2025, 1, 1), **more},
    )  # fmt: skip


def somebody(*roles: str, purpose: str, intel: bool = False, kind: str = "police", on: date = ON) -> Actor:
    """An account with one posting."""
    agency, _ = Agency.objects.get_or_create(code=kind, defaults={"name": kind, "kind": kind})
    user = User.objects.create(username=f"u{User.objects.count()}", agency=agency)
    since: dict[str, Any] = {"user": user, "start": date(2025, 1, 1), "by": "x", "at": AT}
    Posting.objects.create(roles=list(roles), **since)
    if intel:
        Clearance.objects.create(kind="vetting", name="mv", **since)
        Clearance.objects.create(kind="training", name="intelligence-handling", **since)
    return Actor(user, agency, purpose, on=on)


@pytest.mark.parametrize("row", GOLDEN.strip().splitlines())
def test_who_needs_to_know_what(held: dict[str, str], row: str) -> None:
    who, purpose, *expected = row.split()
    role, _, intel = who.partition("+")
    actor = somebody(role, purpose=purpose, intel=bool(intel))
    seen = allowed_classes(actor)
    assert [short for short, code in held.items() if code in seen] == expected


def test_an_administrator_sees_no_records_for_any_purpose(held: dict[str, str]) -> None:
    for purpose in PURPOSES:
        assert {c.split("-")[-1] for c in allowed_classes(somebody("administrator", purpose=purpose))} == {"open"}


def test_an_account_without_a_posting_today_sees_open_data_alone(held: dict[str, str]) -> None:
    actor = somebody("analyst", purpose="crime-analysis", on=date(2024, 12, 31))
    assert {c.split("-")[-1] for c in allowed_classes(actor)} == {"open"}


@pytest.mark.parametrize(
    ("on", "seen"), [("2025-01-01", True), ("2025-12-31", True), ("2026-01-01", False), ("2024-12-31", False)]
)
def test_a_partner_sees_a_class_of_the_force_under_an_agreement_alone(
    held: dict[str, str], on: str, seen: bool
) -> None:
    """For that purpose, in its days (the last one counts), and nothing else of the force."""
    share("force-crimes", ["prevention"], to=["partner"], end=date(2025, 12, 31))
    day = date.fromisoformat(on)
    hub = somebody("hub-worker", purpose="prevention", kind="partner", on=day)
    Posting.objects.update(start=date(2024, 1, 1))
    assert [c for c in allowed_classes(hub) if not c.endswith("open")] == ["force-crime-police"] * seen
    for purpose in set(PURPOSES) - {"prevention"}:
        other = Actor(hub.user, hub.agency, purpose, on=day)
        assert [c for c in allowed_classes(other) if not c.endswith("open")] == []


def test_the_force_sees_a_partners_class_no_longer_than_its_agreement(held: dict[str, str]) -> None:
    Agreement.objects.filter(feed="council-asb").update(end=date(2026, 5, 31))
    analyst = somebody("analyst", purpose="crime-analysis", on=date(2026, 5, 31))
    assert "council-asb-police" in allowed_classes(analyst)
    assert "council-asb-police" not in allowed_classes(replace(analyst, on=date(2026, 6, 1)))


@pytest.mark.parametrize("role", [*ROLES])
def test_a_class_whose_handling_is_unknown_is_seen_by_nobody(held: dict[str, str], role: str) -> None:
    RecordClass.objects.filter(code="force-crime-police").update(handling="whatever")
    for purpose in may_state(frozenset({role}), "police"):
        assert "force-crime-police" not in allowed_classes(somebody(role, purpose=purpose, intel=True))


def test_each_decision_names_its_rule(held: dict[str, str]) -> None:
    analyst = somebody("analyst", purpose="crime-analysis")
    assert why(analyst, "force-crime-police").rules == ("A02-crime",)
    assert why(analyst, "force-intelligence-police").rules == ("F03-intelligence",)
    assert why(analyst, "force-duty-police") == why(analyst, "never-held-police") == Decision(False, (), NO_RULE)


def test_a_policy_with_a_fault_is_not_taken_into_force() -> None:
    """Words of the engine: a misspelt attribute, no @id, one @id twice, no Cedar at all."""
    rule = f'@id("R1") @words("x") permit {HEAD} when {{ %s }};'
    for text in (rule % 'resource.handlng == "open"', f"permit {HEAD};", (rule % "true") * 2, "permit"):
        with pytest.raises(Faults, match=r"peelian\.E309"):
            Policy(text, POLICY.schema)


def test_an_engine_that_fails_lets_nobody_in(monkeypatch: Any) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("cedarpy.is_authorized_batch", fail)
    world = World.of(1)
    found = Policy(f'@id("R") @words("all") permit {HEAD};', POLICY.schema).decide(
        world.actor, "records", world.classes
    )
    assert {d.allowed for d in found.values()} == {False}


def test_every_purpose_has_a_basis_and_somebody_who_may_state_it() -> None:
    for purpose in DECLARED.values():
        assert purpose.police and purpose.roles
    assert all(may_state(frozenset({role, *IMPLIED.get(role, ())}), "police") for role in ROLES)


def test_an_agreement_names_agencies_that_are_there(held: dict[str, str], tmp_path: Path) -> None:
    """One mistyped code would share with nobody, and nobody would notice."""
    operator = somebody("analyst", purpose="administration")
    Agency.objects.create(code="council", name="The council", kind="partner")
    text = """[[agreement]]
    code = "out"
    title = "Crimes for the council"
    party = "The council"
    feed = "force-crimes"
    purposes = ["prevention"]
    basis = "Crime and Disorder Act 1998, section 115"
    every = 1
    due = 1
    start = 2026-01-01
    owner = "x"
    to = ["council"]
    classes = ["force-incident-police"]
    """
    path = tmp_path / "a.toml"
    path.write_text(text.replace('council"]', 'concil"]'))
    with pytest.raises(Faults, match="no agency has the code 'concil'"):
        load_agreements(path, actor=operator, at=AT)
    path.write_text(text)
    [one] = load_agreements(path, actor=operator, at=AT)
    assert (one.to, one.classes) == (["council"], ["force-incident-police"])
    assert shared_with(one_agency("council"), "prevention", ON) == {"force-crime-police", "force-incident-police"}
    assert shared_with(one_agency("police"), "prevention", ON) == {"council-asb-police", "hmrc-intelligence-police"}


def one_agency(code: str) -> Agency:
    """The agency of a code."""
    return Agency.objects.get(code=code)


@pytest.mark.parametrize("role", ["control-room", "neighbourhood-officer", "investigator"])
def test_danger_to_life_reaches_dispatch_for_any_purpose_it_may_state(held: dict[str, str], role: str) -> None:
    """Law 4: sanitised records of danger that dispatch may see; a partner may not."""
    RecordClass.objects.create(
        code="force-danger-safety", source="force", category="danger", handling="safety", controller="The Chief Constable",
        regime="part3", onward="x",
    )  # fmt: skip
    for purpose in may_state(frozenset({role}), "police"):
        assert "force-danger-safety" in allowed_classes(somebody(role, purpose=purpose))
    assert "force-danger-safety" not in allowed_classes(somebody("hub-worker", purpose="safeguarding", kind="partner"))
