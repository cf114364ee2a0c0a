"""What the Today board and the list of who is missing ask, in a city of a million in the middle of a round.

As `wuyi_app`, in the scope of who asks, through the functions that the pages call. Beside each stands the plainest SQL
that reads the same rows by hand, as the tables' owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import psycopg
from django.db import connections

from benchmarks.asking import as_ordinary_role, held, inside
from benchmarks.city import EARLIER, SIZE, SMALL, City
from benchmarks.load import Kind, id_of, village_path
from benchmarks.timing import FEW_TIMES, TIMES, Question, Say, Timer
from wuyicun.config.environment import Environment
from wuyicun.domains.registry.models import PHONE
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import access, missing
from wuyicun.domains.screening.web.common import STATES_OF_LIST
from wuyicun.domains.screening.web.lines import houses
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.crypto import seal
from wuyicun.kernel.database.embedded import Server
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.portal import queries as portal

COUNTS = "SELECT area_path, owed, done, excused, unreachable, refused FROM rolls_leafcount"
OF_ROLL = "WHERE village_id = %(village)s AND roll_id = %(roll)s"
NUMBER = "SELECT number FROM rolls_change WHERE village_id = %(village)s"
COVERAGE = f"{COUNTS} {OF_ROLL}"
BOARD = f"""
WITH counts AS ({COUNTS} {OF_ROLL}),
tubes AS (SELECT state, result, count(*) FROM screening_tube WHERE village_id = %(village)s AND round_id = %(round)s
  GROUP BY 1, 2),
lately AS (SELECT id, data FROM records_record WHERE village_id = %(village)s ORDER BY received_at DESC LIMIT 10)
SELECT (SELECT count(*) FROM counts), (SELECT count(*) FROM tubes), (SELECT count(*) FROM lately)
"""
MISSING = """
SELECT p.*, h.number, e.state FROM rolls_entry e JOIN registry_person p ON p.id = e.subject_id
  LEFT JOIN registry_household h ON h.id = p.household_id
WHERE e.village_id = %(village)s AND e.roll_id = %(roll)s AND e.area_id = %(area)s AND e.state <> 1
ORDER BY h."order" LIMIT 100
"""


def measure(read: Environment, server: Server | None, say: Say, *, small: bool = False) -> list[dict[str, Any]]:
    """The results, one for each thing that is asked."""
    say("写入一座城市 / Writing a city")
    with psycopg.connect(read.owner_url, autocommit=True) as owner:
        phone = seal("13800000000", PHONE).hex()
        city = City(owner, SMALL if small else SIZE, phone_sealed=f"'\\x{phone}'::bytea")
        city.registry()
        city.groups()
        at = datetime.now(UTC)
        city.round_under_way(at)
        city.settle_down()
        try:
            as_ordinary_role()
            return Timer(say, FEW_TIMES if small else TIMES).ask(_questions(city, at), owner)
        finally:
            connections.close_all()


def _questions(city: City, at: datetime) -> Sequence[Question]:
    every = tuple(id_of(Kind.VILLAGE, number) for number in range(city.size.villages))
    secretary, commander = held("secretary", village_path(0), every[:1]), held("secretary", "9901", every)
    town, village = every[0], every[1]
    own = held("secretary", village_path(1), (village,))
    values = _values(city, 0)
    people, few = (
        f"{number:,}"
        for number in (city.size.in_first * city.size.residents, city.size.micro_grids * city.size.residents)
    )
    return [
        Question("change token", inside(secretary, lambda: portal.board_token(town, at)), NUMBER, values),
        Question(f"coverage of {people}", inside(secretary, lambda: _coverage(town, values)), COVERAGE, values),
        Question(f"board of {people}", inside(secretary, lambda: portal.board(secretary, town, at)), BOARD, values),
        Question(
            f"the same, {len(every)} villages in scope",
            inside(commander, lambda: portal.board(commander, town, at)),
            BOARD,
            values,
        ),
        Question(f"board of {few}", inside(own, lambda: portal.board(own, village, at)), BOARD, _values(city, 1)),
        Question(
            "missing list of a micro-grid", inside(secretary, lambda: _missing(secretary, values, at)), MISSING, values
        ),
        Question(
            f"the same, {len(every)} villages in scope",
            inside(commander, lambda: _missing(commander, values, at)),
            MISSING,
            values,
        ),
    ]


def _values(city: City, village: int) -> dict[str, Any]:
    """The ids that a village's questions are about."""
    number = EARLIER * city.size.villages + village
    leaf = city.size.in_first // 2 if village == 0 else city.size.in_first
    return {
        "village": id_of(Kind.VILLAGE, village),
        "roll": id_of(Kind.ROLL, number),
        "round": id_of(Kind.ROUND, number),
        "area": id_of(Kind.AREA, leaf),
    }


def _coverage(village_id: UUID, values: dict[str, Any]) -> object:
    round_ = portal.screening.round_(village_id, values["round"])
    return portal.coverage(village_id, round_, rolls.counts_by(village_id, round_.roll_id, SECTION_DIGITS))


def _missing(asker: Scope, values: dict[str, Any], at: datetime) -> object:
    """What the page of a micro-grid's list asks, the chips beside it included."""
    village_id = values["village"]
    request = cast("ScopedRequest", SimpleNamespace(scope=asker, village=SimpleNamespace(pk=village_id)))
    round_ = access.a_round(asker, village_id, values["round"], Permission.VIEW_PEOPLE)
    access.leaves(asker, village_id, round_, Permission.VIEW_PEOPLE)
    states, areas = STATES_OF_LIST["missing"], [values["area"]]
    page, _next = missing.listed(village_id, round_.roll_id, area_ids=areas, states=states, limit=100)
    missing.by_group(village_id, round_.roll_id, area_ids=areas, states=states)
    return houses(request, round_, page, at)
