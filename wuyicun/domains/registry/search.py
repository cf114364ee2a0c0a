"""Finding people, households and places by whatever is at hand: name, pinyin, initials, house number, the last four of
phone or id, the whole of them, or a card.

Look-ups are ranges (`>=` and `<`) over `SearchKey`, since row-level security keeps LIKE off the index. Numbers are kept
as keyed digests behind a `#`, which nothing that is typed begins with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from wuyicun.domains.registry import tokens
from wuyicun.domains.registry.models import CARD, ID_NUMBER, PHONE, Card, Conflict, Household, Person, Place, SearchKey
from wuyicun.domains.registry.naming import keys_of_house
from wuyicun.domains.registry.rules import plain, read_id, read_phone
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import spelling
from wuyicun.kernel.crypto import blind_index, unseal
from wuyicun.kernel.ids import uuid7_beginning
from wuyicun.kernel.jobs import progress
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

PERSON, HOUSEHOLD, PLACE = "P", "H", "L"
_OF_LETTER = {tokens.PERSON: PERSON, tokens.HOUSEHOLD: HOUSEHOLD, tokens.PLACE: PLACE}

_SEARCH = "registry.search"
_LAST = "\U0010ffff"  # sorts after everything that may follow in a key
_CHUNK = 2_000
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


def _digest(kind: str, value: str) -> str:
    return "#" + blind_index(f"{kind}:{value}", _SEARCH).hex()


def _typed_numbers(text: str) -> dict[str, By]:
    """The keys of all numbers that the text may be, and what each is."""
    four = plain(text).strip().upper()
    phone, id_number, code = read_phone(text).number, read_id(text).number, tokens.read_short(text)
    keys = {_digest("four", four): By.FOUR} if _FOUR.fullmatch(four) else {}
    if phone:
        keys[_digest("phone", phone)] = By.PHONE
    if id_number:
        keys[_digest("id", id_number)] = By.ID
    if code:
        keys[_digest("card", code)] = By.CARD
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


@dataclass(frozen=True, slots=True)
class _Subject:
    id: UUID
    area_path: str
    keys: frozenset[str]


def reindex(
    village_id: UUID,
    people: Collection[UUID] | None = None,
    households: Collection[UUID] | None = None,
    places: Collection[UUID] | None = None,
    *,
    made: Collection[UUID] = frozenset(),
) -> None:
    """Write anew what people, households and places are found by, and the pinyin that names are sorted by.

    Args:
        people, households, places: only these; those of them that are no more are found no longer. With none of the
            three given, everything of the village.
        made: those of them that have only just come into being, so that there is nothing to forget and no card.
    """
    with transaction.atomic():
        if people is households is places is None:
            SearchKey.rows().filter(village_id=village_id).delete()
            _write(village_id, PERSON, _people_with_keys(village_id, None, made))
            _write(village_id, HOUSEHOLD, _households_with_keys(village_id, None, made))
            _write(village_id, PLACE, _places_with_keys(village_id, None, made))
        if people:
            _forget(village_id, PERSON, people, made)
            _write(village_id, PERSON, _people_with_keys(village_id, people, made), len(people))
        if households:
            _forget(village_id, HOUSEHOLD, households, made)
            _write(village_id, HOUSEHOLD, _households_with_keys(village_id, households, made), len(households))
        if places:
            _forget(village_id, PLACE, places, made)
            _write(village_id, PLACE, _places_with_keys(village_id, places, made))


def _forget(village_id: UUID, kind: str, subjects: Collection[UUID], made: Collection[UUID]) -> None:
    for some in _slices([subject for subject in subjects if subject not in made]):
        SearchKey.rows().filter(village_id=village_id, kind=kind, subject_id__in=some).delete()


_STAGE = """
SELECT set_config('work_mem', '64MB', true);
DROP TABLE IF EXISTS pg_temp.search_key;
CREATE TEMP TABLE search_key (key text COLLATE "C", subject_id uuid, area_path text) ON COMMIT DROP
"""
_COPY = "COPY search_key (key, subject_id, area_path) FROM STDIN"
_INSERT = """
INSERT INTO registry_searchkey (id, village_id, key, kind, subject_id, area_path)
SELECT (%(beginning)s || lpad(to_hex(row_number() OVER (ORDER BY key)), 12, '0'))::uuid, %(village)s, key, %(kind)s,
       subject_id, area_path
