"""O1 and O4: the network picture of a group with its table, and what falls with each report that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from peelian.access.actor import Actor
from peelian.analysis.networks import betweenness, call_in, components, degree, dismantle, ties_of
from peelian.casework.models import Item
from peelian.casework.reading import Loaded
from peelian.casework.sight import cases
from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Figure, Finding, Note, Paragraph, Section, Source, Table
from peelian.core.kinds import Case
from peelian.core.kinds.journal import read
from peelian.documents.network_chart import network_chart
from peelian.identity.persons import known, persons_of

from .assertions import Assertion, Fall, Holdings, Member, fall, picture
from .briefing import ENTRY
from .group_links import links
from .groups import GROUP
from .groups_rules import GONE, assertion_of, assertions_of, picture_of
from .intelligence import REPORT

MARKING = "OFFICIAL-SENSITIVE"
SEEN = "seen together, not asserted"
PARTS = ("assertions", "weighings")
STEPS = 6  # removals shown
FALLEN = Q(stage__in=GONE) | Q(facts__assessment="E")


def as_case(case: Loaded, at: datetime) -> Case:
    """A loaded case as rules read it."""
    return Case(case.state, at, case.who, around=case.around)


def names(refs: list[str], actor: Actor) -> dict[str, str]:
    """The name of each person that the reader may see; for another, words that say so."""
    held = persons_of(known(actor).filter(ref__in=refs), actor=actor)
    of = {m.ref: p.name for p in held for m in p.mentions}
    return {ref: of.get(ref, "a person you may not see") for ref in refs}


def network(*, actor: Actor, at: datetime, case: Loaded) -> Document:
    """Who belongs, who is tied to whom, without whom it comes apart, and whom a call-in would reach."""
    actor = actor.for_one_look()
    told = as_case(case, at)
    members = picture_of(told).members
    seen = (
        [r.strip() for r in (told.get("people_seen") or "").split(",") if r.strip()]
        if case.state.stage == "candidate"
        else []
    )
    people = [*sorted(members, key=lambda p: (not members[p].principal, p)), *(r for r in seen if r not in members)]
    blocks: list[Block] = [
        Note("A tie says that records put two people together, not that they act together. Victims, exploited children and people whose homes were "
             "taken over stand in no picture of a group; children and people on a record of care are left out of every link, and so is what a "
             "victim's device told.")
    ]  # fmt: skip
    if len(people) < 2:
        blocks.append(Paragraph("Fewer than two members are asserted: there is no network to draw."))
    else:
        blocks += _drawn(people, members, actor, at)
    return Document(f"Network of {told.get('group_name') or 'the group'}", "Who is tied to whom, as records say", MARKING, london_day(at),
                    sections=(Section("Network", tuple(blocks)),))  # fmt: skip


def _drawn(people: list[str], members: Mapping[str, Member], actor: Actor, at: datetime) -> list[Block]:
    found = links(actor=actor, at=at)
    rows_of = known(actor).filter(ref__in=people).values_list("ref", "component_id", "key")
    of = {ref: str(component or key) for ref, component, key in rows_of}
    place = {person: n for n, person in enumerate(people)}
    back = {of[p]: p for p in people if p in of}
    pairs = [(back[a], back[b], float(w.total()), w) for (a, b), w in found.why.items() if a in back and b in back]
    ties = ties_of(((a, b, s) for a, b, s, _ in pairs), people)
    said = names(people, actor)
    number = {p: f"{place[p] + 1}" for p in people}
    kinds = [_kind(members.get(p)) for p in people]
    degrees, between = degree(ties), betweenness(ties, distance="1/strength")
    source = Source(
        "Records of police that you may see",
        "reports, crimes, arrests, telephones and vehicles; distance is 1 / number of ties",
    )
    who = Table("Who is in the picture", (Column("No."), Column("Name"), Column("Standing"), Column("Sources", "number"), Column("Tied to", "number"),
                                          Column("Stands between (betweenness)", "number", decimals=1)),
                tuple((number[p], said[p], kinds[place[p]], members[p].sources if p in members else 0, degrees[p], between[p]) for p in people),
                sources=(source,))  # fmt: skip
    rows = sorted(((place[a], place[b], s, w) for a, b, s, w in pairs), key=lambda r: (-r[2], r[0], r[1]))
    tied = Table("Who is tied to whom", (Column("No."), Column("No."), Column("Ties", "number"), Column("By what")),
                 tuple((str(a + 1), str(b + 1), s, "; ".join(f"{what} ({n})" for what, n in sorted(w.items()))) for a, b, s, w in rows))  # fmt: skip
    alone = sum(not ties[p] for p in people)
    title = f"{_many(len(pairs), 'pair')} of {len(people)} people {'is' if len(pairs) == 1 else 'are'} tied; {_many(alone, 'person', 'people')} tied to nobody here"
    alt = f"Points with numbers, {len(people)} in all, joined by {len(pairs)} lines; the table after it names both ends of each line."
    if not pairs:
        return [
            who,
            Paragraph(
                "Records tie none of them to another: there is nothing to draw. What puts them in one group stands in the assertions alone."
            ),
        ]
    drawing = network_chart(kinds, [(a, b, s) for a, b, s, _ in rows])
    return [who, Figure(title, drawing, alt, tied, (source,)), *_reach(ties, number, said)]


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _kind(member: Member | None) -> str:
    if member is None:
        return SEEN
    return "principal" if member.principal else f"member ({member.level})"


def _reach(ties: Mapping[str, Mapping[str, float]], number: Mapping[str, str], said: Mapping[str, str]) -> list[Block]:
    """Without whom it comes apart, and whom to call in."""
    if not any(ties.values()):
        return []
    steps = dismantle(ties, lambda t: betweenness(t, distance="1/strength"), steps=STEPS)
    apart = Table("How it comes apart when whoever stands most between others is taken out, one after another",
                  (Column("Taken out", "number"), Column("Who"), Column("Left in the largest part", "percent")),
                  tuple((n, f"{number[s.gone[0]]} {said[s.gone[0]]}" if s.gone else "nobody", s.left) for n, s in enumerate(steps)),
                  note="Of those who score alike, the one who stands first in the table. Networks of this kind mend: look again after each arrest.")  # fmt: skip
    asked = call_in(ties)
    words = "; ".join(f"{number[p]} {said[p]}" for p in asked.chosen)
    reach = Finding("call-in", f"A message to {len(asked.chosen)} people reaches everybody in the picture directly or through one other "
                    f"(no fewer than {asked.least} can): {words}.")  # fmt: skip
    parts = len(components(ties))
    joined = (
        "Ties join everybody in the picture."
        if parts == 1
        else f"The picture falls into {parts} parts that no tie joins."
    )
    return [apart, reach, Paragraph(joined)]


def falls(*, actor: Actor, at: datetime, case: Loaded) -> Document:
    """For each report that the group rests on, what falls if it no longer holds."""
    told = as_case(case, at)
    held, day = assertions_of(told), london_day(at)
    before = picture(held, day)
    reports = sorted({a.report for a in held})
    seen = cases(actor).filter(kind=REPORT.name, ref__in=reports).values_list("ref", "facts")
    described = {
        ref: f"{ref[:8]}: {facts.get('topic', 'report')}, known {date.fromisoformat(facts['information_on']):%-d %B %Y}"
        for ref, facts in seen
    }
    said = names(sorted({a.person for a in held if a.person}), actor)
    rows = [_row(described.get(ref, ref) or "no report is named", [a for a in held if a.report == ref],
                 fall(before, picture([a for a in held if a.report != ref], day)), said) for ref in reports]  # fmt: skip
    lost = [a for a in (*told.assertions, *told.weighings) if a.it.id not in {h.id for h in held}]
    blocks: list[Block] = [
        Paragraph(
            f"{_many(len(held), 'assertion')} stand, on {_many(len([r for r in reports if r]), 'report')}. The score is worked out from them, never typed."
        ),
        Table("If this report no longer holds", _COLUMNS, tuple(rows)),
    ]
    if lost:
        blocks.append(Note(f"Assertions that rest on a report which was withdrawn, deleted, or is suspected to be false, and count no more: {len(lost)}.",
                           "What has fallen"))  # fmt: skip
    return Document(f"What {told.get('group_name') or 'the group'} rests on", "What falls with each report", MARKING, day,
                    sections=(Section("What falls", tuple(blocks)),))  # fmt: skip


_COLUMNS = (
    Column("Report"),
    Column("Assertions", "number"),
    Column("No longer members"),
    Column("Less firm"),
    Column("Risk before"),
    Column("Risk after"),
)


def _row(ref: str, rests: list[Assertion], what: Fall, said: Mapping[str, str]) -> tuple[str, int, str, str, str, str]:
    def listed(people: tuple[str, ...]) -> str:
        return "; ".join(said.get(p, "a person you may not see") for p in people) or "nobody"

    def score(risk: Any) -> str:
        return "not known" if risk is None else f"{risk.score:.1f}, confidence {risk.confidence}"

    return ref, len(rests), listed(what.gone), listed(what.weaker), score(what.before), score(what.after)


def resting(*, actor: Actor, at: datetime, case: Loaded) -> Document:
    """The groups of which something rests on an intelligence report, and what falls with it."""
    day, ref = london_day(at), case.case.ref
    held, label = resting_on(ref, actor)
    fell = held.retract(reports=[ref], on=day)
    people = sorted({p for f in fell.values() for p in (*f.gone, *f.weaker)})
    said = names(people, actor)
    rows = tuple(
        (label[g], *_row("", [], f, said)[2:]) for g, f in sorted(fell.items(), key=lambda pair: label[pair[0]])
    )
    blocks: list[Block] = [Table("If this report no longer holds", (Column("Group"), *_COLUMNS[2:]), rows)] if rows else [
        Paragraph("Nothing of a group that you may see rests on this report.")]  # fmt: skip
    told = cases(actor).filter(kind=ENTRY.name, stage="shown", facts__from_report=ref)
    if teams := sorted(str(c.facts["team"]) for c in told):
        blocks.append(
            Note(
                f"Teams are told of it: {', '.join(teams)}. If it no longer holds, take it off their briefing.",
                "Briefings",
            )
        )
    return Document("What rests on this report", "Groups and scores that fall with it, and who was told", MARKING, day,
                    sections=(Section("What falls", tuple(blocks)),))  # fmt: skip


def resting_on(report: str, actor: Actor) -> tuple[Holdings, dict[str, str]]:
    """The assertions of the groups that the reader may see and of which one rests on a report; and the groups' names."""
    seen = cases(actor).filter(kind=GROUP.name)
    rests = Item.objects.filter(case__in=seen, part__in=PARTS, withdrawn=False)
    ids = list(rests.filter(facts__report=report).values_list("case_id", flat=True).distinct())
    about = {part: GROUP.item_about(part) for part in PARTS}
    rows = rests.filter(case_id__in=ids).values_list("case__ref", "part", "item", "facts")
    label = {ref: facts.get("group_name") or ref for ref, facts in seen.filter(pk__in=ids).values_list("ref", "facts")}
    held = [assertion_of(group, f"{group} {item}", read(about[part], facts)) for group, part, item, facts in rows]
    others = {a.report for a in held} - {report}
    gone = set(cases(actor).filter(kind=REPORT.name, ref__in=others).filter(FALLEN).values_list("ref", flat=True))
    return Holdings(a for a in held if a.report not in gone), label
