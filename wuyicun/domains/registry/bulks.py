"""What is asked of changes of many people: what one would do, and what came of those that were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wuyicun.domains.registry.actions.changing import Change
from wuyicun.domains.registry.labels import GROUP, WHEREABOUTS
from wuyicun.domains.registry.models import BulkChange, Person, PersonGroup
from wuyicun.domains.registry.rules import BulkState
from wuyicun.kernel.accounts import queries as accounts

LATEST = 50


@dataclass(frozen=True)
class Effect:
    """One thing that would be said of everybody, and of how many it is news."""

    words: str
    news: int
    same: int


@dataclass(frozen=True)
class Made:
    """A change that was made.

    Attributes:
        left: how many of those changed were left as they are when it was taken back, for somebody had changed them.
    """

    id: UUID
    words: str
    state: str
    total: int
    done: int
    changed: int
    restored: int
    left: int
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str
    can_be_undone: bool


def effects(village_id: UUID, people: Sequence[UUID], change: Change) -> list[Effect]:
    """What a change would do, said part by part."""
    rows = Person.named(village_id, people)
    groups = PersonGroup.rows().filter(village_id=village_id, person_id__in=people, ends_on__isnull=True)
    found = []
    for words, same in _parts(change):
        match same:
            case "stay" if change.stay is not None:
                number = rows.filter(whereabouts=change.stay.whereabouts).count()
            case "join":
                number = groups.filter(group=change.join).count()
            case "leave":
                number = len(people) - groups.filter(group=change.leave).count()
            case _:
                number = rows.filter(sampling_code=bool(change.code)).count()
        found.append(Effect(words, len(people) - number, number))
    return found


def _parts(change: Change) -> list[tuple[str, str]]:
    parts = []
    if change.stay is not None:
        parts.append((_("去向记为“%(word)s”") % {"word": WHEREABOUTS[change.stay.whereabouts]}, "stay"))
    if change.join:
        parts.append((_("加入“%(word)s”") % {"word": GROUP[change.join]}, "join"))
    if change.leave:
        parts.append((_("退出“%(word)s”") % {"word": GROUP[change.leave]}, "leave"))
    if change.code is not None:
        parts.append((_("采样码记为已注册") if change.code else _("采样码记为未注册"), "code"))
    return parts


def latest(village_id: UUID, *, by: UUID | None) -> list[Made]:
    """The latest ones, of one account or (None) of all."""
    rows = BulkChange.rows().filter(village_id=village_id)
    if by is not None:
        rows = rows.filter(made_by=by)
    return tell(list(rows.order_by("-made_at")[:LATEST]))


def tell(rows: Sequence[BulkChange]) -> list[Made]:
    """In words."""
    names = accounts.names_of([by for row in rows for by in (row.made_by, row.undone_by) if by])
    return [
        Made(
            row.pk,
            _("，").join(words for words, _same in _parts(Change.of_json(row.change))),
            row.state,
            row.total,
            row.done,
            row.changed,
            row.restored,
            row.changed - row.restored,
            row.made_at,
            names.get(row.made_by, "") if row.made_by else "",
            row.undone_at,
            names.get(row.undone_by, "") if row.undone_by else "",
            row.state == BulkState.DONE and row.changed > 0,
        )
        for row in rows
    ]
