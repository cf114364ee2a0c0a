"""What can be said of many people at once: where they are, a group, whether the sampling code is registered.

Of each it is kept what stood there, and given back only where what was said still stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from wuyicun.domains.registry.actions.people import SOURCE_BY_HAND, Stay, day_of, settle
from wuyicun.domains.registry.actions.seeing import STAY, plain, stand, stands
from wuyicun.domains.registry.models import BulkChange, BulkItem, Person, PersonGroup


@dataclass(frozen=True)
class Change:
    """What shall be said of everybody; what is None or '' stays as it is.

    Attributes:
        join, leave: codes of `rules.Group`.
        code: whether the sampling code is registered.
    """

    stay: Stay | None = None
    join: str = ""
    leave: str = ""
    code: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {**asdict(self), "stay": plain(asdict(self.stay)) if self.stay else None}

    @staticmethod
    def of_json(value: Mapping[str, Any]) -> Change:
        """The same again."""
        stay = value["stay"]
        days = {name: date.fromisoformat(stay[name]) for name in ("since", "expected_return") if stay and stay[name]}
        return Change(
            Stay(stay["whereabouts"], stay["text"], days.get("since"), days.get("expected_return")) if stay else None,
            value["join"],
            value["leave"],
            value["code"],
        )


def written(person: Person) -> dict[str, Any]:
    """What is set in a person's own row."""
    return {name: getattr(person, name) for name in ("id", *STAY, "sampling_code")}


def told(change: Mapping[str, Any]) -> dict[str, Any]:
    """What the history of each says of it."""
    return {
        "whereabouts": change["stay"]["whereabouts"] if change["stay"] else None,
        "started": [change["join"]] if change["join"] else [],
        "ended": [change["leave"]] if change["leave"] else [],
        "fields": ["sampling_code"] if change["code"] is not None else [],
    }


def change_people(
    bulk: BulkChange, items: Sequence[BulkItem], people: Mapping[UUID, Person], at: datetime
) -> list[Person]:
    """Change a portion and note on its items what stood there; returns who was changed."""
    change = Change.of_json(bulk.change)
    groups = _Groups(bulk.village_id, people, at)
    touched = []
    for item in items:
        person = people.get(item.person_id)
        item.changed = False
        if person is None or person.left_at is not None:
            continue
        before = _set(person, change)
        if change.join and (made := groups.start(person, change.join)):
            before["joined"] = made
        if change.leave and (ended := groups.end(person, change.leave)):
            before["ended"] = ended
        item.before, item.changed = before, bool(before)
        if before:
            touched.append(person)
    groups.save()
    return touched


def _set(person: Person, change: Change) -> dict[str, Any]:
    """Change what stands in the person's own row; returns what stood there, {} when it is the same."""
    before: dict[str, Any] = {}
    if change.stay is not None:
        stood = stands(person)
        settle(person, change.stay)
        if stands(person) != stood:
            before["stay"] = stood
    if change.code is not None and person.sampling_code != change.code:
        before["code"], person.sampling_code = person.sampling_code, change.code
    return before


def restore_people(
    bulk: BulkChange, items: Sequence[BulkItem], people: Mapping[UUID, Person], at: datetime
) -> list[Person]:
    """Give a portion back what stood there; returns who was changed back."""
    change = Change.of_json(bulk.change)
    regrouped = _restore_groups(bulk.village_id, items, day_of(bulk.made_at))
    touched = []
    for item in items:
        person, before = people.get(item.person_id), item.before
        item.restored = False
        if person is None:
            continue
        if "stay" in before and change.stay is not None and stands(person) == _after(person, change.stay):
            stand(person, before["stay"])
            item.restored = True
        if "code" in before and person.sampling_code == change.code:
            person.sampling_code, item.restored = before["code"], True
        item.restored |= person.pk in regrouped
        if item.restored:
            touched.append(person)
    return touched


def _restore_groups(village_id: UUID, items: Sequence[BulkItem], day: date) -> set[UUID]:
    """Take back what was joined and not ended since, and open again what was ended; returns whose group changed."""
    rows = PersonGroup.rows().filter(village_id=village_id)
    joined = rows.filter(pk__in=[item.before["joined"] for item in items if "joined" in item.before])
    ended = rows.filter(pk__in=[item.before["ended"] for item in items if "ended" in item.before], ends_on__gte=day)
    joined = joined.filter(ends_on__isnull=True)
    again = rows.filter(person=OuterRef("person"), group=OuterRef("group"), ends_on__isnull=True)
    reopened = ended.filter(ends_on__isnull=False).exclude(Exists(again))
    gone, back = dict(joined.values_list("pk", "person_id")), dict(reopened.values_list("pk", "person_id"))
    rows.filter(pk__in=gone).delete()
    rows.filter(pk__in=back).update(ends_on=None)
    return {*gone.values(), *back.values()}


def _after(person: Person, stay: Stay) -> dict[str, Any]:
    changed = Person(whereabouts=person.whereabouts)
    settle(changed, stay)
    return stands(changed)


class _Groups:
    """The groups of a portion's people, read and written at once."""

    def __init__(self, village_id: UUID, people: Collection[UUID], at: datetime) -> None:
        self._village_id, self._day = village_id, day_of(at)
        rows = PersonGroup.rows().filter(village_id=village_id, person_id__in=people, ends_on__isnull=True)
        self._held = {(row.person_id, row.group): row for row in rows}
        self._started: list[PersonGroup] = []
        self._ended: list[PersonGroup] = []

    def start(self, person: Person, group: str) -> str:
        """The id of the new row; '' where they are in it."""
        if (person.pk, group) in self._held:
            return ""
        row = PersonGroup(
            village_id=self._village_id, person=person, group=group, starts_on=self._day, source=SOURCE_BY_HAND
        )
        self._started.append(row)
        return str(row.pk)

    def end(self, person: Person, group: str) -> str:
        """The id of the row that ends; '' where they are not in it."""
        row = self._held.get((person.pk, group))
        if row is None:
            return ""
        row.ends_on = self._day
        self._ended.append(row)
        return str(row.pk)

    def save(self) -> None:
        """Write all of it."""
        PersonGroup.rows().bulk_create(self._started)
        ended = [row.pk for row in self._ended]
        PersonGroup.rows().filter(village_id=self._village_id, pk__in=ended).update(ends_on=self._day)
