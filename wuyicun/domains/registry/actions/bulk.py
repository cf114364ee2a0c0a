"""Changing many people at once, and taking it back.

Whom it is about is written down first; then they are changed some hundreds at a time, each portion in a transaction of
its own, so that nobody waits long for a lock and a worker that dies goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from wuyicun.domains.registry.actions.changing import Change, change_people, restore_people, told, written
from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.registry.models import BulkChange, BulkItem, Person
from wuyicun.domains.registry.rules import BulkState
from wuyicun.kernel.audit.actions import audit, audit_each
from wuyicun.kernel.database import statements
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

JOB = "registry.bulk_change"
MOST = 20_000
AT_ONCE = 500
"""So many are changed while somebody waits for the page; more are a job's."""
PORTION = 500


# Django's own update of many rows says each value of each column in a CASE, which takes PostgreSQL seconds.
_WRITE_PEOPLE = """
UPDATE registry_person p SET whereabouts = r.whereabouts, whereabouts_text = r.whereabouts_text,
  whereabouts_since = r.whereabouts_since, expected_return = r.expected_return, sampling_code = r.sampling_code,
  updated_by = %s, updated_at = %s
FROM json_to_recordset(%s) AS r (id uuid, whereabouts text, whereabouts_text text, whereabouts_since date,
  expected_return date, sampling_code boolean)
WHERE p.id = r.id AND (p.village_id = %s) IS TRUE
"""
_WRITE_ITEMS = """
UPDATE registry_bulkitem i SET changed = r.changed, before = r.before, restored = r.restored
FROM json_to_recordset(%s) AS r (id uuid, changed boolean, before jsonb, restored boolean)
WHERE i.id = r.id AND (i.village_id = %s) IS TRUE
"""


class TooMany(Refusal):
    """More than anybody can look over."""

    code = "too_many_at_once"
    status = 400
    words = _("一次最多改 %(most)s 人，请先筛选")


class NotDone(Refusal):
    """It is under way, or was taken back already."""

    code = "bulk_not_done"
    words = _("这次更改还没做完，或者已经撤销了")


def begin_bulk(
    *, village_id: UUID, change: Change, people: Sequence[UUID], by: UUID | None, at: datetime
) -> BulkChange:
    """Write down whom it is about, and change them: few at once, many in the background.

    Raises:
        TooMany: more than `MOST`.
    """
    if len(people) > MOST:
        raise TooMany(most=MOST)
    with transaction.atomic():
        bulk = BulkChange(
            village_id=village_id,
            change=change.as_json(),
            state=BulkState.WORKING,
            total=len(people),
            made_at=at,
            made_by=by,
        )
        bulk.save(force_insert=True)
        items = [BulkItem(village_id=village_id, bulk=bulk, person_id=person) for person in sorted(people)]
        BulkItem.rows().bulk_create(items, batch_size=2_000)
        audit(
            "registry.bulk_change",
            by=by,
            at=at,
            village_id=village_id,
            subject=("bulk", bulk.pk),
            data={**change.as_json(), "people": len(people)},
        )
    _go_on(bulk, at)
    return bulk


def undo_bulk(*, bulk: BulkChange, by: UUID | None, at: datetime) -> None:
    """Take it back; who was changed otherwise since stays as they are.

    Raises:
        NotDone: it is under way, or was taken back.
    """
    with transaction.atomic():
        current = BulkChange.rows().select_for_update().get(village_id=bulk.village_id, pk=bulk.pk)
        if current.state != BulkState.DONE:
            raise NotDone
        current.state, current.done, current.undone_at, current.undone_by = BulkState.UNDOING, 0, at, by
        current.save()
        subject = ("bulk", current.pk)
        audit("registry.undo_bulk", by=by, at=at, village_id=current.village_id, subject=subject)
    _go_on(current, at)


def _go_on(bulk: BulkChange, at: datetime) -> None:
    if bulk.total <= AT_ONCE:
        while portion(village_id=bulk.village_id, bulk_id=bulk.pk, at=at):
            pass
    else:
        job = app.configure_task(JOB, lock=f"registry.bulk {bulk.village_id}")
        job.defer(village_id=str(bulk.village_id), bulk_id=str(bulk.pk))


@transaction.atomic
def portion(*, village_id: UUID, bulk_id: UUID, at: datetime) -> bool:
    """Change, or change back, the next of those who are left; whether there may be more."""
    bulk = BulkChange.rows().select_for_update().get(village_id=village_id, pk=bulk_id)
    if bulk.state not in (BulkState.WORKING, BulkState.UNDOING):
        return False
    undoing = bulk.state == BulkState.UNDOING
    waiting = BulkItem.rows().filter(village_id=village_id, bulk=bulk)
    waiting = waiting.filter(restored=None, changed=True) if undoing else waiting.filter(changed=None)
    items = list(waiting.order_by("person_id")[:PORTION])
    by = bulk.undone_by if undoing else bulk.made_by
    if not items:
        bulk.state = BulkState.UNDONE if undoing else BulkState.DONE
        bulk.ended_at = at
        bulk.save(update_fields=["state", "ended_at"])
        return False
    rows = Person.rows().select_for_update().filter(pk__in=[item.person_id for item in items], village_id=village_id)
    people = {person.pk: person for person in rows.order_by("pk")}
    touched = (restore_people if undoing else change_people)(bulk, items, people, at)
    statements.execute(_WRITE_PEOPLE, by, at, statements.rows(map(written, touched)), village_id)
    kept = [{name: getattr(item, name) for name in ("id", "changed", "before", "restored")} for item in items]
    statements.execute(_WRITE_ITEMS, statements.rows(kept), village_id)
    bulk.done += len(items)
    bulk.changed += 0 if undoing else len(touched)
    bulk.restored += len(touched) if undoing else 0
    bulk.save(update_fields=["done", "changed", "restored"])
    if touched:
        _tell(bulk, touched, undoing, by, at)
    return True


def _tell(bulk: BulkChange, people: Sequence[Person], undoing: bool, by: UUID | None, at: datetime) -> None:
    """Everybody's history, and the rooms above; of who was changed back it is said where they are again."""
    data: dict[str, object] = {"bulk": str(bulk.pk)}
    parts = {"": people}
    if undoing and bulk.change["stay"]:
        places = {each.whereabouts for each in people}
        parts = {where: [each for each in people if each.whereabouts == where] for where in sorted(places)}
    for where, some in parts.items():
        said = {**data, "whereabouts": where} if undoing else {**data, **told(bulk.change)}
        action, ids = "registry.undo_bulk" if undoing else "registry.bulk_change", [each.pk for each in some]
        audit_each(action, "person", ids, by=by, at=at, village_id=bulk.village_id, data=said)
    publish(PeopleChanged(bulk.village_id, tuple(each.pk for each in people), by, at))
