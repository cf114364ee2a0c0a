"""What the Today board shows, put together from the rooms below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from wuyicun.domains.registry import counts as registered
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening.queries import Mistakes, RoundRow, TubeTotals
from wuyicun.domains.screening.rules import PACE_MINUTES, RoundState, finish_at, quarter_start
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.records import queries as records
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

MOST_MICRO_GRIDS = 120
"""So many are listed on the board: in a town those furthest behind, in a village all."""

MOST_WITHOUT_CODE = 2_000
"""So many who lack a sampling code are counted on the board, in a town where nobody has one; the list counts all."""

SHOWN_KINDS = ("sample", "tube.close", "tube.handover", "tube.result", "outcome", "excuse")


@dataclass(frozen=True)
class AreaCoverage:
    """Coverage of an area, and of those below it; who is behind comes first."""

    name: str
    area_path: str
    counts: Counts
    below: tuple[AreaCoverage, ...] = ()


@dataclass(frozen=True)
class Activity:
    """Something that was recorded: when, by whom, what, of whom.

    Attributes:
        tube: the code of the tube it is about.
        tubes: how many tubes it is about, when it is about several.
        detail: the code of an outcome or a result.
    """

    at: datetime
    by: str
    kind: str
    tube: str
    tubes: int
    detail: str
    person: str
    person_id: UUID | None


@dataclass(frozen=True)
class Board:
    """The Today board of a village.

    Attributes:
        without_code: how many people whom the asker may see lack a sampling code, counted up to `MOST_WITHOUT_CODE`.
        furthest_behind: how many micro-grids are listed, when there are more; None when all are.
    """

    people: int
    without_code: int
    mistakes: int
    round: RoundRow | None = None
    counts: Counts = field(default_factory=Counts)
    finish_at: datetime | None = None
    coverage: tuple[AreaCoverage, ...] = ()
    furthest_behind: int | None = None
    tubes: TubeTotals = field(default_factory=TubeTotals)
    retests_owed: int = 0
    tray: int = 0
    activity: tuple[Activity, ...] = ()

    @property
    def without_code_shown(self) -> str:
        """The number, or that there are as many and maybe more."""
        return f"{self.without_code}{'+' if self.without_code >= MOST_WITHOUT_CODE else ''}"

    @property
    def is_open(self) -> bool:
        """Is a round going on?"""
        return self.round is not None and self.round.state == RoundState.OPEN


def board_token(village_id: UUID, at: datetime) -> str:
    """Changes with the village's data, and every half minute, since tubes become late by themselves."""
    return f"{rolls.change_token(village_id)}.{int(at.timestamp()) // 30}"


def board(scope: Scope, village_id: UUID, at: datetime) -> Board:
    """All that the board shows; counts come from the leaves, never from a scan of people."""
    round_ = screening.current_round(village_id)
    since = quarter_start(timezone.localtime(at))
    without_code = registered.without_code(scope, village_id, most=MOST_WITHOUT_CODE)
    if round_ is None:
        return Board(
            people=registered.people(village_id),
            without_code=without_code,
            mistakes=screening.mistakes_count(village_id, since, at, {}),
        )
    sections = rolls.counts_by(village_id, round_.roll_id, SECTION_DIGITS)
    counts = sum(sections.values(), Counts())
    tubes = screening.totals(village_id, round_, at)
    areas, all_listed = coverage(village_id, round_, sections)
    return Board(
        people=counts.current,
        without_code=without_code,
        round=round_,
        counts=counts,
        finish_at=finish_at(counts.owed, tubes.swabs_lately, PACE_MINUTES, at),
        coverage=areas,
        furthest_behind=None if all_listed else MOST_MICRO_GRIDS,
        tubes=tubes,
        retests_owed=screening.retests_owed(village_id, round_),
        mistakes=screening.mistakes_count(village_id, since, at, {round_.pk: (counts, tubes)}),
        tray=records.kept_aside(village_id),
        activity=activity(scope, village_id),
    )


def mistakes(village_id: UUID, at: datetime) -> Sequence[Mistakes]:
    """工作零失误 of this quarter."""
    return screening.mistakes(village_id, quarter_start(timezone.localtime(at)), at)


def coverage(
    village_id: UUID, round_: RoundRow, sections: Mapping[str, Counts]
) -> tuple[tuple[AreaCoverage, ...], bool]:
    """Coverage by section, each with those of its micro-grids that are among the furthest behind of the village; and
    whether these are all."""
    behind = rolls.behind(village_id, round_.roll_id, MOST_MICRO_GRIDS + 1)
    leaves = behind[:MOST_MICRO_GRIDS]
    names = territory.names(village_id, [*sections, *(leaf.area_path for leaf in leaves)])
    below: dict[str, list[AreaCoverage]] = {}
    for leaf in leaves:
        section = leaf.area_path[:SECTION_DIGITS]
        if section != leaf.area_path:
            name = names.get(leaf.area_path, "")
            below.setdefault(section, []).append(AreaCoverage(name, leaf.area_path, leaf.counts))
    areas = [
        AreaCoverage(names.get(path, ""), path, counts, tuple(below.get(path, ())))
        for path, counts in sections.items()
        if counts.current
    ]
    return _behind_first(areas), len(behind) == len(leaves)


def _behind_first(areas: Iterable[AreaCoverage]) -> tuple[AreaCoverage, ...]:
    return tuple(sorted(areas, key=lambda area: (area.counts.coverage, -area.counts.missing, area.area_path)))


def activity(scope: Scope, village_id: UUID, limit: int = 10) -> tuple[Activity, ...]:
    """What came in last; names only of people in the areas of who asks."""
    rows = records.latest(village_id, SHOWN_KINDS, limit)
    named = {UUID(row.data["person"]) for row in rows if row.data.get("person")}
    people = registry.brief(village_id, named)
    names = accounts.names_of([row.by for row in rows if row.by])
    found = []
    for row in rows:
        person = people.get(UUID(row.data["person"])) if row.data.get("person") else None
        seen = person is not None and scope.permits(Permission.VIEW_PEOPLE, person.area_path)
        found.append(
            Activity(
                at=row.corrected_at,
                by=names.get(row.by, "") if row.by else "",
                kind=row.kind,
                tube=str(row.data.get("tube") or ""),
                tubes=len(row.data.get("tubes") or ()),
                detail=str(row.data.get("outcome") or row.data.get("result") or ""),
                person=person.name if person is not None and seen else "",
                person_id=person.id if person is not None and seen else None,
            )
        )
    return tuple(found)
