"""Drawing the tree, setting up units, filling and ending posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import ForeignKey, Model, Q
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.territory.models import Area, Post, Unit
from wuyicun.domains.territory.rules import UNPLACED_CODE, Level, Rank, next_path, village_path
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class NotAVillageCode(Refusal):
    """A village's code has twelve digits."""

    code = "not_a_village_code"
    status = 400
    words = _("行政区划代码应为 12 位数字：%(code)s")


class AreaNameTaken(Refusal):
    """Two living areas of one parent don't share a name."""

    code = "area_name_taken"
    words = _("已经有同名的%(name)s，不能恢复")


class LeaderAlready(Refusal):
    """A micro-grid has one leader at a time."""

    code = "leader_already"
    words = _("%(area)s已有微网格长%(name)s，请先结束其任职")


class HeadAlready(Refusal):
    """A unit has one head at a time."""

    code = "head_already"
    words = _("%(unit)s的负责人是%(name)s，请先结束其任职或办理交接")


def found_village(*, code: str, name: str, time_zone: str = "Asia/Shanghai", by: UUID | None, at: datetime) -> Village:
    """A village with its root and the leaf 未入网; the one that is already there is returned.

    Raises:
        NotAVillageCode: the code is not twelve digits.
    """
    path = village_path(code)
    if path is None:
        raise NotAVillageCode(code=code)
    with transaction.atomic():
        village = accounts.register_village(area_path=path, name=name, time_zone=time_zone, by=by, at=at)
        with scope.enter(scope.of_system([village.pk])):
            root, made = Area.rows().get_or_create(
                village_id=village.pk, area_path=path, defaults={"level": Level.VILLAGE, "name": name}
            )
            if made:
                Area.rows().create(
                    village_id=village.pk,
                    parent=root,
                    area_path=path + UNPLACED_CODE,
                    level=Level.UNPLACED,
                    name="未入网",
                )
    return village


@transaction.atomic
def add_area(*, village_id: UUID, parent_path: str, level: Level, name: str, by: UUID | None, at: datetime) -> Area:
    """A new grid or micro-grid under `parent_path`; the living one of that name is returned as it is."""
    parent: Area = Area.rows().select_for_update().get(village_id=village_id, area_path=parent_path)
    known: Area | None = (
        Area.rows().filter(village_id=village_id, parent=parent, name=name, retired_at__isnull=True).first()
    )
    if known is not None:
        return known
    taken = Area.rows().filter(village_id=village_id, parent=parent).values_list("area_path", flat=True)
    path = next_path(
        parent_path, level, [each for each in taken if not each.endswith(UNPLACED_CODE) or level is not Level.GRID]
    )
    area: Area = Area.rows().create(village_id=village_id, parent=parent, area_path=path, level=level, name=name)
    audit("territory.add_area", by=by, at=at, village_id=village_id, subject=("area", area.pk))
    return area


