"""交接: a post goes from one to another at one moment, with what is open in its area; both are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.territory import actions
from wuyicun.domains.territory.models import Handover, Post
from wuyicun.domains.territory.rules import Rank
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.actions import give_grant
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class SameHolder(Refusal):
    """Nobody takes over from themselves."""

    code = "same_holder"
    words = _("接手的人就是现在任职的%(name)s")


class AlreadyEnded(Refusal):
    """Somebody was faster."""

    code = "post_already_ended"
    words = _("%(name)s的任职已经结束，请刷新再看")


STILL_READS = timedelta(days=7)


@dataclass(frozen=True)
class OpenWork:
    """Something that is open in an area.

    Attributes:
        what: a key of `words.WORK`.
        about: of what, in the village's own words: the title of a round.
        url: the list.
    """

    what: str
    about: str
    count: int
    url: str


@dataclass(frozen=True)
class Taker:
    """Who takes over; without an account only the name moves."""

    name: str
    account_id: UUID | None = None


def open_work(village_id: UUID, area_path: str) -> Sequence[OpenWork]:
    """What is open in an area: the rooms above tell it, the configuration lists them (`WUYI_OPEN_WORK`)."""
    listed: Sequence[Callable[[UUID, str], Sequence[OpenWork]]] = import_string(settings.WUYI_OPEN_WORK)
    return [work for tell in listed for work in tell(village_id, area_path)]


@transaction.atomic
def hand_over(*, post: Post, taker: Taker, note: str, by: UUID | None, at: datetime) -> Handover:
    """End the post and begin it again with another holder: rights and open work go over together.

    Raises:
        AlreadyEnded: the post is no longer held.
        SameHolder.
    """
    held: Post = Post.rows().select_for_update().get(village_id=post.village_id, pk=post.pk)
    if held.ends_at is not None and held.ends_at <= at:
        raise AlreadyEnded(name=held.holder_name)
    if taker.account_id == held.account_id if taker.account_id else taker.name == held.holder_name:
        raise SameHolder(name=held.holder_name)
    ends_at = held.ends_at
    actions.end_post(post=held, ends_at=at, by=by, at=at)
    begun = actions.appoint(
        village_id=held.village_id,
        area_path=held.area_path,
        role=held.role,
        holder_name=taker.name,
        account_id=taker.account_id,
        unit_id=held.unit_id,
        rank=Rank(held.rank),
        starts_at=at,
        ends_at=ends_at,
        by=by,
        at=at,
    )
    handover: Handover = Handover.rows().create(
        village_id=held.village_id,
        area_path=held.area_path,
        ended=held,
        begun=begun,
        note=note,
        open_work=[asdict(work) for work in open_work(held.village_id, held.area_path)],
        made_at=at,
        made_by=by,
    )
    if held.account_id is not None:
        _let_read(held, held.account_id, by, at)
    audit("territory.hand_over", by=by, at=at, village_id=held.village_id, subject=("handover", handover.pk))
    return handover


def _let_read(held: Post, account_id: UUID, by: UUID | None, at: datetime) -> None:
    """Who gave everything away still sees the board for a while, and on it that it was taken over."""
    if any(grant.village_id == held.village_id for grant in accounts.grants_in_force(account_id, at)):
        return
    give_grant(
        account_id=account_id,
        role="member",
        area_path=held.area_path,
        village_id=held.village_id,
        post_id=None,
        starts_at=at,
        ends_at=at + STILL_READS,
        by=by,
        at=at,
    )


def to_tell(village_id: UUID, account_id: UUID) -> Sequence[Handover]:
    """The handovers of which somebody has not yet said that they have seen them."""
    giver = Q(ended__account_id=account_id, giver_seen_at__isnull=True)
    taker = Q(begun__account_id=account_id, taker_seen_at__isnull=True)
    rows = Handover.rows().filter(giver | taker, village_id=village_id)
    return list(rows.select_related("ended", "begun").order_by("made_at", "id"))


@transaction.atomic
def seen(*, handover: Handover, by: UUID, at: datetime) -> None:
    """One of the two has taken note."""
    if handover.ended.account_id == by and handover.giver_seen_at is None:
        handover.giver_seen_at = at
    if handover.begun.account_id == by and handover.taker_seen_at is None:
        handover.taker_seen_at = at
    handover.save(update_fields=["giver_seen_at", "taker_seen_at"])
    audit("territory.handover_seen", by=by, at=at, village_id=handover.village_id, subject=("handover", handover.pk))
