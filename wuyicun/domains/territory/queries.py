"""What is asked of the tree, its units and posts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from wuyicun.domains.territory.models import Area, Division, Handover, Post, Unit
from wuyicun.domains.territory.rules import ABOVE_DIGITS, LEADER, LEAVES, Level, Rank
from wuyicun.kernel.scope import within

AreaRow = Area
UnitRow = Unit
"""For rooms above, which may name what they are given but not query it."""


@dataclass(frozen=True)
class Node:
    """An area with those below it."""

    id: UUID
    area_path: str
    level: str
    name: str
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Holder:
    """A post as lists show it."""

    id: UUID
    unit: str
    area: str
    area_path: str
    role: str
    name: str
    account_id: UUID | None
    starts_at: datetime
    ends_at: datetime | None = None
    rank: str = Rank.MEMBER
    unit_id: UUID | None = None
    person_id: UUID | None = None

    @property
    def last_day(self) -> date | None:
        """The last day, when one is said: a post that ends at midnight was held on the day before."""
        return None if self.ends_at is None else timezone.localdate(self.ends_at - timedelta(microseconds=1))

    @property
    def whose(self) -> UUID | str:
        """Who it is: two posts of one person have the same."""
        return self.person_id or self.account_id or self.name


@dataclass(frozen=True)
class HandoverRow:
    """A handover as lists show it."""

    id: UUID
    area: str
    giver: str
    taker: str
    made_at: datetime


def areas(village_id: UUID, *, levels: Sequence[str] | None = None) -> Sequence[Area]:
    """The village's living areas in the order of their codes, 未入网 last."""
    rows = Area.rows().filter(village_id=village_id, retired_at__isnull=True)
    if levels is not None:
        rows = rows.filter(level__in=levels)
    return sorted(rows, key=lambda area: (area.level == Level.UNPLACED, area.area_path))


def areas_where(village_id: UUID, held: Q, *, after: UUID | None, limit: int) -> Sequence[Area]:
    """Living areas that a scope's filter lets through, by their paths, behind an area that may be retired by now."""
    rows = Area.rows().filter(held, village_id=village_id, retired_at__isnull=True)
    if after:
        last = Area.rows().filter(village_id=village_id, pk=after).values_list("area_path").first()
        rows = rows.filter(area_path__gt=last[0] if last else "")
    return list(rows.order_by("area_path")[:limit])


def tree(village_id: UUID) -> Node:
    """The whole tree of a village. Raises Area.DoesNotExist when the village has none."""
    nodes: dict[UUID, Node] = {}
    root: Node | None = None
    for area in sorted(areas(village_id), key=lambda area: len(area.area_path)):
        node = nodes[area.pk] = Node(area.pk, area.area_path, area.level, area.name)
        parent = nodes.get(area.parent_id) if area.parent_id else None
        if parent is None:
            root = root or node
        else:
            parent.children.append(node)
    if root is None:
        raise Area.DoesNotExist
    for node in nodes.values():
        node.children.sort(key=lambda child: (child.level == Level.UNPLACED, child.area_path))
    return root


def area(village_id: UUID, area_path: str) -> Area:
    """The area with this path. Raises Area.DoesNotExist."""
    found: Area = Area.rows().get(village_id=village_id, area_path=area_path)
    return found


def leaves(village_id: UUID, area_path: str) -> Sequence[Area]:
    """Micro-grids and 未入网 below an area (or the area itself, when it is one)."""
    return list(Area.rows().filter(within(area_path), village_id=village_id, level__in=LEAVES).order_by("area_path"))


def names(village_id: UUID, paths: Collection[str] | None = None) -> dict[str, str]:
    """The name of every area by its path, retired ones too; or of those with these paths only."""
    rows = Area.rows().filter(village_id=village_id)
    if paths is not None:
        rows = rows.filter(area_path__in=paths)
    return dict(rows.values_list("area_path", "name"))


def ancestry(village_path: str) -> Sequence[str]:
    """The names of the divisions above a village, widest first (those that are known)."""
    paths = [village_path[:digits] for digits in ABOVE_DIGITS.values()]
    return list(Division.objects.filter(area_path__in=paths).order_by("area_path").values_list("name", flat=True))


def units(village_id: UUID) -> Sequence[Unit]:
    """The village's living units by area and name."""
    return list(Unit.rows().filter(village_id=village_id, ended_at__isnull=True).order_by("area_path", "name"))


def holders(village_id: UUID, at: datetime) -> Sequence[Holder]:
    """The posts that are held at this moment, by area and role."""
    posts = Post.rows().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), village_id=village_id, starts_at__lte=at)
    return _held(village_id, posts.order_by("area_path", "role", "id"))


def without_leader(village_id: UUID, at: datetime) -> int:
    """How many areas, from the village to its micro-grids, nobody answers for at this moment."""
    posts = Post.rows().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), village_id=village_id, starts_at__lte=at)
    led = posts.filter(area_path=OuterRef("area_path"), role=OuterRef("leader")).exclude(rank=Rank.DEPUTY)
    there = Area.rows().filter(village_id=village_id, retired_at__isnull=True, level__in=LEADER)
    leader = Case(*(When(level=level, then=Value(role)) for level, role in LEADER.items()))
    return there.annotate(leader=leader).filter(~Exists(led)).count()


def coming(village_id: UUID, at: datetime) -> Sequence[Holder]:
    """The posts that begin later, soonest first."""
    return _held(village_id, Post.rows().filter(village_id=village_id, starts_at__gt=at).order_by("starts_at", "id"))


def former(
    village_id: UUID, at: datetime, *, unit_id: UUID | None = None, after: UUID | None = None, limit: int = 50
) -> Sequence[Holder]:
    """The posts that have ended, of the village or of a unit; who was appointed last comes first."""
    posts = Post.rows().filter(village_id=village_id, ends_at__lte=at)
    if unit_id is not None:
        posts = posts.filter(unit_id=unit_id)
    if after is not None:
        posts = posts.filter(pk__lt=after)
    return _held(village_id, posts.order_by("-id")[:limit])


def _held(village_id: UUID, posts: QuerySet[Post]) -> Sequence[Holder]:
    area_names = names(village_id)
    return [
        Holder(
            post.pk,
            post.unit.name if post.unit_id else "",
            area_names.get(post.area_path, ""),
            post.area_path,
            post.role,
            post.holder_name,
            post.account_id,
            post.starts_at,
            post.ends_at,
            post.rank,
            post.unit_id,
            post.person_id,
        )
        for post in posts.select_related("unit")
    ]


def handovers(village_id: UUID, limit: int = 50) -> Sequence[HandoverRow]:
    """The latest handovers."""
    area_names = names(village_id)
    rows = Handover.rows().filter(village_id=village_id).select_related("ended", "begun").order_by("-made_at", "-id")
    return [
        HandoverRow(
            row.pk, area_names.get(row.area_path, ""), row.ended.holder_name, row.begun.holder_name, row.made_at
        )
        for row in rows[:limit]
    ]
