"""Where people are, which groups they belong to, and that they have left for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.actions.people import (
    SOURCE_BY_HAND,
    ChangedMeanwhile,
    Stay,
    day_of,
    end_work,
    locked,
    refuse_both,
    refuse_changed,
    resume_work,
    settle,
)
from wuyicun.domains.registry.actions.seeing import STAY, Marks, merge, merge_groups, values_of_person
from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.registry.models import LifeEvent, Person, PersonGroup
from wuyicun.domains.registry.rules import Group, Life
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish


class MergedAway(Refusal):
    """The person is not away: they are kept in another row, and come back by taking the merge back."""

    code = "merged_away"
    words = _("这一条是重复登记，已并入另一条。要恢复，请在“重复登记”里撤销合并")


class RegisteredDead(Refusal):
    """A death was registered: what it ended comes back by taking that back."""

    code = "registered_dead"
    words = _("登记了去世。要放回名册，请撤销去世登记")


@transaction.atomic
def set_whereabouts(
    *,
    people: Sequence[Person],
    stay: Stay,
    seen_at: datetime | None = None,
    seen: Marks | None = None,
    by: UUID | None,
    at: datetime,
) -> None:
    """Say where people are now; open rounds excuse who is away, and owe who is back.

    Args:
        people: all of one village.
        seen_at: `updated_at` of what the editor saw, where one person was shown; None to set it whatever was.
        seen: the marks of what the editor saw: others' changes of other fields stay beside theirs.

    Raises:
        ChangedMeanwhile: somebody else changed the person since; with `seen`, one of the same fields.
    """
    for person in sorted(people, key=lambda each: each.pk):
        current = locked(person)
        if seen is not None:
            stay = _merged(current, stay, seen)
        elif seen_at is not None and current.updated_at != seen_at:
            raise ChangedMeanwhile(fields=["whereabouts"], mine=["whereabouts"])
        settle(current, stay)
        _touch(current, by, at)
        data = {"whereabouts": stay.whereabouts, "expected_return": current.expected_return}
        _audit("registry.set_whereabouts", current, by, at, data)
    _changed(people, by, at)


@transaction.atomic
def set_groups(
    *,
    person: Person,
    groups: Collection[Group],
    seen_at: datetime | None = None,
    seen: Marks | None = None,
    by: UUID | None,
    at: datetime,
) -> None:
    """Say to which groups a person belongs from today; others end today.

    Args:
        seen: with the groups that the editor saw: what others have added or taken away since stays so.

    Raises:
        ChangedMeanwhile: without `seen`, somebody else changed the person since.
    """
    current = locked(person)
    if seen is None and seen_at is not None and current.updated_at != seen_at:
        raise ChangedMeanwhile(fields=["groups"], mine=["groups"])
    held = PersonGroup.rows().filter(village_id=current.village_id, person=current, ends_on__isnull=True)
    before = set(held.values_list("group", flat=True))
    after = {str(group) for group in groups}
    if seen is not None:
        after = merge_groups(before, after, seen)
    if before == after:
        return
    held.exclude(group__in=after).update(ends_on=day_of(at))
    _start(current, after - before, at)
    _touch(current, by, at)
    data = {"started": sorted(after - before), "ended": sorted(before - after)}
    _audit("registry.set_groups", current, by, at, data)
    _changed([current], by, at)


@transaction.atomic
def mark_left(*, person: Person, reason: str, seen: Marks | None = None, by: UUID | None, at: datetime) -> None:
    """The person has left for good; they stay in the registry, findable, and owe nothing any more.

    Args:
        reason: a code of `labels.LEFT_REASON`.
        seen: the marks of what the editor saw.

    Raises:
        ChangedMeanwhile: somebody else changed anything of the person since.
    """
    current = locked(person)
    refuse_changed(current, seen)
    current.left_at, current.left_reason = at, reason
    end_work(current, at)
    _touch(current, by, at)
    _audit("registry.mark_left", current, by, at, {"reason": reason})
    _changed([current], by, at)


@transaction.atomic
def mark_returned(*, person: Person, by: UUID | None, at: datetime) -> None:
    """Take back that a person has left.

    Raises:
        MergedAway: they were merged into another.
        RegisteredDead: their death was registered.
    """
    current = locked(person)
    if current.merged_into_id is not None:
        raise MergedAway
    events = LifeEvent.rows().filter(village_id=current.village_id, person=current, kind=Life.DEATH)
    if events.filter(undone_at__isnull=True).exists():
        raise RegisteredDead
    resume_work(current)
    current.left_at, current.left_reason = None, ""
    _touch(current, by, at)
    _audit("registry.mark_returned", current, by, at, {})
    _changed([current], by, at)


def _merged(person: Person, stay: Stay, seen: Marks) -> Stay:
    """Where the editor says somebody is, beside what others have said of it since."""
    typed = dict(zip(STAY, (stay.whereabouts, stay.text, stay.since, stay.expected_return), strict=True))
    now = values_of_person(person, STAY)
    merged = merge(now, typed, seen)
    refuse_both(merged)
    whole: dict[str, Any] = {**now, **merged.mine}
    return Stay(*(whole[name] for name in STAY))


def _start(person: Person, groups: Collection[str], at: datetime) -> None:
    PersonGroup.rows().bulk_create(
        PersonGroup(
            village_id=person.village_id, person=person, group=group, starts_on=day_of(at), source=SOURCE_BY_HAND
        )
        for group in sorted(groups)
    )


def _touch(person: Person, by: UUID | None, at: datetime) -> None:
    person.updated_at, person.updated_by = at, by
    person.save()


def _audit(action: str, person: Person, by: UUID | None, at: datetime, data: Mapping[str, object]) -> None:
    audit(action, by=by, at=at, village_id=person.village_id, subject=("person", person.pk), data=data)


def _changed(people: Sequence[Person], by: UUID | None, at: datetime) -> None:
    if people:
        publish(PeopleChanged(people[0].village_id, tuple(person.pk for person in people), by, at))
