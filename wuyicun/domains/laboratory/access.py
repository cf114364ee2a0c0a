"""The only way from a page to a delivery or a line: found and allowed in one step, or not there at all."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.laboratory import queries
from wuyicun.domains.laboratory.models import Delivery, Line
from wuyicun.domains.screening import access as screening
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def a_round(scope: Scope, village_id: UUID, round_id: UUID) -> RoundRow:
    """A round in which the account may enter results. Raises NotYours."""
    return screening.a_round(scope, village_id, round_id, Permission.ENTER_RESULTS)


def a_delivery(scope: Scope, village_id: UUID, delivery_id: UUID) -> tuple[RoundRow, Delivery]:
    """A delivery and its round. Raises NotYours."""
    found = queries.delivery(village_id, delivery_id)
    if found is None:
        raise NotYours
    return a_round(scope, village_id, found.round_id), found


def a_line(scope: Scope, village_id: UUID, line_id: UUID) -> tuple[RoundRow, Line]:
    """A line of a delivery and its round. Raises NotYours."""
    found = queries.line(village_id, line_id)
    if found is None:
        raise NotYours
    return a_round(scope, village_id, found.round_id), found


def decided(scope: Scope, village_id: UUID, decision: UUID) -> tuple[RoundRow, list[Line]]:
    """The lines that were decided at once, and their round. Raises NotYours."""
    lines = list(queries.decided_together(village_id, decision))
    if not lines:
        raise NotYours
    return a_round(scope, village_id, lines[0].round_id), lines
