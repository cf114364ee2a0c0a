"""The only way from a page to a round, its people and its tubes: found and allowed in one step, or not there at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.queries import LeafCounts, Statement
from wuyicun.domains.screening import queries, tube_history
from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.queries import SeriesRow, TubeView
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.territory.rules import is_unplaced
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.records.kinds import kinds
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def reaches(scope: Scope, permission: Permission, area_path: str) -> bool:
    """May the account do it in some part of the area, or in one around it?"""
    return any(area_path.startswith(path) or path.startswith(area_path) for path in scope.paths(permission))


def a_round(scope: Scope, village_id: UUID, round_id: UUID, permission: Permission) -> Round:
    """A round in some part of which the account may do this. Raises NotYours."""
    try:
        round_ = queries.round_(village_id, round_id)
    except Round.DoesNotExist:
        raise NotYours from None
    if not reaches(scope, permission, round_.area_path):
        raise NotYours
    return round_


def current_round(scope: Scope, village_id: UUID) -> Round | None:
    """The round that the account is most likely to mean: the latest open one that reaches it, else its latest."""
    rounds = [
        each
        for each in queries.rounds(village_id)
        if reaches(scope, Permission.VIEW_BOARD, each.area_path) and each.state != RoundState.CANCELLED
    ]
    return next((each for each in rounds if each.state == RoundState.OPEN), rounds[0] if rounds else None)


def whole_round(scope: Scope, village_id: UUID, round_id: UUID, permission: Permission) -> Round:
    """A round in all of which the account may do this: closing it, cancelling it. Raises NotYours."""
    round_ = a_round(scope, village_id, round_id, permission)
    if not scope.permits(permission, round_.area_path):
        raise NotYours
    return round_


def a_station(scope: Scope, village_id: UUID, station_id: UUID, permission: Permission) -> Station:
    """A station, with its round, of a round in some part of which the account may do this. Raises NotYours."""
    found = queries.station(village_id, station_id)
    if found is None or not reaches(scope, permission, found.round.area_path):
        raise NotYours
    return found


def a_series(scope: Scope, village_id: UUID, series_id: UUID, permission: Permission) -> SeriesRow:
    """A series over an area in all of which the account may do this. Raises NotYours."""
    found = queries.a_series(village_id, series_id)
    if found is None or not scope.permits(permission, found.area_path):
        raise NotYours
    return found


def leaves(scope: Scope, village_id: UUID, round_: Round, permission: Permission) -> Sequence[LeafCounts]:
    """The micro-grids in which the account may do this and in which the round has people, 未入网 last.

    People from outside of the round's area who were sampled stand on it too: its leaves say where, not its path.
    """
    counted, paths = rolls.leaf_counts(village_id, round_.roll_id), scope.paths(permission)
    seen = [leaf for leaf in counted if leaf.counts.current and leaf.area_path.startswith(paths)]
    return sorted(seen, key=lambda leaf: is_unplaced(leaf.area_path))


def a_person(scope: Scope, village_id: UUID, person_id: UUID, permission: Permission) -> PersonBrief:
    """Somebody in an area where the account may do this. Raises NotYours."""
    person = registry.brief(village_id, [person_id]).get(person_id)
    if person is None or not scope.permits(permission, person.area_path):
        raise NotYours
    return person


def visible(scope: Scope, people: Collection[PersonBrief]) -> dict[UUID, PersonBrief]:
    """Those of the people whose names the account may see."""
    return {each.id: each for each in people if scope.permits(Permission.VIEW_PEOPLE, each.area_path)}


def a_tube(
    scope: Scope, village_id: UUID, tube_id: UUID, permission: Permission, at: datetime
) -> tuple[Round, TubeView]:
    """A tube and its round. Raises NotYours."""
    key = queries.tube_key(village_id, tube_id)
    if key is None:
        raise NotYours
    round_ = a_round(scope, village_id, key[0], permission)
    return round_, queries.tubes(village_id, round_, at, codes=[key[1]])[0]


def a_statement(scope: Scope, village_id: UUID, round_: Round, record_id: UUID) -> Statement | None:
    """What a record said of somebody in this round; None when it said nothing of anybody.

    Raises:
        NotYours: it is of another round, or the account may not say such things where the person lives.
    """
    found = rolls.statement(village_id, record_id)
    if found is None:
        return None
    roll_id, statement = found
    if roll_id not in (round_.roll_id, queries.retests(village_id, round_).roll_id):
        raise NotYours
    permission = Permission.EXCUSE if statement.statement == "excuse" else Permission.SAMPLE
    a_person(scope, village_id, statement.subject_id, permission)
    return statement


def may_take_back(scope: Scope, village_id: UUID, round_: Round, record_id: UUID) -> None:
    """A record may be taken back by whoever may make one like it in the same place. Raises NotYours."""
    if a_statement(scope, village_id, round_, record_id) is not None:
        return
    swab = queries.swab(village_id, round_.pk, record_id)
    if swab is not None:
        a_person(scope, village_id, swab.person_id, Permission.SAMPLE)
        return
    kind = tube_history.kind_of(village_id, round_.pk, record_id)
    permission = kinds()[kind].permission if kind is not None else None
    if permission is None or not reaches(scope, permission, round_.area_path):
        raise NotYours
