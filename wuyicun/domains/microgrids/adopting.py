"""Carrying a proposal out, as a whole or in part, and taking it back as a whole.

What shall move is written down first, stream by stream from one micro-grid to another; then some hundreds of
households at a time are moved, each portion in a transaction of its own, so that nobody waits long for a lock and a
worker that dies goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from wuyicun.domains.microgrids import actions
from wuyicun.domains.microgrids.models import Rebalancing
from wuyicun.domains.microgrids.proposing import Found, Move
from wuyicun.domains.microgrids.rebalancing import found_of, note
from wuyicun.domains.microgrids.rules import Stage
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import UNPLACED_CODE
from wuyicun.kernel.errors import Refusal

AT_ONCE = 300
"""So many are moved while somebody waits for the page; more are a job's."""
PORTION = 200
JOB = "microgrids.adopt"
UNDER_WAY = (Stage.APPLYING, Stage.UNDOING)


class NotReady(Refusal):
    """A proposal is applied once, and only taken back when it was applied."""

    code = "proposal_not_ready"
    words = _("这个方案已经采用、撤销或停止，不能再改")


class NothingChosen(Refusal):
    """Nothing of the proposal was chosen, or all of it has been done otherwise meanwhile."""

    code = "nothing_chosen"
    words = _("没有选要移动的户，或这些户已经移动过")


@transaction.atomic
def apply(*, rebalancing: Rebalancing, homes: Collection[UUID] | None, by: UUID | None, at: datetime) -> Rebalancing:
    """Carry out a proposal for the chosen households, few at once, many in the background. Open rolls follow.

    Who is no longer where the proposal saw them stays. New micro-grids are founded when somebody moves there; those
    that end up empty are retired.

    Args:
        homes: None for all.

    Raises:
        NotReady: it was applied, undone or stopped.
        NothingChosen: nobody would move.
        NumberTaken: of the registry; nothing is done.
    """
    current = _locked(rebalancing, Stage.READY)
    found, village_id = found_of(current), current.village_id
    assert found is not None  # noqa: S101  a ready one has been found
    here = neighbourhood.paths_of(village_id, [move.home for move in found.moves])
    moves = [
        move for move in found.moves if (homes is None or move.home in homes) and here.get(move.home) == move.start
    ]
    if not moves:
        raise NothingChosen
    ends, made = _found_new(village_id, found, moves, by, at)
    wanted = sorted([str(move.home), move.start, ends[move.end]] for move in moves)
    current.applied = {"made": made, "retired": [], "moved": sorted(wanted, key=_stream), "skipped": []}
    current.state, current.applied_at, current.applied_by = Stage.APPLYING, at, by
    current.done, current.stop = 0, False
    current.save(update_fields=["applied", "state", "applied_at", "applied_by", "done", "stop"])
    note("microgrids.apply", current, by, at, {"wanted": len(wanted), "made": made})
    return _go_on(current, at)


@transaction.atomic
def undo(*, rebalancing: Rebalancing, by: UUID | None, at: datetime) -> Rebalancing:
    """Take back all that was applied. Who has moved on since stays there.

    Raises:
        NotReady: it is not applied.
    """
    current = _locked(rebalancing, Stage.APPLIED)
    applied = current.applied or {}
    for path in applied["retired"]:
        actions.restore(village_id=current.village_id, area_path=path, by=by, at=at)
    current.applied = {**applied, "skipped": []}
    current.state, current.done, current.undone_at, current.undone_by = Stage.UNDOING, 0, at, by
    current.save(update_fields=["applied", "state", "done", "undone_at", "undone_by"])
    note("microgrids.undo", current, by, at, {"households": len(applied["moved"])})
    return _go_on(current, at)


def moved(rebalancing: Rebalancing) -> int:
    """How many households were moved, or moved back."""
    applied = rebalancing.applied or {}
    return len(applied.get("moved", ())) - len(applied.get("skipped", ()))


def _go_on(current: Rebalancing, at: datetime) -> Rebalancing:
    village_id, number = current.village_id, len((current.applied or {})["moved"])
    if number <= AT_ONCE:
        while portion(village_id=village_id, rebalancing_id=current.pk, at=at):
            pass
        current.refresh_from_db()
        if not moved(current) and current.state == Stage.APPLIED:
            raise NothingChosen
    else:
        app.configure_task(JOB, lock=f"{JOB} {village_id}").defer(
            village_id=str(village_id), rebalancing_id=str(current.pk)
        )
    return current


