"""Adding people and editing what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions.identity import IdHeld, agree, take_id, take_phone
from wuyicun.domains.registry.actions.seeing import HOME, STAY, Marks, Merged, mark, merge, values_of_person
from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.registry.models import Household, Person, PersonGroup, Worker
from wuyicun.domains.registry.rules import Group, IdKind, Residence, Sex, Whereabouts, is_away
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

SOURCE_BY_HAND = "hand"


class AlreadyInHousehold(Refusal):
    """Somebody of that name lives there already."""

    code = "already_in_household"
    words = _("这一户里已经有%(name)s")


class ChangedMeanwhile(Refusal):
    """Somebody else has changed the same since the form was opened.

    `data["fields"]` names what both have changed, `data["mine"]` all that the later one has.
    """

    code = "changed_meanwhile"
    words = _("您打开以后，别人改过这条登记。请看两边的内容再定")


@dataclass(frozen=True)
class PersonFields:
    """What a form says of a person. Numbers are texts as they were typed; '' is not known."""

    name: str
    sex: str = Sex.UNKNOWN
    birth_date: date | None = None
    id_kind: str = IdKind.RESIDENT
    id_number: str = ""
    phone: str = ""
    relation: str = ""
    residence: str = Residence.RESIDENT
    address: str = ""
    registered_address: str = ""
    workplace: str = ""
    party_member: bool = False
    sampling_code: bool = False
    note: str = ""


@dataclass(frozen=True)
class Stay:
    """Where a person is now.

    Attributes:
        text: the place in words (阳泉市城区).
        since, expected_return: days; the latter only of somebody who is away.
    """

    whereabouts: str = Whereabouts.IN_VILLAGE
    text: str = ""
    since: date | None = None
    expected_return: date | None = None


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be added: who they are, where they are now, which groups they belong to."""

    fields: PersonFields
    stay: Stay = field(default_factory=Stay)
    groups: Collection[Group] = ()


EDITABLE = tuple(each.name for each in fields(PersonFields))


@transaction.atomic
def add_person(
    *, village_id: UUID, home: Household | Leaf, newcomer: Newcomer, by: UUID | None, at: datetime
) -> Person:
    """A new person; open rounds take them in.

    Args:
        home: the household they belong to, or the leaf where somebody without one is looked after.

    Raises:
        IdNotRead, IdHeld, IdDisputed, PhoneNotRead: see `identity`.
        AlreadyInHousehold: somebody of that name lives there.
    """
    at_home = isinstance(home, Household)
    person = Person(
        village_id=village_id,
        household=home if isinstance(home, Household) else None,
        area_id=home.area_id if isinstance(home, Household) else home.id,
        area_path=home.area_path,
        updated_at=at,
        updated_by=by,
    )
    if at_home and _lives_there(person, newcomer.fields.name):
        raise AlreadyInHousehold(name=newcomer.fields.name)
    for name in EDITABLE:
        _set(person, name, getattr(newcomer.fields, name), at)
    settle(person, newcomer.stay)
    agree(person)
    _save(person)
    PersonGroup.rows().bulk_create(
        PersonGroup(village_id=village_id, person=person, group=group, starts_on=day_of(at), source=SOURCE_BY_HAND)
        for group in sorted(set(newcomer.groups))
    )
    indexing.reindex(village_id, people=[person.pk])
    audit("registry.add_person", by=by, at=at, village_id=village_id, subject=("person", person.pk))
    publish(PeopleChanged(village_id, (person.pk,), by, at))
    return person


