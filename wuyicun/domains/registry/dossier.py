"""Everything that is kept of one person, household (一户一档) or place, numbers masked, with who changed what when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from wuyicun.domains.registry.labels import FIELD, GROUP, LEFT_REASON, REVEAL_REASON, WHEREABOUTS
from wuyicun.domains.registry.listing import HouseholdRow, PlaceRow, household_row, places_in_brief
from wuyicun.domains.registry.models import Household, LifeEvent, Pairing, Person, PersonGroup, Place
from wuyicun.domains.registry.naming import masked_id
from wuyicun.domains.registry.queries import PersonBrief, brief, merged_into
from wuyicun.domains.registry.rules import Life, Verdict
from wuyicun.domains.registry.worksites import Work, work_of
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.audit import queries as audit
from wuyicun.kernel.web.formatting import masked_phone


@dataclass(frozen=True)
class GroupHeld:
    """A group somebody belongs to now."""

    code: str
    since: date
    source: str


@dataclass(frozen=True)
class Happening:
    """Something that was done to a person or household.

    Attributes:
        action: its code in the audit.
        about: the words of what was changed or why.
        by: a name, '' for the program itself.
    """

    at: datetime
    by: str
    action: str
    about: Sequence[str]


@dataclass(frozen=True)
class LifeLine:
    """A birth or death that was registered and stands.

    Attributes:
        kind: a code of `rules.Life`.
        other: the mother of whom the page is about, or a child of theirs.
    """

    id: UUID
    kind: str
    on: date
    other: PersonBrief | None = None


@dataclass(frozen=True)
class PersonFile:
    """A person's page.

    Attributes:
        id_number, phone: masked; '' when there is none.
        unread: which of the two the roster has in a form that could not be read.
        merged_into: in whom they are kept, if they were registered twice, by the decision `pairing`.
        also: who was merged into them.
        updated_by: a name.
    """

    brief: PersonBrief
    id_kind: str
    id_number: str
    phone: str
    unread: frozenset[str]
    relation: str
    residence: str
    whereabouts_text: str
    whereabouts_since: date | None
    expected_return: date | None
    address: str
    registered_address: str
    workplace: str
    party_member: bool
    sampling_code: bool
    note: str
    problems: Sequence[str]
    left_at: datetime | None
    left_reason: str
    merged_into: PersonBrief | None
    pairing: UUID | None
    also: Sequence[PersonBrief]
    born: LifeLine | None
    died: LifeLine | None
    children: Sequence[LifeLine]
    work: Work | None
    updated_at: datetime
    updated_by: str
    groups: Sequence[GroupHeld]
    history: Sequence[Happening]


@dataclass(frozen=True)
class HouseholdFile:
    """A household's page."""

    row: HouseholdRow
    area_path: str
    updated_at: datetime | None
    updated_by: str
    former: Sequence[PersonBrief]
    details: dict[UUID, MemberDetail]
    history: Sequence[Happening]


@dataclass(frozen=True)
class PlaceFile:
    """A place's page; the contact's phone is masked."""

    row: PlaceRow
    note: str
    updated_at: datetime | None
    updated_by: str
    closed_at: datetime | None
    history: Sequence[Happening]


@dataclass(frozen=True)
class MemberDetail:
    """What a household's page shows of a member beyond the brief."""

    relation: str
    residence: str
    whereabouts_text: str
    whereabouts_since: date | None
    expected_return: date | None
    sampling_code: bool
    problems: Sequence[str]
    updated_at: datetime


def of_person(person: Person) -> PersonFile:
    """The file of a person who was fetched by `access`."""
    groups = PersonGroup.rows().filter(village_id=person.village_id, person=person, ends_on__isnull=True)
    history = _history(person.village_id, person.pk)
    also = merged_into(person.village_id, person.pk)
    elsewhere = brief(person.village_id, [*also, *([person.merged_into_id] if person.merged_into_id else [])])
    life = _life(person)
    number, phone, by = person.id_number, person.phone, person.updated_by
    return PersonFile(
        brief=brief(person.village_id, [person.pk])[person.pk],
        id_kind=person.id_kind,
        id_number=masked_id(number) if number else "",
        phone=masked_phone(phone) if phone else "",
        unread=frozenset(person.unread),
        relation=person.relation,
        residence=person.residence,
        whereabouts_text=person.whereabouts_text,
        whereabouts_since=person.whereabouts_since,
        expected_return=person.expected_return,
        address=person.address,
        registered_address=person.registered_address,
        workplace=person.workplace,
        party_member=person.party_member,
        sampling_code=person.sampling_code,
        note=person.note,
        problems=person.problems,
        left_at=person.left_at,
        left_reason=person.left_reason,
        merged_into=elsewhere.get(person.merged_into_id) if person.merged_into_id else None,
        pairing=_pairing(person) if person.merged_into_id else None,
        also=[elsewhere[each] for each in also],
        born=next((each for each, of in life if each.kind == Life.BIRTH and of == person.pk), None),
        died=next((each for each, of in life if each.kind == Life.DEATH and of == person.pk), None),
        work=work_of(person.village_id, person.pk),
        children=[each for each, of in life if of != person.pk],
        updated_at=person.updated_at,
        updated_by=accounts.names_of([by]).get(by, "") if by else "",
        groups=[GroupHeld(each.group, each.starts_on, each.source) for each in groups.order_by("starts_on", "group")],
        history=history,
    )


