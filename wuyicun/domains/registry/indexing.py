"""What people, households and places are found by (`SearchKey`), written anew whenever they change.

Names stand there as they are, in pinyin and in initials. Numbers are kept as keyed digests behind a `#`, which nothing
that is typed begins with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from wuyicun.domains.registry import tokens
from wuyicun.domains.registry.models import CARD, ID_NUMBER, PHONE, Card, Household, Person, Place, SearchKey
from wuyicun.domains.registry.naming import keys_of_house
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import spelling
from wuyicun.kernel.crypto import blind_index, unseal
from wuyicun.kernel.ids import uuid7_beginning
from wuyicun.kernel.jobs import progress

PERSON, HOUSEHOLD, PLACE = "P", "H", "L"

_SEARCH = "registry.search"
_CHUNK = 2_000


def digest(kind: str, value: str) -> str:
    """The key of a number of a kind: `phone`, `id`, `four` (the last four of either) or `card`."""
    return "#" + blind_index(f"{kind}:{value}", _SEARCH).hex()


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
        yield digest(kind, number)
        yield digest("four", number[-4:])


def _short_codes(village_id: UUID, subjects: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """The keys of the subjects' cards."""
    if not subjects:
        return {}
    cards = Card.rows().filter(village_id=village_id, subject_id__in=subjects, lost_at__isnull=True)
    return {
        subject: {digest("card", tokens.short(unseal(token, CARD)))}
        for subject, token in cards.values_list("subject_id", "token_sealed")
    }