@transaction.atomic
def edit_person(
    *,
    person: Person,
    values: Mapping[str, object],
    seen_at: datetime,
    seen: Marks | None = None,
    by: UUID | None,
    at: datetime,
) -> Person:
    """Change fields of a person.

    Args:
        values: new values by the name of a field of `PersonFields`.
        seen_at: `updated_at` of what the editor saw.
        seen: the marks of the values that the editor saw: others' changes of other fields stay beside theirs.

    Raises:
        ChangedMeanwhile: somebody else changed the person since; with `seen`, one of the same fields.
        IdNotRead, IdHeld, IdDisputed, PhoneNotRead: see `identity`.
    """
    current = locked(person)
    changed = differing(current, values)
    if seen is not None:
        merged = merge(values_of_person(current, values), values, seen)
        refuse_both(merged)
        changed = [name for name in changed if name in merged.mine]
    elif changed and current.updated_at != seen_at:
        raise ChangedMeanwhile(fields=changed, mine=changed)
    if not changed:
        return current
    for name in changed:
        if name not in ("id_kind", "id_number"):
            _set(current, name, values[name], at)
    if "id_kind" in changed or "id_number" in changed:
        current.id_kind = str(values.get("id_kind", current.id_kind or IdKind.RESIDENT))
        take_id(current, str(values.get("id_number", current.id_number or "")), on=day_of(at))
    agree(current)
    current.updated_at, current.updated_by = at, by
    _save(current)
    indexing.reindex(current.village_id, people=[current.pk])
    audit(
        "registry.edit_person",
        by=by,
        at=at,
        village_id=current.village_id,
        subject=("person", current.pk),
        data={"fields": changed},
    )
    publish(PeopleChanged(current.village_id, (current.pk,), by, at))
    return current


def refuse_both(merged: Merged) -> None:
    """Raises ChangedMeanwhile where both have changed the same."""
    if merged.both:
        raise ChangedMeanwhile(fields=list(merged.both), mine=list(merged.mine))


def refuse_changed(person: Person, seen: Marks | None, names: Collection[str] = ()) -> None:
    """Raises ChangedMeanwhile where somebody else has changed the person (of `names` only, where some are given)."""
    now = values_of_whole(person)
    changed = [] if seen is None else [name for name in names or now if mark(now[name]) != seen.get(name)]
    if changed:
        raise ChangedMeanwhile(fields=changed, mine=[])


def end_work(person: Person, at: datetime) -> list[str]:
    """Take who has left or died off the roster of the worksite; the ids of the rows."""
    rows = Worker.rows().filter(village_id=person.village_id, person=person, ends_on__isnull=True)
    ended = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.update(ends_on=day_of(at))
    return ended


def resume_work(person: Person) -> None:
    """Put who comes back on the roster from which leaving has taken them, while their workplace is still called so."""
    rows = Worker.rows().filter(village_id=person.village_id, person=person)
    if person.left_at is None or rows.filter(ends_on__isnull=True).exists():
        return
    rows = rows.filter(ends_on=day_of(person.left_at), place__name=person.workplace, place__closed_at__isnull=True)
    last = rows.order_by("-starts_on", "-pk").first()
    if last is not None:
        last.ends_on = None
        last.save(update_fields=["ends_on"])


def values_of_whole(person: Person) -> dict[str, object]:
    """All that a page shows of a person, where they belong and that they have left included."""
    return values_of_person(person, (*EDITABLE, *STAY, *HOME))


def differing(person: Person, values: Mapping[str, object]) -> list[str]:
    """The fields that would change; a kind of paper without a number says nothing."""
    names = [name for name in EDITABLE if name in values and (getattr(person, name) or "") != (values[name] or "")]
    if "id_kind" in names and not (person.id_number or values.get("id_number")):
        names.remove("id_kind")
    return names


def locked(person: Person) -> Person:
    """The person as they are now, theirs alone until the transaction ends."""
    return Person.rows().select_for_update().get(village_id=person.village_id, pk=person.pk)


def settle(person: Person, stay: Stay) -> None:
    """Say where a person is; only who is away is expected back."""
    person.whereabouts = stay.whereabouts
    person.whereabouts_text = stay.text
    person.whereabouts_since = stay.since
    person.expected_return = stay.expected_return if is_away(Whereabouts(stay.whereabouts)) else None


def day_of(at: datetime) -> date:
    """The day on the village's calendar."""
    return timezone.localtime(at).date()


def _lives_there(person: Person, name: str) -> bool:
    same = Person.rows().filter(village_id=person.village_id, household=person.household, name=name)
    return same.filter(left_at__isnull=True).exists()


def _set(person: Person, name: str, value: object, at: datetime) -> None:
    if name == "id_number":
        take_id(person, str(value), on=day_of(at))
    elif name == "phone":
        take_phone(person, str(value))
    else:
        setattr(person, name, value)


def _save(person: Person) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        if "id_number_held_once" in str(error):  # somebody else was given the number a moment ago
            raise IdHeld(person_id=None) from error
        raise
