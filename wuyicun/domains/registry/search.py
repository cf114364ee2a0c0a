"""Finding people, households and places by whatever is at hand: name, pinyin, initials, house number, the last four of
phone or id, the whole of them, or a card.

Look-ups are ranges (`>=` and `<`) over `SearchKey`, since row-level security keeps LIKE off the index. The keys are
written by `indexing`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from uuid import UUID

from django.db.models import Q, QuerySet

from wuyicun.domains.registry import tokens
from wuyicun.domains.registry.indexing import HOUSEHOLD, PERSON, PLACE, digest
from wuyicun.domains.registry.models import CARD, ID_NUMBER, Card, Conflict, Household, Person, Place, SearchKey
from wuyicun.domains.registry.rules import plain, read_id, read_phone
from wuyicun.kernel import spelling
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

__all__ = ["HOUSEHOLD", "PERSON", "PLACE", "By", "Found", "Hit", "find", "people"]

_OF_LETTER = {tokens.PERSON: PERSON, tokens.HOUSEHOLD: HOUSEHOLD, tokens.PLACE: PLACE}

_LAST = "\U0010ffff"  # sorts after everything that may follow in a key
_LOOKED_THROUGH = 12  # keys looked through for each hit that is shown: a subject has several that begin alike
_FOUR = re.compile(r"[0-9]{3}[0-9X]")


class By(Enum):
    """What of somebody or something was found: a card, a number, or words and the number of a house."""

    CARD = auto()
    PHONE = auto()
    ID = auto()
    FOUR = auto()
    WORDS = auto()


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes:
        kind: PERSON, HOUSEHOLD or PLACE.
        rank: how well it fits, 0 is best.
        by: what of it was found.
    """

    kind: str
    subject_id: UUID
    rank: int
    by: By = By.WORDS


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first, and whether there were more."""

    hits: tuple[Hit, ...] = ()
    truncated: bool = False


def find(scope: Scope, village_id: UUID, text: str, *, limit: int = 20) -> Found:
    """People, households and places that the asker may see, in one list, best first.

    Args:
        scope: whoever asks; only what lies in an area over which they hold VIEW_PEOPLE is found.
        text: what was typed or scanned.
    """
    return _find(village_id, text, limit, scope.covering(Permission.VIEW_PEOPLE))


def people(village_id: UUID, text: str, *, limit: int) -> Sequence[UUID]:
    """The people found by the text anywhere in the village, best first; a household stands for its members."""
    hits = _find(village_id, text, limit, Q()).hits
    members = _members(village_id, [hit.subject_id for hit in hits if hit.kind == HOUSEHOLD])
    found: dict[UUID, None] = {}
    for hit in hits:
        if hit.kind == PERSON:
            found.setdefault(hit.subject_id)
        for person in members.get(hit.subject_id, ()):
            found.setdefault(person)
    return list(found)[:limit]


def _typed_numbers(text: str) -> dict[str, By]:
    """The keys of all numbers that the text may be, and what each is."""
    four = plain(text).strip().upper()
    phone, id_number, code = read_phone(text).number, read_id(text).number, tokens.read_short(text)
    keys = {digest("four", four): By.FOUR} if _FOUR.fullmatch(four) else {}
    if phone:
        keys[digest("phone", phone)] = By.PHONE
    if id_number:
        keys[digest("id", id_number)] = By.ID
    if code:
        keys[digest("card", code)] = By.CARD
    return keys


def _find(village_id: UUID, text: str, limit: int, may_see: Q) -> Found:
    visible = SearchKey.rows().filter(may_see, village_id=village_id)
    typed, most = spelling.normal(text), limit * _LOOKED_THROUGH
    by = _by_number(village_id, text, visible, most)
    ranks = dict.fromkeys(by, 0)
    keys: list[tuple[str, str, UUID]] = []
    if typed:
        rows = visible.filter(key__gte=typed, key__lt=typed + _LAST).order_by("key", "subject_id")
        keys = list(rows.values_list("key", "kind", "subject_id")[:most])
    for key, kind, subject in keys:
        ranks.setdefault((kind, subject), 1 if key == typed else 2)
    hits = [replace(hit, by=by.get((hit.kind, hit.subject_id), By.WORDS)) for hit in _ranked(village_id, typed, ranks)]
    return Found(tuple(hits[:limit]), truncated=len(hits) > limit or len(keys) == most)


def _by_number(village_id: UUID, text: str, visible: QuerySet[SearchKey], most: int) -> dict[tuple[str, UUID], By]:
    """Whom of the visible a number or a card names; nobody when the text is neither."""
    token = tokens.read(text)
    if token is not None:
        card = Card.rows().filter(village_id=village_id, token_index=blind_index(token, CARD), lost_at__isnull=True)
        of_card = Q(kind=_OF_LETTER[token[0]], subject_id__in=list(card.values_list("subject_id", flat=True)))
        return dict.fromkeys(visible.filter(of_card).values_list("kind", "subject_id"), By.CARD)
    keys = _typed_numbers(text)
    if not keys:
        return {}
    certain, number = Q(key__in=list(keys)), read_id(text).number
    if number is not None:
        certain |= Q(kind=PERSON, subject_id__in=_claimants(village_id, number))
    rows = visible.filter(certain).values_list("key", "kind", "subject_id")[:most]
    return {(kind, subject): keys.get(key, By.ID) for key, kind, subject in rows}


def _claimants(village_id: UUID, id_number: str) -> list[UUID]:
    """Those under whose names an id number stands that nobody holds until it is decided whose it is."""
    index = blind_index(id_number, ID_NUMBER)
    open_ = Conflict.rows().filter(village_id=village_id, value_index=index, decided_at__isnull=True)
    return [each for pair in open_.values_list("first_id", "second_id") for each in pair if each is not None]


def _ranked(village_id: UUID, typed: str, ranks: Mapping[tuple[str, UUID], int]) -> list[Hit]:
    """Best first: by number; a whole name or number; a name that begins so; a name that has it inside; who has left."""
    by_kind: dict[str, list[UUID]] = {}
    for kind, subject in ranks:
        by_kind.setdefault(kind, []).append(subject)
    order: dict[UUID, tuple[int, str]] = {}
    rows = Person.named(village_id, by_kind.get(PERSON, ()))
    for pk, name, name_sort, left_at in rows.values_list("pk", "name", "name_sort", "left_at"):
        begins = any(key.startswith(typed) for key in spelling.whole_name(name))
        rank = 9 if left_at else ranks[PERSON, pk] * 2 - begins
        order[pk] = (max(rank, 0), name_sort)
    numbers = by_kind.get(HOUSEHOLD, ())
    whole = [pk for pk in numbers if ranks[HOUSEHOLD, pk] < 2]  # who types 12 does not mean 120
    houses = Household.named(village_id, whole or numbers)
    for pk, section, place in houses.values_list("pk", "section_path", "order"):
        order[pk] = (max(ranks[HOUSEHOLD, pk] * 2 - 1, 0), section + place)
    places = Place.named(village_id, by_kind.get(PLACE, ()))
    for pk, closed_at in places.values_list("pk", "closed_at"):
        order[pk] = (9 if closed_at else ranks[PLACE, pk] * 2, "~")
    hits = [Hit(kind, subject, order[subject][0]) for kind, subject in ranks if subject in order]
    return sorted(hits, key=lambda hit: (hit.rank, hit.kind == PLACE, order[hit.subject_id][1], hit.subject_id))


def _members(village_id: UUID, households: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    members: dict[UUID, list[UUID]] = {}
    if households:
        rows = Person.rows().filter(village_id=village_id, household_id__in=households, left_at__isnull=True)
        for household, person in rows.order_by("name_sort", "id").values_list("household_id", "pk"):
            members.setdefault(household, []).append(person)
    return members