@transaction.atomic
def portion(*, village_id: UUID, rebalancing_id: UUID, at: datetime) -> bool:
    """Move, or move back, the next of those who are left; whether there may be more."""
    rows = Rebalancing.rows().select_for_update().filter(village_id=village_id, pk=rebalancing_id)
    current = rows.filter(state__in=UNDER_WAY).first()
    if current is None:
        return False
    undoing, applied = current.state == Stage.UNDOING, current.applied or {}
    waiting = _next(applied["moved"], current.done)
    if not waiting or (current.stop and not undoing):
        _finish(current, undoing, at)
        return False
    by = current.undone_by if undoing else current.applied_by
    if skipped := _move(village_id, waiting, undoing, by, at):
        current.applied = {**applied, "skipped": [*applied["skipped"], *skipped]}
        current.save(update_fields=["applied"])
    current.done += len(waiting)
    current.save(update_fields=["done"])
    return True


def _next(moves: Sequence[list[str]], done: int) -> Sequence[list[str]]:
    """Whole streams, so that each stands once in the history of both its micro-grids."""
    end = min(done + PORTION, len(moves))
    while 0 < end < len(moves) and _stream(moves[end]) == _stream(moves[end - 1]):
        end += 1
    return moves[done:end]


def _stream(move: list[str]) -> tuple[str, str]:
    return move[1], move[2]


def _move(village_id: UUID, moves: Sequence[list[str]], undoing: bool, by: UUID | None, at: datetime) -> Sequence[str]:
    """Move them; the households that were not where they would be moved from, or whose micro-grid is gone."""
    here = neighbourhood.paths_of(village_id, [UUID(home) for home, _start, _end in moves])
    leaves = {area.area_path: _leaf(area) for area in territory.areas(village_id)}
    to, skipped = {}, []
    for home, start, end in moves:
        source, target = (end, start) if undoing else (start, end)
        if here.get(UUID(home)) == source and target in leaves:
            to[UUID(home)] = leaves[target]
        else:
            skipped.append(home)
    actions.place_households(village_id=village_id, to=to, by=by, at=at)
    return skipped


def _finish(current: Rebalancing, undoing: bool, at: datetime) -> None:
    village_id, applied = current.village_id, current.applied or {}
    if undoing:
        _retire_empty(set(applied["made"]), village_id, current.undone_by, at)
        current.state = Stage.UNDONE
        current.save(update_fields=["state"])
        return
    skipped = set(applied["skipped"])
    done = [each for each in applied["moved"][: current.done] if each[0] not in skipped]
    emptied = {start for _home, start, _end in done} | set(applied["made"])
    retired = _retire_empty(emptied, village_id, current.applied_by, at)
    gone = set(retired) & set(applied["made"])
    current.applied = {
        "made": [path for path in applied["made"] if path not in gone],
        "retired": [path for path in retired if path not in gone],
        "moved": done,
        "skipped": [],
    }
    current.state = Stage.APPLIED
    current.save(update_fields=["applied", "state"])


def _found_new(
    village_id: UUID, found: Found, moves: Sequence[Move], by: UUID | None, at: datetime
) -> tuple[Mapping[int, str], list[str]]:
    """The paths of the micro-grids that somebody moves to; those that are new are founded."""
    living = {area.area_path for area in territory.areas(village_id)}
    paths, made = {}, []
    for end in sorted({move.end for move in moves}):
        grid = found.grids[end]
        if grid.was in living:
            paths[end] = grid.was
            continue
        leaf = actions.found(village_id=village_id, section_path=grid.section, name=grid.name, by=by, at=at)
        paths[end] = leaf.area_path
        made.append(leaf.area_path)
    return paths, made


def _leaf(area: territory.AreaRow) -> Leaf:
    """A micro-grid has two digits below its section, 未入网 three below the village."""
    width = 3 if area.area_path.endswith(UNPLACED_CODE) else 2
    return Leaf(area.pk, area.area_path, area.name, area.area_path[:-width], "")


def _retire_empty(paths: Collection[str], village_id: UUID, by: UUID | None, at: datetime) -> list[str]:
    retired = []
    for path in sorted(paths):
        area = territory.area(village_id, path)
        if not path.endswith(UNPLACED_CODE) and neighbourhood.is_empty(village_id, path):
            actions.retire(village_id=village_id, area_path=path, name=area.name, by=by, at=at)
            retired.append(path)
    return retired


def _locked(rebalancing: Rebalancing, stage: Stage) -> Rebalancing:
    found = Rebalancing.rows().select_for_update().get(village_id=rebalancing.village_id, pk=rebalancing.pk)
    if found.state != stage:
        raise NotReady
    return found
