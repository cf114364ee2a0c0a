"""The weekly change sheet: who came, was born, left, died or moved in a week, out of the audit and the imports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.models import ImportBatch, ImportChange, Person
from wuyicun.domains.registry.queries import brief, household_briefs, household_places
from wuyicun.domains.registry.reports.moves import BIRTH, Change, Happening, Outcome, What, outcomes
from wuyicun.domains.registry.rules import MISTAKEN, BatchState
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS, is_unplaced
from wuyicun.kernel.accounts.queries import names_of
from wuyicun.kernel.audit import queries as audit
from wuyicun.kernel.audit.queries import Told
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

_OF_PEOPLE = (
    "registry.add_person", "registry.mark_left", "registry.mark_returned", "registry.place_person",
    "registry.set_whereabouts", "registry.merge_people", "registry.bulk_change", "registry.undo_bulk",
    "registry.register_birth", "registry.undo_birth", "registry.register_death", "registry.undo_death",
)  # fmt: skip
_OF_HOUSEHOLDS = ("registry.move_household", "registry.edit_household")


@dataclass(frozen=True)
class Week:
    """Which week: from a moment to another (not included), and of which area ('' for all that the asker may see)."""

    since: datetime
    until: datetime
    area_path: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A person, or a household with all its people, that has changed.

    Attributes:
        kind: P or H.
        name: of the person, or what the house is called.
        people: one, or how many belong to the household now.
        open: the asker may open the page behind it.
    """

    id: UUID
    kind: str
    outcome: Outcome
    name: str
    sex: str
    birth_date: date | None
    house: str
    area: str
    people: int
    open: bool


@dataclass(frozen=True)
class Sheet:
    """The lines by kind of change and time, and how many people entered with the village's first roster."""

    lines: Sequence[Line]
    first_entered: int

    @property
    def counts(self) -> Mapping[Change, int]:
        """People by kind of change."""
        found = Counter[Change]()
        for line in self.lines:
            found[line.outcome.change] += line.people
        return {change: found[change] for change in Change}


def sheet(scope: Scope, village_id: UUID, week: Week) -> Sheet:
    """What changed in the areas that the asker may see; one who moved out of them is named with where to."""
    told = audit.between(village_id, (*_OF_PEOPLE, *_OF_HOUSEHOLDS), week.since, week.until)
    first = _first_import(village_id)
    imported = _imported(village_id, week, first)
    by = names_of(list({each.by for each in told if each.by}))
    telling = _Telling(scope, village_id, week, by)
    lines = [*telling.people(told, imported), *telling.households(told, imported)]
    order = list(Change)
    lines.sort(key=lambda line: (order.index(line.outcome.change), line.outcome.at, line.name))
    return Sheet(lines, _entered_first(scope, village_id, week, first))


def _first_import(village_id: UUID) -> ImportBatch | None:
    """With it the list began: nobody moved in by it."""
    batches = ImportBatch.rows().filter(village_id=village_id, state=BatchState.COMMITTED)
    return batches.order_by("committed_at", "id").first()


def _entered_first(scope: Scope, village_id: UUID, week: Week, first: ImportBatch | None) -> int:
    if first is None or first.committed_at is None or not week.since <= first.committed_at < week.until:
        return 0
    made = ImportChange.rows().filter(village_id=village_id, batch_id=first.pk, kind="P", change="made")
    people = Person.rows().filter(scope.covering(Permission.VIEW_PEOPLE), village_id=village_id)
    within = people.filter(area_path__startswith=week.area_path) if week.area_path else people
    return within.filter(pk__in=made.values("subject_id")).count()


@dataclass(frozen=True, slots=True)
class _Said:
    """What a later roster said of a person or household: that it is new, or which cells it changed."""

    kind: str
    subject_id: UUID
    change: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    at: datetime

    def moved(self, cell: str) -> bool:
        """Whether it was there, and is said to be elsewhere."""
        return self.change == "changed" and bool(self.after.get(cell))