@transaction.atomic
def remove_area(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> bool:
    """Take back an area that was made by mistake, unless something lies below it or anything belongs to it."""
    area: Area = Area.rows().select_for_update().get(village_id=village_id, area_path=area_path)
    on_it = any(model.rows().filter(village_id=village_id, area_path=area_path).exists() for model in (Unit, Post))
    if on_it or any(
        model._default_manager.filter(village_id=village_id, **{link: area}).exists()
        for model, link in _links_to_areas()
    ):
        return False
    area.delete()
    audit("territory.remove_area", by=by, at=at, village_id=village_id, subject=("area", area.pk))
    return True


@cache
def _links_to_areas() -> Sequence[tuple[type[Model], str]]:
    """Each model that is linked to an area, of whatever room, with the name of its link."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Area
    ]


@transaction.atomic
def retire_area(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> Area:
    """A grid or micro-grid is there no longer; its posts and units end. Its code is never given to another.

    Whether people live there is known above: whoever calls this has looked.
    """
    area: Area = Area.rows().select_for_update().get(village_id=village_id, area_path=area_path)
    if area.retired_at is None:
        area.retired_at = at
        area.save(update_fields=["retired_at"])
        held = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
        for post in Post.rows().filter(held, village_id=village_id, area_path=area_path):
            end_post(post=post, ends_at=at, by=by, at=at)
        Unit.rows().filter(village_id=village_id, area_path=area_path, ended_at__isnull=True).update(ended_at=at)
        audit("territory.retire_area", by=by, at=at, village_id=village_id, subject=("area", area.pk))
    return area


@transaction.atomic
def restore_area(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> Area:
    """Take back that an area was retired; its posts are filled anew.

    Raises:
        AreaNameTaken: another one has its name by now.
    """
    area: Area = Area.rows().select_for_update().get(village_id=village_id, area_path=area_path)
    if area.retired_at is not None:
        namesakes = Area.rows().filter(village_id=village_id, parent_id=area.parent_id, name=area.name)
        if namesakes.filter(retired_at__isnull=True).exists():
            raise AreaNameTaken(name=area.name)
        area.retired_at = None
        area.save(update_fields=["retired_at"])
        audit("territory.restore_area", by=by, at=at, village_id=village_id, subject=("area", area.pk))
    return area


@transaction.atomic
def add_unit(
    *, village_id: UUID, area_path: str, kind: str, name: str, phone: str, by: UUID | None, at: datetime
) -> Unit:
    """A unit on an area; the one of that name is returned as it is."""
    unit, made = Unit.rows().get_or_create(
        village_id=village_id,
        area_path=area_path,
        name=name,
        ended_at=None,
        defaults={"kind": kind, "phone": phone},
    )
    if made:
        audit("territory.add_unit", by=by, at=at, village_id=village_id, subject=("unit", unit.pk))
    result: Unit = unit
    return result


@transaction.atomic
def appoint(
    *,
    village_id: UUID,
    area_path: str,
    role: str,
    holder_name: str,
    account_id: UUID | None,
    unit_id: UUID | None = None,
    person_id: UUID | None = None,
    rank: Rank = Rank.MEMBER,
    starts_at: datetime,
    ends_at: datetime | None = None,
    by: UUID | None,
    at: datetime,
) -> Post:
    """Fill a post; the account, where there is one, gets the role's grant over the area, from its start to its end.

    Raises:
        LeaderAlready: the micro-grid has a leader.
        HeadAlready: the unit has a head.
    """
    area = Area.rows().select_for_update().get(village_id=village_id, area_path=area_path)
    post = Post(
        village_id=village_id,
        unit_id=unit_id,
        area_path=area_path,
        role=role,
        holder_name=holder_name,
        person_id=person_id,
        account_id=account_id,
        rank=rank,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    _refuse_a_second(post, area)
    post.save(force_insert=True)
    if account_id is not None:
        accounts.give_grant(
            account_id=account_id,
            role=role,
            area_path=area_path,
            village_id=village_id,
            post_id=post.pk,
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
            at=at,
        )
    audit("territory.appoint", by=by, at=at, village_id=village_id, subject=("post", post.pk), data={"role": role})
    return post


def _refuse_a_second(post: Post, area: Area) -> None:
    """A micro-grid has one leader at each moment, a unit one head."""
    others = Post.rows().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=post.starts_at), village_id=post.village_id)
    others = others.exclude(pk=post.pk)
    if post.ends_at is not None:
        others = others.filter(starts_at__lt=post.ends_at)
    if post.role == "micro_grid_leader" and post.rank != Rank.DEPUTY:
        leader = others.filter(area_path=post.area_path, role=post.role).exclude(rank=Rank.DEPUTY).first()
        if leader is not None:
            raise LeaderAlready(area=area.name, name=leader.holder_name)
    if post.unit_id is not None and post.rank == Rank.HEAD:
        head = others.filter(unit_id=post.unit_id, rank=post.rank).select_related("unit").first()
        if head is not None:
            raise HeadAlready(unit=head.unit.name, name=head.holder_name)


@transaction.atomic
def set_end(*, post: Post, ends_at: datetime | None, by: UUID | None, at: datetime) -> None:
    """Say until when a post is held, or that no end is known; what it grants follows.

    Raises:
        LeaderAlready, HeadAlready: somebody else is appointed from a day on that it would reach.
    """
    area = Area.rows().select_for_update().get(village_id=post.village_id, area_path=post.area_path)
    post.ends_at = None if ends_at is None else max(ends_at, at, post.starts_at)
    _refuse_a_second(post, area)
    post.save(update_fields=["ends_at"])
    accounts.set_end_of_grants(post_id=post.pk, ends_at=post.ends_at, by=by, at=at)
    audit("territory.set_end", by=by, at=at, village_id=post.village_id, subject=("post", post.pk))


@transaction.atomic
def end_post(*, post: Post, ends_at: datetime, by: UUID | None, at: datetime) -> None:
    """End a post and what it granted."""
    post.ends_at = max(ends_at, post.starts_at)
    post.save(update_fields=["ends_at"])
    accounts.end_grants_of_post(post_id=post.pk, ends_at=ends_at, by=by, at=at)
    audit("territory.end_post", by=by, at=at, village_id=post.village_id, subject=("post", post.pk))
