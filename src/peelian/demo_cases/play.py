"""People of the demonstration act on cases as they would have, so many hours ago; every entry goes through `casework.store`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Manager, Model

from peelian.access.actor import Actor
from peelian.access.models import RecordClass, User
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.casework.bulk import settled
from peelian.records.models import Area, Mention

Row = TypeVar("Row", bound=Model)


class _Districts(Sequence[str]):
    """Names of the county's first three districts; a county of fewer lends made-up names to the rest."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, n: Any) -> Any:
        held = Area.objects.filter(kind="district").order_by("code").values_list("name", flat=True)[:3]
        return [*held, *("Aldmoor", "Brackwater", "Caldershore")[len(held) :]][n]


DISTRICTS = _Districts()


class Play:
    """People of the demo act on cases, so many hours ago."""

    def __init__(self, now: datetime, purpose: str = "safeguarding") -> None:
        self.now, self.purpose = now, purpose
        self.actors: dict[str, Actor] = {}
        self.classes = 0
        self.codes = dict(Area.objects.filter(kind="district").values_list("name", "code"))

    def actor(self, name: str) -> Actor:
        """Somebody, for the purpose of this story; what they may see is asked anew when the first case of a kind made its class."""
        if (classes := RecordClass.objects.count()) != self.classes:
            self.actors, self.classes = {}, classes
        if name not in self.actors:
            user = User.objects.select_related("agency").get(username=name)
            self.actors[name] = Actor.of(user, self.purpose, reason="the demonstration").for_one_look()
        return self.actors[name]

    def placed(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same facts with the district by its code."""
        return {**given, "area": self.codes.get(given["area"], given["area"])} if given.get("area") else given

    def ago(self, hours: float) -> datetime:
        """The instant so many hours ago, to the minute."""
        return (self.now - timedelta(hours=hours)).replace(second=0, microsecond=0)

    def open(self, by: str, hours: float, kind: str, act: str, given: Mapping[str, Any], **more: Any) -> str:
        """Open a case; its ref. A district is told by its name, and kept by its code as a form keeps it."""
        return store.open_case(kind, act, self.placed(given), actor=self.actor(by), at=self.ago(hours), **more).ref

    def do(
        self, by: str, hours: float, ref: str, act: str, given: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Do an act."""
        store.do(ref, act, self.placed(given or {}), actor=self.actor(by), at=self.ago(hours), **more)

    def decide(
        self, by: str, hours: float, ref: str, name: str, outcome: str, given: Mapping[str, Any] | None = None, why: str = "seen so"
    ) -> None:  # fmt: skip
        """Take a decision."""
        store.decide(ref, name, outcome, given or {}, actor=self.actor(by), at=self.ago(hours), reason=why)

    def hand(self, by: str, to: str, hours: float, ref: str, *, accepted: float | None) -> None:
        """Offer a case, and accept it so many hours ago; never, where it lies unanswered."""
        store.offer(ref, to, actor=self.actor(by), at=self.ago(hours), reason="allocated")
        if accepted is not None:
            store.accept(ref, actor=self.actor(to), at=self.ago(accepted))


def written(model: type[Row]) -> Manager[Row]:
    """The rows of a table, with all that was played so far."""
    settled()
    return model._default_manager


def people(young: bool, count: int) -> list[Mention]:
    """Made-up people whose records are held: under 18, or over 70."""
    found = Mention.objects.filter(batch__feed="force-people", born_on__isnull=False).select_related("batch")
    found = found.filter(born_on__gte="2009-01-01") if young else found.filter(born_on__lte="1948-01-01")
    picked: dict[tuple[str, str], Mention] = {}
    for mention in found.order_by("key", "pk")[: count * 6]:
        picked.setdefault((mention.surname, mention.forenames), mention)
    return list(picked.values())[:count]


def facts_of(mention: Mention) -> dict[str, Any]:
    """Name, birth, sex and reference, as the form of a missing person asks for them."""
    return {
        "name": f"{mention.forenames} {mention.surname}",
        "born_on": mention.born_on.isoformat(),
        "sex": mention.sex if mention.sex in ("F", "M") else None,
        "subject": ref_of(f"{mention.batch.feed}/{mention.key}"),
    }
