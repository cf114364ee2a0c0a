"""The people of a household, edited as one table: all of it is saved, or nothing and each row says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.actions.people import (
    Newcomer,
    Stay,
    add_person,
    day_of,
    edit_person,
    locked,
    refuse_both,
)
from wuyicun.domains.registry.actions.seeing import Marks, merge, values_of_person
from wuyicun.domains.registry.actions.staying import set_whereabouts
from wuyicun.domains.registry.models import Household, Person
from wuyicun.kernel.errors import Refusal

WHEREABOUTS = "whereabouts"


class NoMember(Refusal):
    """Somebody else has moved them elsewhere or marked them as left since the table was opened."""

    code = "no_member_any_more"
    words = _("这个人已经不在这一户了，是别人刚改的")


class RowsRefused(Refusal):
    """Nothing was saved.

    Attributes:
        rows: why, by the row's key.
    """

    code = "rows_refused"
    words = _("还没有保存，请改好标出的几行")

    def __init__(self, rows: Mapping[str, Refusal]) -> None:
        super().__init__()
        self.rows = rows


@dataclass(frozen=True)
class MemberRow:
    """A row about somebody who lives there.

    Attributes:
        values: by the name of a field of `PersonFields`, and `whereabouts`.
        seen: the marks of what the editor saw.
    """

    key: str
    person: Person
    values: Mapping[str, object]
    seen: Marks


@dataclass(frozen=True)
class NewRow:
    """A row about somebody new."""

    key: str
    newcomer: Newcomer


@dataclass(frozen=True)
class Saved:
    """How many people were changed, and added."""

    changed: int
    added: int


@transaction.atomic
def edit_members(*, household: Household, rows: Sequence[MemberRow | NewRow], by: UUID | None, at: datetime) -> Saved:
    """Save a household's table.

    Raises:
        RowsRefused: with what refuses each row: `ChangedMeanwhile` (others' changes of other fields stay beside the
            editor's), `NoMember`, or whatever `edit_person` and `add_person` refuse.
    """
    refused: dict[str, Refusal] = {}
    changed = added = 0
    for row in rows:
        try:
            with transaction.atomic():
                if isinstance(row, NewRow):
                    add_person(village_id=household.village_id, home=household, newcomer=row.newcomer, by=by, at=at)
                    added += 1
                else:
                    changed += _edit(household, row, by, at)
        except Refusal as refusal:
            refused[row.key] = refusal
    if refused:
        raise RowsRefused(refused)
    return Saved(changed, added)


def _edit(household: Household, row: MemberRow, by: UUID | None, at: datetime) -> bool:
    current = locked(row.person)
    if current.household_id != household.pk or current.left_at is not None:
        raise NoMember
    merged = merge(values_of_person(current, row.values), row.values, row.seen)
    refuse_both(merged)
    mine = dict(merged.mine)
    where = mine.pop(WHEREABOUTS, None)
    if mine:
        edit_person(person=current, values=mine, seen_at=current.updated_at, by=by, at=at)
    if where is not None:
        set_whereabouts(people=[current], stay=Stay(str(where), since=day_of(at)), by=by, at=at)
    return bool(merged.mine)
