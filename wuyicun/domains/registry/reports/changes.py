"""The weekly change sheet: who came, was born, left, died or moved in a week, out of the audit and the imports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from wuyicun.domains.registry.models import ImportBatch, ImportChange, Person
from wuyicun.domains.registry.queries import brief, household_briefs, household_places
from wuyicun.domains.registry.reports.moves import Change, Happening, Outcome, What, outcomes
from wuyicun.domains.registry.rules import BatchState
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.accounts.queries import names_of
from wuyicun.kernel.audit import queries as audit
from wuyicun.kernel.audit.queries import Told
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

_OF_PEOPLE = (
    "registry.add_person", "registry.mark_left", "registry.mark_returned", "registry.place_person",
    "registry.set_whereabouts", "registry.merge_people", "registry.bulk_change", "registry.undo_bulk",
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
    imported = list(_imported(village_id, week, first))
    by = names_of(list({each.by for each in told if each.by}))
    telling = _Telling(scope, village_id, week, by)
    lines = [*telling.people(told, imported), *telling.households(told)]
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


def _imported(village_id: UUID, week: Week, first: ImportBatch | None) -> Iterator[tuple[UUID, Happening]]:
    """What later rosters said: new people, other houses, other whereabouts."""
    rows = ImportChange.rows().filter(
        village_id=village_id, kind="P", change__in=("made", "changed"), batch__state=BatchState.COMMITTED,
        batch__village_id=village_id, batch__committed_at__gte=week.since, batch__committed_at__lt=week.until,
    )  # fmt: skip
    if first is not None:
        rows = rows.exclude(batch_id=first.pk)
    columns = ("subject_id", "change", "before", "after", "batch__committed_at")
    for person, change, before, after, at in rows.order_by("id").values_list(*columns):
        if change == "made":
            yield person, Happening(What.ENTERED, at, "import")
        for cell in ("household", "micro_grid"):
            if after.get(cell):
                yield person, Happening(What.PLACED, at, "import", before.get(cell) or "", after[cell])
        if after.get("whereabouts"):
            yield person, Happening(What.STAYS, at, after["whereabouts"])


class _Telling:
    """Puts names to what happened, as far as the asker may see."""

    def __init__(self, scope: Scope, village_id: UUID, week: Week, by: Mapping[UUID, str]) -> None:
        self.scope, self.village_id, self.week, self.by = scope, village_id, week, by
        self.areas = territory.names(village_id)

    def people(self, told: Sequence[Told], imported: Sequence[tuple[UUID, Happening]]) -> Iterator[Line]:
        happened: dict[UUID, list[Happening]] = defaultdict(list)
        left_from: dict[UUID, set[str]] = defaultdict(set)
        for person, happening in imported:
            happened[person].append(happening)
        rows = [each for each in told if each.action in _OF_PEOPLE]
        merged = self._merged({each.subject_id for each in rows if each.action == "registry.merge_people"})
        houses = household_places(self.village_id, _houses_named(rows))
        for each in rows:
            happening_ = self._happening(each, merged, {home: name for home, (_path, name, _head) in houses.items()})
            if happening_ is not None:
                happened[each.subject_id].append(happening_)
            if each.action == "registry.place_person":
                left_from[each.subject_id].add(str(each.data.get("from", "")))
        briefs = brief(self.village_id, happened.keys())
        for pk, known in briefs.items():
            seen = self._seen(known.area_path)
            if seen or any(self._seen(path) for path in left_from[pk]):
                in_time = sorted(happened[pk], key=lambda each: each.at)
                about = (known.name, known.sex, known.birth_date, known.house, known.area, 1, seen)
                yield from (Line(pk, "P", one, *about) for one in outcomes(in_time, known.birth_date))

    def households(self, told: Sequence[Told]) -> Iterator[Line]:
        """Those that were moved to other micro-grids; where they began and where they are now."""
        moves: dict[UUID, list[Told]] = defaultdict(list)
        for each in told:
            if each.action in _OF_HOUSEHOLDS and each.data.get("to"):
                moves[each.subject_id].append(each)
        briefs = household_briefs(self.village_id, moves.keys())
        for pk, known in briefs.items():
            start, last = str(moves[pk][0].data["from"]), moves[pk][-1]
            end = str(last.data["to"])
            if start != end and (self._seen(known.area_path) or self._seen(start)):
                outcome = Outcome(
                    Change.MOVED, last.at, "", self.areas.get(start, ""), self.areas.get(end, ""), self._who(last)
                )
                may_open = self._seen(known.area_path)
                yield Line(pk, "H", outcome, known.house, "", None, known.house, known.area, known.members, may_open)

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
            case "registry.mark_left":
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


def _houses_named(rows: Sequence[Told]) -> set[UUID]:
    named = [each.data.get(key) for each in rows for key in ("household", "from_household")]
    return {UUID(str(each)) for each in named if each}