def _imported(village_id: UUID, week: Week, first: ImportBatch | None) -> Sequence[_Said]:
    rows = ImportChange.rows().filter(
        village_id=village_id, kind__in=("P", "H"), change__in=("made", "changed"), batch__state=BatchState.COMMITTED,
        batch__village_id=village_id, batch__committed_at__gte=week.since, batch__committed_at__lt=week.until,
    )  # fmt: skip
    if first is not None:
        rows = rows.exclude(batch_id=first.pk)
    columns = ("kind", "subject_id", "change", "before", "after", "batch__committed_at")
    return [_Said(*row) for row in rows.order_by("id").values_list(*columns)]


_Happened = tuple[UUID, Happening, str]
"""To whom, what, and of somebody who moved the path of the area that they left ('' where it is not known)."""


class _Telling:
    """Puts names to what happened, as far as the asker may see."""

    def __init__(self, scope: Scope, village_id: UUID, week: Week, by: Mapping[UUID, str]) -> None:
        self.scope, self.village_id, self.week, self.by = scope, village_id, week, by
        self.areas = territory.names(village_id)

    def people(self, told: Sequence[Told], imported: Sequence[_Said]) -> Iterator[Line]:
        happened: dict[UUID, list[Happening]] = defaultdict(list)
        left_from: dict[UUID, set[str]] = defaultdict(set)
        for person, happening, start in (*self._of_rosters(imported), *self._of_the_audit(told)):
            happened[person].append(replace(happening, at=timezone.localtime(happening.at)))
            left_from[person].add(start)
        for pk, known in brief(self.village_id, happened.keys()).items():
            seen = self._seen(known.area_path)
            if seen or any(self._seen(path) for path in left_from[pk]):
                about = (known.name, known.sex, known.birth_date, known.house, known.area, 1, seen)
                yield from (Line(pk, "P", one, *about) for one in outcomes(_in_time(happened[pk]), known.birth_date))

    def households(self, told: Sequence[Told], imported: Sequence[_Said]) -> Iterator[Line]:
        """Those that were moved to other micro-grids; where they began and where they are now."""
        moves: dict[UUID, list[Happening]] = defaultdict(list)
        for each in told:
            if each.action in _OF_HOUSEHOLDS and each.data.get("to"):
                start, end = str(each.data["from"]), str(each.data["to"])
                moves[each.subject_id].append(Happening(What.PLACED, each.at, "", start, end, self._who(each)))
        leaves = self._leaves()
        for said in imported:
            if said.kind == "H" and said.moved("micro_grid"):
                start, end = (leaves.get(cells.get("micro_grid", ""), "") for cells in (said.before, said.after))
                moves[said.subject_id].append(Happening(What.PLACED, said.at, "", start, end))
        for pk, known in household_briefs(self.village_id, moves.keys()).items():
            seen = self._seen(known.area_path)
            for one in outcomes(_in_time(moves[pk]), None):
                if seen or self._seen(one.start):
                    named = replace(one, start=self.areas.get(one.start, ""), end=self.areas.get(one.end, ""))
                    yield Line(pk, "H", named, known.house, "", None, known.house, known.area, known.members, seen)

    def _of_rosters(self, imported: Sequence[_Said]) -> Iterator[_Happened]:
        people = [each for each in imported if each.kind == "P"]
        homes, leaves = self._homes(people), self._leaves()
        for each in people:
            if each.change == "made":
                yield each.subject_id, Happening(What.ENTERED, each.at, "import"), ""
            elif each.moved("household"):
                start, end = (homes.get(cells.get("household", ""), ("", "")) for cells in (each.before, each.after))
                yield each.subject_id, Happening(What.PLACED, each.at, "", start[1], end[1]), start[0]
            elif each.moved("micro_grid"):
                path, to = (leaves.get(cells.get("micro_grid", ""), "") for cells in (each.before, each.after))
                named = Happening(What.PLACED, each.at, "", self.areas.get(path, ""), self.areas.get(to, ""))
                yield each.subject_id, named, path
            if each.change == "changed" and each.after.get("whereabouts"):
                yield each.subject_id, Happening(What.STAYS, each.at, each.after["whereabouts"]), ""

    def _of_the_audit(self, told: Sequence[Told]) -> Iterator[_Happened]:
        rows = [each for each in told if each.action in _OF_PEOPLE]
        merged = self._merged({each.subject_id for each in rows if each.action == "registry.merge_people"})
        places = household_places(self.village_id, _houses_named(rows))
        houses = {home: name for home, (_path, name, _head) in places.items()}
        for each in rows:
            if (one := self._happening(each, merged, houses)) is not None:
                yield each.subject_id, one, str(each.data.get("from", "")) if one.what is What.PLACED else ""

    def _homes(self, said: Sequence[_Said]) -> Mapping[str, tuple[str, str]]:
        """The leaves and the names of the houses that rosters call section/number."""
        cells = {
            cell
            for each in said
            if each.moved("household")
            for cell in (each.before.get("household", ""), each.after["household"])
        }
        if not cells:
            return {}
        known = neighbourhood.by_section_and_number(self.village_id)
        ids = {cell: home for (section, number), home in known.items() if (cell := f"{section}/{number}") in cells}
        places = household_places(self.village_id, set(ids.values()))
        return {cell: places[home][:2] for cell, home in ids.items()}

    def _leaves(self) -> Mapping[str, str]:
        """The paths of what rosters call section/micro-grid, and of 未入网, which they leave blank."""
        found = {
            f"{self.areas.get(path[:SECTION_DIGITS], '')}/{name}": path
            for path, name in self.areas.items()
            if len(path) > SECTION_DIGITS
        }
        return found | {"": next((path for path in self.areas if is_unplaced(path)), "")}

    def _seen(self, path: str) -> bool:
        return path.startswith(self.week.area_path) and bool(path) and self.scope.permits(Permission.VIEW_PEOPLE, path)

    def _who(self, told: Told) -> str:
        return self.by.get(told.by, "") if told.by else ""

    def _merged(self, ids: Collection[UUID]) -> set[UUID]:
        rows = Person.named(self.village_id, ids).filter(merged_into_id__isnull=False)
        return set(rows.values_list("pk", flat=True))

    def _happening(self, told: Told, merged: set[UUID], houses: Mapping[UUID, str]) -> Happening | None:
        data, at, who = told.data, told.at, self._who(told)
        match told.action:
            case "registry.add_person":
                return Happening(What.ENTERED, at, "by_hand", by=who)
            case "registry.register_birth":
                return Happening(What.ENTERED, at, BIRTH, by=who)
            case "registry.undo_birth":
                return Happening(What.LEFT, at, MISTAKEN, by=who)
            case "registry.undo_death":
                return Happening(What.RETURNED, at, "undo_death", by=who)
            case "registry.mark_left" | "registry.register_death":
                return Happening(What.LEFT, at, str(data.get("reason", "")), by=who)
            case "registry.merge_people" if told.subject_id in merged:
                return Happening(What.LEFT, at, "merged", by=who)
            case "registry.mark_returned":
                return Happening(What.RETURNED, at, "returned", by=who)
            case "registry.place_person":
                start = self._place(data.get("from_household"), data.get("from"), houses)
                end = self._place(data.get("household"), data.get("area"), houses)
                return Happening(What.PLACED, at, "", start, end, who)
            case "registry.set_whereabouts" | "registry.bulk_change" | "registry.undo_bulk" if data.get("whereabouts"):
                return Happening(What.STAYS, at, str(data["whereabouts"]), by=who)
        return None

    def _place(self, household: object, area: object, houses: Mapping[UUID, str]) -> str:
        """What the house is called, else the area."""
        return (houses.get(UUID(str(household)), "") if household else "") or self.areas.get(str(area), "")


def _in_time(happened: Sequence[Happening]) -> list[Happening]:
    return sorted(happened, key=lambda each: each.at)


def _houses_named(rows: Sequence[Told]) -> set[UUID]:
    named = [each.data.get(key) for each in rows for key in ("household", "from_household")]
    return {UUID(str(each)) for each in named if each}
