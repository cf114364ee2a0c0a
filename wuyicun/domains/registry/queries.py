"""What is asked of the registry."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wuyicun.domains.registry.models import CARD, Card, Person
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.scope import within


def known_people(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID | str], UUID]:
    """Those of the (village, person) that exist, each to the person's id."""
    if not named:
        return {}
    rows = Person.rows().filter(
        village_id__in={village for village, _ in named}, pk__in={person for _, person in named}
    )
    found = set(rows.values_list("village_id", "pk"))
    return {pair: pair[1] for pair in found & set(named)}


def people_of_cards(named: Collection[tuple[UUID, str]]) -> Mapping[tuple[UUID, UUID | str], UUID]:
    """The person of each (village, card token); unknown and lost cards are left out."""
    if not named:
        return {}
    tokens = {(village, blind_index(token, CARD)): token for village, token in named}
    rows = Card.rows().filter(
        village_id__in={village for village, _ in named},
        token_index__in={index for _, index in tokens},
        letter="P",
        lost_at__isnull=True,
    )
    found: dict[tuple[UUID, UUID | str], UUID] = {}
    for village, index, subject in rows.values_list("village_id", "token_index", "subject_id"):
        token = tokens.get((village, bytes(index)))
        if token is not None:
            found[village, token] = subject
    return found


def areas_of_people(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], str]:
    """The area path of each (village, person)."""
    if not named:
        return {}
    rows = Person.rows().filter(
        village_id__in={village for village, _ in named}, pk__in={person for _, person in named}
    )
    return {(village, person): path for village, person, path in rows.values_list("village_id", "pk", "area_path")}


@dataclass(frozen=True, slots=True)
class ToDraw:
    """What a roll must know of a person to draw them."""

    id: UUID
    area_id: UUID
    area_path: str
    whereabouts: str
    expected_return: date | None


def people_to_draw(village_id: UUID, area_path: str, people: Collection[UUID] | None = None) -> Iterator[ToDraw]:
    """The people who belong to an area and have not left for good."""
    rows = Person.rows().filter(within(area_path), village_id=village_id, left_at__isnull=True)
    if people is not None:
        rows = rows.filter(pk__in=people)
    columns = ("pk", "area_id", "area_path", "whereabouts", "expected_return")
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        yield ToDraw(*row)
