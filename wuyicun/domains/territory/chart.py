"""组织图: both lines on the same areas with who holds what; what is vacant, and who holds too much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wuyicun.domains.territory import duties, hubs, queries
from wuyicun.domains.territory.duties import Hours
from wuyicun.domains.territory.hubs import HubHouse
from wuyicun.domains.territory.models import Unit
from wuyicun.domains.territory.queries import Holder, Node
from wuyicun.domains.territory.rules import (
    EXPECTED,
    LEADER,
    LED,
    LINES,
    TECHNICAL,
    Level,
    Rank,
    UnitKind,
    head_role,
    holds_too_much,
)


@dataclass(frozen=True)
class Box:
    """A unit, or the place where one is lacking (then without id, name and hours), with who serves in it."""

    kind: UnitKind
    area_path: str
    area: str
    unit_id: UUID | None
    name: str
    phone: str
    head: Holder | None
    deputies: tuple[Holder, ...]
    members: tuple[Holder, ...]
    hours: Hours | None
    help_with: str


@dataclass(frozen=True)
class Branch:
    """An area with its two units, its hub households and the areas below it."""

    id: UUID
    path: str
    name: str
    level: Level
    command: Box
    party: Box
    hubs: tuple[HubHouse, ...]
    below: tuple[Branch, ...]


@dataclass(frozen=True)
class Vacancy:
    """Something that the plan asks for and nobody fills.

    Attributes:
        what: unit (not set up), head (nobody leads it), duty (hours without anybody) or hub (no hub household).
        role: what an appointment would give.
    """

    what: str
    area_path: str
    area: str
    kind: UnitKind | None = None
    unit_id: UUID | None = None
    unit: str = ""
    role: str = ""


@dataclass(frozen=True)
class Chart:
    """The village's organisation at a moment.

    Attributes:
        support: centre, station, office, committees, partners, and what else belongs to neither line.
        heavy: who holds too much, with their posts.
    """

    root: Branch
    support: tuple[Box, ...]
    vacancies: tuple[Vacancy, ...]
    heavy: Mapping[UUID | str, tuple[Holder, ...]]

    def missing(self, what: str) -> tuple[Vacancy, ...]:
        """The vacancies of one kind."""
        return tuple(each for each in self.vacancies if each.what == what)


def branches(root: Branch) -> Iterator[Branch]:
    """An area, and all below it, each before those below."""
    yield root
    for branch in root.below:
        yield from branches(branch)


def chart(village_id: UUID, at: datetime) -> Chart:
    """Draw it up. Raises Area.DoesNotExist when the village has no tree."""
    drawing = _Drawing(village_id, at)
    root = drawing.branch(queries.tree(village_id))
    support = drawing.support()
    heads = tuple(drawing.vacancies(root, support))
    return Chart(root, support, heads, _heavy(drawing.holders))


class _Drawing:
    """The village's units, holders and hubs, by what they are looked up."""

    def __init__(self, village_id: UUID, at: datetime) -> None:
        self.holders = queries.holders(village_id, at)
        self.names = queries.names(village_id)
        self.units: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        living = queries.units(village_id)
        for unit in living:
            self.units[unit.area_path, unit.kind].append(unit)
        self.hours = duties.of_village(village_id, living, at)
        self.hubs: dict[str, list[HubHouse]] = defaultdict(list)
        for hub in hubs.of_village(village_id):
            self.hubs[hub.area_path].append(hub)

    def branch(self, node: Node) -> Branch:
        level = Level(node.level)
        below = tuple(self.branch(child) for child in node.children if child.level != Level.UNPLACED)
        command, party = (self._line(node, level, kind) for kind in LINES)
        return Branch(
            node.id, node.area_path, node.name, level, command, party, tuple(self.hubs[node.area_path]), below
        )

    def _line(self, node: Node, level: Level, kind: UnitKind) -> Box:
        unit = next(iter(self.units[node.area_path, kind]), None)
        inside = [holder for holder in self.holders if unit is not None and holder.unit_id == unit.pk]
        if kind is UnitKind.COMMAND:
            inside += [
                each
                for each in self.holders
                if each.area_path == node.area_path and each.unit_id is None and each.role not in TECHNICAL
            ]
            inside += [each for each in self._leaders(node, level) if each not in inside]
        return self._box(kind, node.area_path, unit, inside, LEADER[level] if kind is UnitKind.COMMAND else "")

    def _leaders(self, node: Node, level: Level) -> list[Holder]:
        """Who answers for the area, wherever else they sit."""
        return [each for each in self.holders if each.area_path == node.area_path and each.role == LEADER[level]]

    def _box(
        self, kind: UnitKind, area_path: str, unit: Unit | None, inside: Sequence[Holder], leader: str = ""
    ) -> Box:
        heads = [each for each in inside if each.rank == Rank.HEAD and (not leader or each.role == leader)]
        heads += [each for each in inside if leader and each.role == leader and each.rank != Rank.DEPUTY]
        head = next(iter(heads), None)
        others = [each for each in inside if head is None or each.id != head.id]
        return Box(
            kind,
            area_path,
            self.names.get(area_path, ""),
            unit.pk if unit else None,
            unit.name if unit else "",
            unit.phone if unit else "",
            head,
            tuple(each for each in others if each.rank == Rank.DEPUTY),
            tuple(each for each in others if each.rank != Rank.DEPUTY),
            self.hours[unit.pk] if unit else None,
            unit.help_with if unit else "",
        )

    def support(self) -> tuple[Box, ...]:
        order = list(UnitKind)
        units = [
            unit
            for (_path, kind), units in self.units.items()
            for unit in (units[1:] if kind in LINES else units)
        ]  # fmt: skip
        units.sort(key=lambda unit: (order.index(UnitKind(unit.kind)), unit.area_path, unit.name))
        return tuple(
            self._box(UnitKind(unit.kind), unit.area_path, unit, [h for h in self.holders if h.unit_id == unit.pk])
            for unit in units
        )

    def vacancies(self, root: Branch, support: Sequence[Box]) -> Iterator[Vacancy]:
        for branch in branches(root):
            known = {UnitKind.COMMAND: branch.command, UnitKind.PARTY: branch.party}
            known |= {box.kind: box for box in support if box.area_path == branch.path and box.kind not in LINES}
            for kind in EXPECTED[branch.level]:
                yield from _lacking(branch, kind, known.get(kind))
            for box in support:
                if box.area_path == branch.path and box.kind in LED and box.kind not in EXPECTED[branch.level]:
                    yield from _lacking(branch, box.kind, box)
            for box in (branch.command, branch.party, *(each for each in support if each.area_path == branch.path)):
                if box.hours is not None and box.hours.gaps:
                    yield Vacancy("duty", branch.path, branch.name, box.kind, box.unit_id, box.name)
            if branch.level is Level.MICRO_GRID and not branch.hubs:
                yield Vacancy("hub", branch.path, branch.name)


def _lacking(branch: Branch, kind: UnitKind, box: Box | None) -> Iterator[Vacancy]:
    role = head_role(kind, branch.level)
    unit_id = box.unit_id if box else None
    if unit_id is None:
        yield Vacancy("unit", branch.path, branch.name, kind)
    if (box is None or box.head is None) and (unit_id is not None or kind is UnitKind.COMMAND):
        yield Vacancy("head", branch.path, branch.name, kind, unit_id, box.name if box else "", role)


def _heavy(holders: Sequence[Holder]) -> Mapping[UUID | str, tuple[Holder, ...]]:
    of: dict[UUID | str, list[Holder]] = defaultdict(list)
    for holder in holders:
        of[holder.whose].append(holder)
    return {
        whose: tuple(held)
        for whose, held in of.items()
        if holds_too_much([(each.role, each.area_path) for each in held if each.rank != Rank.DEPUTY])
    }