FROM search_key;
SET LOCAL work_mem TO DEFAULT
"""


def _write(village_id: UUID, kind: str, subjects: Iterator[_Subject], total: int = 0) -> None:
    """Through a temporary table, in the order of the keys: a village's keys fill the indexes page after page."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
    done = 0
    while chunk := list(islice(subjects, _CHUNK)):
        progress.say("find", done, total)
        done += len(chunk)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.write("".join(line for subject in chunk for line in _lines(subject)))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"beginning": uuid7_beginning(), "village": village_id, "kind": kind})


def _lines(subject: _Subject) -> Iterator[str]:
    rest = f"\t{subject.id}\t{subject.area_path}\n"
    for key in subject.keys:  # letters, digits and - only: nothing that COPY wants escaped
        yield key + rest


_SORT = """
UPDATE registry_person p SET name_sort = r.name_sort FROM unnest(%s::uuid[], %s::text[]) AS r (id, name_sort)
WHERE p.village_id = %s AND p.id = r.id AND p.name_sort <> r.name_sort
"""


@lru_cache(10_000)
def _of_name(name: str) -> tuple[str, frozenset[str]]:
    """What a name is sorted by and found by; many of a village have the same."""
    return spelling.sort_key(name), frozenset(spelling.keys_of_name(name))


def _people_with_keys(village_id: UUID, ids: Collection[UUID] | None, made: Collection[UUID]) -> Iterator[_Subject]:
    columns = ("pk", "area_path", "name", "name_sort", "phone_sealed", "id_sealed")
    for chunk in _chunks(Person.rows().filter(village_id=village_id), ids, columns):
        codes = _short_codes(village_id, [row[0] for row in chunk if row[0] not in made])
        unsorted = []
        for pk, area_path, name, name_sort, phone, id_number in chunk:
            sort_key, of_name = _of_name(name)
            if sort_key != name_sort:
                unsorted.append((pk, sort_key))
            keys = set(of_name)
            keys.update(_number_keys("phone", None if phone is None else unseal(phone, PHONE)))
            keys.update(_number_keys("id", None if id_number is None else unseal(id_number, ID_NUMBER)))
            yield _Subject(pk, area_path, frozenset(keys | codes.get(pk, set())))
        if unsorted:
            with connection.cursor() as cursor:
                cursor.execute(_SORT, [[pk for pk, _ in unsorted], [key for _, key in unsorted], village_id])


def _households_with_keys(village_id: UUID, ids: Collection[UUID] | None, made: Collection[UUID]) -> Iterator[_Subject]:
    names = territory.names(village_id)
    columns = ("pk", "area_path", "section_path", "number", "address")
    for chunk in _chunks(Household.rows().filter(village_id=village_id), ids, columns):
        codes = _short_codes(village_id, [row[0] for row in chunk if row[0] not in made])
        for pk, area_path, section, number, address in chunk:
            keys = keys_of_house(names.get(section, ""), number, address) | codes.get(pk, set())
            yield _Subject(pk, area_path, frozenset(keys))


def _places_with_keys(village_id: UUID, ids: Collection[UUID] | None, made: Collection[UUID]) -> Iterator[_Subject]:
    for chunk in _chunks(Place.rows().filter(village_id=village_id), ids, ("pk", "area_path", "name")):
        codes = _short_codes(village_id, [row[0] for row in chunk if row[0] not in made])
        for pk, area_path, name in chunk:
            keys = spelling.keys_of_name(name) | codes.get(pk, set())
            yield _Subject(pk, area_path, frozenset(keys))


def _slices(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    """Ids some at a time: a statement that names all people of a town takes long to send, time and again."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _chunks(
    rows: QuerySet[Any], ids: Collection[UUID] | None, columns: Sequence[str]
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows by id, some at a time: each is written before the next is read."""
    rows = rows.order_by("pk").values_list(*columns)
    if ids is not None:
        for some in _slices(ids):
            yield list(rows.filter(pk__in=some))
        return
    chunk = list(rows[:_CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(pk__gt=chunk[-1][0])[:_CHUNK])


def _number_keys(kind: str, number: str | None) -> Iterator[str]:
    """The keys of a phone or id number: digests of the whole and of the last four."""
    if number:
        yield _digest(kind, number)
        yield _digest("four", number[-4:])


def _short_codes(village_id: UUID, subjects: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """The keys of the subjects' cards."""
    if not subjects:
        return {}
    cards = Card.rows().filter(village_id=village_id, subject_id__in=subjects, lost_at__isnull=True)
    return {
        subject: {_digest("card", tokens.short(unseal(token, CARD)))}
        for subject, token in cards.values_list("subject_id", "token_sealed")
    }
