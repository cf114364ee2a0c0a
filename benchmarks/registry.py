"""What the pages of the registry ask in a town of 100,000 people that is kept as one village.

As `wuyi_app`, in the secretary's scope, through the functions that the pages call: the first page of every ledger, any
search, any filter of the people page. Beside each stands a bare look-up of the rows that were found. Then the whole
pages over HTTP, and an export of everybody, whose memory must stay flat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from benchmarks import exporting, pages, town
from benchmarks.asking import as_ordinary_role, held, inside
from benchmarks.load import Kind, id_of, village_path
from benchmarks.timing import FEW_TIMES, TIMES, Question, Say, Timer
from benchmarks.town import Town
from wuyicun.config.environment import Environment
from wuyicun.domains.registry import listing, search
from wuyicun.domains.registry.ledgers import lines, shelf
from wuyicun.domains.registry.ledgers.counts import counts
from wuyicun.domains.registry.ledgers.lines import Wanted
from wuyicun.domains.registry.listing import Asked
from wuyicun.domains.registry.queries import brief
from wuyicun.domains.registry.rules import Group, Residence, Whereabouts
from wuyicun.domains.registry.web.common import today
from wuyicun.kernel.database.embedded import Server
from wuyicun.kernel.scope import Scope

ROWS = """
SELECT p.id, p.name, p.phone_sealed, p.id_sealed, p.address FROM registry_person p WHERE p.id = ANY(%(ids)s)
UNION ALL SELECT h.id, h.number, NULL, NULL, h.address FROM registry_household h WHERE h.id = ANY(%(ids)s)
UNION ALL SELECT l.id, l.name, NULL, NULL, l.location FROM registry_place l WHERE l.id = ANY(%(ids)s)
"""
COUNTS = """
SELECT residence, count(*) FROM registry_person WHERE village_id = %(village)s AND left_at IS NULL GROUP BY residence
"""
FOUND = {search.PERSON: "registry_person", search.HOUSEHOLD: "registry_household", search.PLACE: "registry_place"}
MOST_FOUND = 30

Asks = Callable[[], Any]


def measure(read: Environment, server: Server | None, say: Say, *, small: bool = False) -> list[dict[str, Any]]:
    """The results, one for each thing that is asked."""
    say("写入一个镇 / Writing a town")
    with psycopg.connect(read.owner_url, autocommit=True) as owner:
        loaded = Town(owner, town.SMALL if small else town.SIZE)
        loaded.town()
        try:
            as_ordinary_role()
            asker = held("secretary", village_path(0), (id_of(Kind.VILLAGE, 0),))
            timer = Timer(say, FEW_TIMES if small else TIMES)
            results = timer.ask(list(questions(asker, len(loaded.residents))), owner)
            connections.close_all()
            results += pages.measure(read, server, loaded, timer)
            return [*results, *exporting.measure(say)]
        finally:
            connections.close_all()


def questions(asker: Scope, people: int) -> Iterator[Question]:
    """Everything that is asked of the town."""
    village = asker.villages[0]
    yield from (_question(asker, what, asks) for what, asks in _ledgers(asker, village))
    yield from (_question(asker, what, asks) for what, asks in _filters(asker, village))
    yield from (_question(asker, what, asks) for what, asks in _searches(asker, village, people))


def _question(asker: Scope, what: str, asks: Asks) -> Question:
    asked = inside(asker, asks)
    ids = _ids(asked())
    if not ids:  # sums
        return Question(what, asked, COUNTS, {"village": asker.villages[0]})
    return Question(what, asked, ROWS, {"ids": ids})


def _ids(answer: Any) -> list[UUID]:
    rows = answer.rows if isinstance(answer, listing.Page) else answer
    return [row for row in rows if isinstance(row, UUID)] or [row.id for row in rows if hasattr(row, "id")]


def _ledgers(asker: Scope, village: UUID) -> Iterator[tuple[str, Asks]]:
    definitions = {ledger.code: ledger.definition for ledger in shelf.builtin()}
    for code, definition in definitions.items():
        yield f"ledger {code}", partial(lines.page, asker, village, Wanted(definition, today()))
    first = next(iter(definitions.values()))
    yield "ledger, one micro-grid", partial(lines.page, asker, village, Wanted(first, today(), _micro_grid()))
    middle = id_of(Kind.PERSON, 200)
    yield "ledger, a later page", partial(lines.page, asker, village, Wanted(first, today()), after=middle)
    yield "all ledgers' counts", lambda: list(counts(asker, village, today(), definitions))


def _micro_grid() -> str:
    return f"{village_path(0)}00102"


def _filters(asker: Scope, village: UUID) -> Iterator[tuple[str, Asks]]:
    section = _micro_grid()[:-2]
    filters = {
        "everybody": Asked(),
        "section": Asked(area_path=section),
        "micro-grid": Asked(area_path=_micro_grid()),
        "problem": Asked(problem=True),
        "left": Asked(left=True),
        **{f"residence {each}": Asked(residence=each) for each in Residence},
        **{f"whereabouts {each}": Asked(whereabouts=each) for each in Whereabouts},
        **{f"group {each}": Asked(group=each) for each in Group},
        "section, residence, whereabouts, group": Asked(section, Residence.RESIDENT, Group.ELDERLY, "in_village"),
    }
    for what, asked in filters.items():
        yield f"people by name, {what}", partial(listing.people, asker, village, asked)
        if not asked.left:
            yield f"people by household, {what}", partial(_by_household, asker, village, asked)


def _by_household(asker: Scope, village: UUID, asked: Asked) -> Sequence[Any]:
    houses = listing.households(asker, village, asked)
    return [*houses.rows, *listing.without_household(asker, village, asked, limit=31)]


def _searches(asker: Scope, village: UUID, people: int) -> Iterator[tuple[str, Asks]]:
    someone = people // 2 // town.CARD_EVERY * town.CARD_EVERY
    typed = {
        "a surname": "王",
        "a surname and more": "王秀",
        "a syllable": "wang",
        "a letter": "w",
        "initials": "wx",
        "pinyin": "wangxiu",
        "another reading": "shan",
        "inside a name": "xiu",
        "a house number": str(someone // 3 * 3),
        "a digit": "1",
        "a place": "小卖部",
        "last four of an id": town.id_number(someone)[-4:],
        "last four of a phone": town.phone(someone)[-4:],
        "an id": town.id_number(someone),
        "a phone": town.phone(someone),
        "a card": town.token(someone),
    }
    for what, text in typed.items():
        yield f"search, {what}", partial(_found, asker, village, text)


def _found(asker: Scope, village: UUID, text: str) -> list[UUID]:
    """What the search page asks: the hits, and each in brief."""
    found = search.find(asker, village, text, limit=MOST_FOUND)
    by_kind: dict[str, list[UUID]] = {kind: [] for kind in FOUND}
    for hit in found.hits:
        by_kind[hit.kind].append(hit.subject_id)
    brief(village, by_kind[search.PERSON])
    listing.households_in_brief(village, by_kind[search.HOUSEHOLD])
    listing.places_in_brief(village, by_kind[search.PLACE])
    return [hit.subject_id for hit in found.hits]
