"""What lists for other programs tell beside the brief, a page's worth at once: numbers masked unless asked in clear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wuyicun.domains.registry.models import ID_NUMBER, PHONE, PLACE_PHONE, Household, Person, Place
from wuyicun.domains.registry.naming import masked_id
from wuyicun.kernel.crypto import unseal
from wuyicun.kernel.web.formatting import masked_phone


class Subject(StrEnum):
    """Lists whose cursor must be looked up; that of places is their order."""

    PEOPLE = "people"
    HOUSEHOLDS = "households"


@dataclass(frozen=True, slots=True)
class Details:
    """What a person's brief leaves out; numbers are '' where there are none."""

    residence: str
    relation: str
    party_member: bool
    sampling_code: bool
    id_kind: str
    id_number: str
    phone: str


_DETAILS = ("pk", "residence", "relation", "party_member", "sampling_code", "id_kind", "id_sealed", "phone_sealed")
_MODELS: Mapping[Subject, type[Person] | type[Household]] = {Subject.PEOPLE: Person, Subject.HOUSEHOLDS: Household}


def details(village_id: UUID, ids: Collection[UUID], *, clear: bool) -> Mapping[UUID, Details]:
    """The named people's."""
    rows = Person.named(village_id, ids).values_list(*_DETAILS)
    return {
        pk: Details(
            residence,
            relation,
            party,
            code,
            kind,
            "" if number is None else _shown(unseal(number, ID_NUMBER), masked_id, clear),
            "" if phone is None else _shown(unseal(phone, PHONE), masked_phone, clear),
        )
        for pk, residence, relation, party, code, kind, number, phone in rows
    }


def _shown(number: str, mask: Callable[[str], str], clear: bool) -> str:
    return number if clear else mask(number)


def contacts(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The phones of the named places in clear; a place without one is missing."""
    rows = Place.named(village_id, ids).values_list("pk", "phone_sealed")
    return {pk: unseal(phone, PLACE_PHONE) for pk, phone in rows if phone is not None}


def is_there(subject: Subject, village_id: UUID, row: UUID) -> bool:
    """Is the row that a cursor names still there? Somebody who has left is, what came with an undone import is not."""
    return bool(_MODELS[subject].rows().filter(village_id=village_id, pk=row).exists())