def _life(person: Person) -> list[tuple[LifeLine, UUID]]:
    """The births and deaths that stand, of the person and of children born to them, and of whom each is."""
    about = Q(person=person) | Q(mother=person)
    rows = LifeEvent.rows().filter(about, village_id=person.village_id, undone_at__isnull=True).order_by("happened_on")
    columns = list(rows.values_list("pk", "kind", "happened_on", "person_id", "mother_id"))
    others = brief(person.village_id, {each for row in columns for each in row[3:] if each and each != person.pk})
    return [
        (LifeLine(pk, kind, on, others.get(mother if of == person.pk else of)), of)
        for pk, kind, on, of, mother in columns
    ]


def _pairing(person: Person) -> UUID | None:
    rows = Pairing.rows().filter(village_id=person.village_id, other_id=person.pk, undone_at__isnull=True)
    return rows.filter(verdict=Verdict.SAME).values_list("pk", flat=True).first()


def of_household(household: Household) -> HouseholdFile:
    """The file of a household that was fetched by `access`."""
    village_id, by = household.village_id, household.updated_by
    people = list(Person.rows().filter(village_id=village_id, household=household).order_by("pk"))
    briefs = brief(village_id, [person.pk for person in people])
    members = [briefs[person.pk] for person in people if person.left_at is None]
    return HouseholdFile(
        row=household_row(household, territory.names(village_id), members),
        area_path=household.area_path,
        updated_at=household.updated_at,
        updated_by=accounts.names_of([by]).get(by, "") if by else "",
        former=[briefs[person.pk] for person in people if person.left_at is not None],
        details={person.pk: _detail(person) for person in people},
        history=_history(village_id, household.pk),
    )


def of_place(place: Place) -> PlaceFile:
    """The file of a place that was fetched by `access`."""
    by = place.updated_by
    return PlaceFile(
        row=places_in_brief(place.village_id, [place.pk])[place.pk],
        note=place.note,
        updated_at=place.updated_at,
        updated_by=accounts.names_of([by]).get(by, "") if by else "",
        closed_at=place.closed_at,
        history=_history(place.village_id, place.pk),
    )


def _detail(person: Person) -> MemberDetail:
    return MemberDetail(
        person.relation,
        person.residence,
        person.whereabouts_text,
        person.whereabouts_since,
        person.expected_return,
        person.sampling_code,
        person.problems,
        person.updated_at,
    )


def _history(village_id: UUID, subject: UUID) -> list[Happening]:
    """What was done, latest first; who did it by name."""
    told = audit.of_subjects(village_id, [subject])
    names = accounts.names_of([each.by for each in told if each.by])
    return [Happening(each.at, names.get(each.by, "") if each.by else "", each.action, _about(each)) for each in told]


def _about(told: audit.Told) -> list[str]:
    data = told.data
    words: list[str] = []
    if isinstance(fields := data.get("fields"), list):
        words += [str(FIELD.get(name, name)) for name in fields]
    for key in ("started", "ended"):
        if isinstance(groups := data.get(key), list):
            words += [("+" if key == "started" else "−") + str(GROUP.get(code, code)) for code in groups]
    if (number := data.get("number")) and told.action == "registry.reveal":
        words.append(str(FIELD.get(str(number), number)))
    for key, labels in (("whereabouts", WHEREABOUTS), ("reason", {**LEFT_REASON, **REVEAL_REASON})):
        if code := data.get(key):
            words.append(str(labels.get(str(code), "")))
    return [word for word in words if word]
