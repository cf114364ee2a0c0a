"""Two rows of one person become one, and two again; or it is said that they are two.

Nothing is lost: who is merged into another keeps a row of their own, off the list, with all that it says. What the kept
one lacks is taken over; records follow (`PeopleMerged`); what was taken is written down so that it can be given back.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.actions.taking_over import give_back, hand_back, take_along, take_over
from wuyicun.domains.registry.events import PeopleChanged, PeopleMerged, PeopleParted
from wuyicun.domains.registry.models import Pairing, Person
from wuyicun.domains.registry.rules import Verdict
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

MERGED = "merged"


class NotTwo(Refusal):
    """One of the two has left or was merged into somebody already."""

    code = "not_two_on_the_list"
    words = _("其中一条已经不在名册里，不能合并")


class KeptBefore(Refusal):
    """The one that shall be merged has others merged into it: they would be two steps away."""

    code = "merged_into_before"
    words = _("“%(name)s”这一条以前并入过别的登记，请保留这一条，把另一条并进来")


class UndoneAlready(Refusal):
    """Somebody else was quicker."""

    code = "merge_undone_already"
    words = _("这次合并已经撤销了")


@transaction.atomic
def merge_people(
    *, kept: Person, other: Person, chosen: Set[str] = frozenset(), by: UUID | None, at: datetime
) -> Pairing:
    """They are the same person: `other` is merged into `kept`.

    Args:
        chosen: of `taking_over.CHOOSABLE`, the cells that shall be as the other row has them.

    Raises:
        NotTwo: one of them is not on the list (any more).
        KeptBefore: somebody was merged into `other`.
    """
    village_id = kept.village_id
    turns.take(alone=[village_id])
    kept, other = _both(village_id, kept.pk, other.pk)
    if kept.pk == other.pk or kept.left_at is not None or other.left_at is not None:
        raise NotTwo
    if Person.rows().filter(village_id=village_id, merged_into_id=other.pk).exists():
        raise KeptBefore(name=other.name)
    taken = take_over(kept, other, chosen)
    other.left_at, other.left_reason, other.merged_into_id = at, MERGED, kept.pk
    _save(other, by, at)
    _save(kept, by, at)
    taken |= take_along(kept, other, by, at)
    pairing = Pairing(
        village_id=village_id, kept_id=kept.pk, other_id=other.pk, verdict=Verdict.SAME, decided_at=at, decided_by=by
    )
    pairing.set_taken(taken)
    pairing.save(force_insert=True)
    _audit("registry.merge_people", pairing, by, at, took=sorted(taken["cells"]))
    publish(PeopleMerged(village_id, kept.pk, other.pk, by, at))
    _tell(kept, other, by, at)
    return pairing


@transaction.atomic
def part_people(*, pairing: Pairing, by: UUID | None, at: datetime) -> None:
    """Take a merge back: what the kept one took and nobody changed since is given back.

    Raises:
        UndoneAlready: it was taken back before.
    """
    village_id = pairing.village_id
    turns.take(alone=[village_id])
    pairing = Pairing.rows().select_for_update().get(village_id=village_id, pk=pairing.pk)
    if pairing.undone_at is not None:
        raise UndoneAlready
    kept, other = _both(village_id, pairing.kept_id, pairing.other_id)
    taken = pairing.taken
    give_back(kept, other, taken)
    _save(kept, by, at)
    other.left_at, other.left_reason, other.merged_into_id = None, "", None
    _save(other, by, at)
    hand_back(kept, other, taken)
    pairing.undone_at, pairing.undone_by = at, by
    pairing.save(update_fields=["undone_at", "undone_by"])
    _audit("registry.part_people", pairing, by, at)
    publish(PeopleParted(village_id, kept.pk, other.pk, by, at))
    _tell(kept, other, by, at)


@transaction.atomic
def keep_apart(*, first: Person, second: Person, by: UUID | None, at: datetime) -> Pairing:
    """They are two people: they are not shown together again. Said twice it is said once."""
    village_id, both = first.village_id, (first.pk, second.pk)
    _both(village_id, *both)  # who says the same at this moment waits
    said = Pairing.rows().filter(village_id=village_id, kept_id__in=both, other_id__in=both)
    known = said.filter(verdict=Verdict.TWO, undone_at__isnull=True).first()
    if known is not None:
        return known
    pairing = Pairing(
        village_id=village_id,
        kept_id=first.pk,
        other_id=second.pk,
        verdict=Verdict.TWO,
        decided_at=at,
        decided_by=by,
    )
    pairing.save(force_insert=True)
    _audit("registry.keep_apart", pairing, by, at)
    return pairing


@transaction.atomic
def show_again(*, pairing: Pairing, by: UUID | None, at: datetime) -> None:
    """Take back that they are two people.

    Raises:
        UndoneAlready: it was taken back before.
    """
    current = Pairing.rows().select_for_update().get(village_id=pairing.village_id, pk=pairing.pk)
    if current.undone_at is not None:
        raise UndoneAlready
    current.undone_at, current.undone_by = at, by
    current.save(update_fields=["undone_at", "undone_by"])
    _audit("registry.show_pair_again", current, by, at)


def _both(village_id: UUID, kept_id: UUID, other_id: UUID) -> tuple[Person, Person]:
    rows = Person.rows().select_for_update().filter(village_id=village_id, pk__in=(kept_id, other_id))
    found = {each.pk: each for each in rows.order_by("pk")}
    return found[kept_id], found[other_id]


def _save(person: Person, by: UUID | None, at: datetime) -> None:
    person.updated_at, person.updated_by = at, by
    person.save()


def _audit(action: str, pairing: Pairing, by: UUID | None, at: datetime, **data: object) -> None:
    """Seen in the history of both."""
    both = (pairing.kept_id, pairing.other_id)
    for who, with_whom in (both, both[::-1]):
        told = {**data, "with": str(with_whom)}
        audit(action, by=by, at=at, village_id=pairing.village_id, subject=("person", who), data=told)


def _tell(kept: Person, other: Person, by: UUID | None, at: datetime) -> None:
    indexing.reindex(kept.village_id, people=[kept.pk, other.pk])
    publish(PeopleChanged(kept.village_id, (kept.pk, other.pk), by, at))
