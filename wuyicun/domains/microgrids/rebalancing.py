"""Proposals on their way: asked for, worked out at once or by a job, applied as a whole or in part, taken back."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from wuyicun.domains.microgrids import actions, proposing
from wuyicun.domains.microgrids.models import Rebalancing
from wuyicun.domains.microgrids.proposing import Found
from wuyicun.domains.microgrids.rules import Stage
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import UNPLACED_CODE
from wuyicun.kernel import scope
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.planning.territory import Stopped

AT_ONCE = 1_000
"""Villages of more households are worked on by a job, so that nobody waits for an answer longer than a second."""
TELL_SECONDS = 1.0
JOB = "microgrids.propose"


class AlreadyAtWork(Refusal):
    """One proposal at a time."""

    code = "proposal_at_work"
    words = _("正在算另一个方案，请等它算完或先停止")


class NoPlaces(Refusal):
    """Nobody knows where any household lies."""

    code = "no_places"
    words = _("还没有一户有位置。先在“地图位置”里给片区或各户点上位置。")


class NotReady(Refusal):
    """A proposal is applied once, and only taken back when it was applied."""

    code = "proposal_not_ready"
    words = _("这个方案已经采用、撤销或停止，不能再改")


class NothingChosen(Refusal):
    """Nothing of the proposal was chosen, or all of it has been done otherwise meanwhile."""

    code = "nothing_chosen"
    words = _("没有选要移动的户，或这些户已经移动过")


@transaction.atomic
def begin(*, village_id: UUID, keep: float, by: UUID | None, at: datetime) -> Rebalancing:
    """Ask for a proposal: small villages get it at once, large ones by a job.

    Args:
        keep: what a move weighs, see `proposing.ask`.

    Raises:
        AlreadyAtWork: another one is being worked out.
        NoPlaces: no household has a place.
    """
    asked = proposing.ask(village_id, keep)
    if not asked.homes:
        raise NoPlaces
    try:
        with transaction.atomic():
            made: Rebalancing = Rebalancing.rows().create(
                village_id=village_id, state=Stage.WORKING, keep=keep, made_at=at, made_by=by
            )
    except IntegrityError as error:
        raise AlreadyAtWork from error
    audit("microgrids.propose", by=by, at=at, village_id=village_id, subject=("rebalancing", made.pk))
    if len(asked.homes) <= AT_ONCE:
        _keep(village_id, made.pk, Stage.READY, proposing.answer(asked))
        made.refresh_from_db()
    else:
        job = app.configure_task(JOB, lock=f"{JOB} {village_id}")
        job.defer(village_id=str(village_id), rebalancing_id=str(made.pk))
    return made


def work_off(village_id: UUID, rebalancing_id: UUID) -> None:
    """Work out a proposal, telling how far it is; run twice it does nothing the second time."""
    with scope.enter(scope.of_system([village_id])):
        waiting = Rebalancing.rows().filter(village_id=village_id, pk=rebalancing_id, state=Stage.WORKING).first()
        if waiting is None:
            return
        asked = proposing.ask(village_id, waiting.keep)
    teller = _Teller(village_id, rebalancing_id)
    stage, found = Stage.FAILED, None
    try:
        found = proposing.answer(asked, progress=teller.tell, stop=teller.is_stopped)
        stage = Stage.READY
    except Stopped:
        stage = Stage.STOPPED
    finally:
        with scope.enter(scope.of_system([village_id])):
            _keep(village_id, rebalancing_id, stage, found)


class _Teller:
    """Writes how far the work is, in transactions of its own, and reads whether somebody wants it stopped."""

    def __init__(self, village_id: UUID, rebalancing_id: UUID) -> None:
        self.village_id, self.rebalancing_id = village_id, rebalancing_id
        self.stopped, self.told = False, 0.0

    def tell(self, part: float) -> None:
        """At most once a second."""
        if time.monotonic() - self.told < TELL_SECONDS:
            return
        self.told = time.monotonic()
        with scope.enter(scope.of_system([self.village_id])):
            rows = Rebalancing.rows().filter(
                village_id=self.village_id, pk=self.rebalancing_id, state=Stage.WORKING, stop=False
            )
            self.stopped = not rows.update(progress=int(part * 100))

    def is_stopped(self) -> bool:
        """Whether somebody asked for it."""
        return self.stopped


def _keep(village_id: UUID, rebalancing_id: UUID, stage: Stage, found: Found | None) -> None:
    rows = Rebalancing.rows().filter(village_id=village_id, pk=rebalancing_id, state=Stage.WORKING)
    rows.update(state=stage, progress=100, proposal=None if found is None else msgspec.to_builtins(found))


def found_of(rebalancing: Rebalancing) -> Found | None:
    """What was found, None as long as nothing is."""
    return None if rebalancing.proposal is None else msgspec.convert(rebalancing.proposal, Found)


@transaction.atomic
def stop(*, rebalancing: Rebalancing, by: UUID | None, at: datetime) -> None:
    """Ask for the work to be given up; what has not begun is stopped at once."""
    rows = Rebalancing.rows().filter(village_id=rebalancing.village_id, pk=rebalancing.pk, state=Stage.WORKING)
    rows.filter(progress=0).update(state=Stage.STOPPED)
    rows.update(stop=True)
    _audit("microgrids.stop", rebalancing, by, at, {})


@transaction.atomic
def apply(*, rebalancing: Rebalancing, homes: Collection[UUID], by: UUID | None, at: datetime) -> int:
    """Carry out a proposal for the chosen households; returns how many moved. Open rolls follow.

    Who is no longer where the proposal saw them stays. New micro-grids are founded when somebody moves there; those
    that end up empty are retired.

    Raises:
        NotReady: it was applied, undone or stopped.
        NothingChosen: nobody would move.
        NumberTaken: of the registry; nothing is done.
    """
    current = _locked(rebalancing, Stage.READY)
    found, village_id = found_of(current), current.village_id
    assert found is not None  # noqa: S101  a ready one has been found
    here = {each.id: each.area_path for each in neighbourhood.dwellings(village_id)}
    moves = [move for move in found.moves if move.home in homes and here.get(move.home) == move.start]
    leaves, made = _leaves(village_id, found, {move.end for move in moves}, by, at)
    moved = actions.place_households(
        village_id=village_id, to={move.home: leaves[move.end] for move in moves}, by=by, at=at
    )
    if not moved:
        raise NothingChosen
    retired = _retire_empty({each.from_path for each in moved}, village_id, by, at)
    current.state, current.applied_at, current.applied_by = Stage.APPLIED, at, by
    current.applied = {
        "made": made,
        "retired": retired,
        "moved": [[str(each.household_id), each.from_path, each.to_path] for each in moved],
    }
    current.save(update_fields=["state", "applied_at", "applied_by", "applied"])
    _audit("microgrids.apply", current, by, at, {"moved": len(moved), "made": made, "retired": retired})
    return len(moved)


@transaction.atomic
def undo(*, rebalancing: Rebalancing, by: UUID | None, at: datetime) -> int:
    """Take back what was applied; returns how many households went back. Who has moved on since stays there.

    Raises:
        NotReady: it is not applied.
    """
    current = _locked(rebalancing, Stage.APPLIED)
    village_id, applied = current.village_id, current.applied or {}
    for path in applied["retired"]:
        actions.restore(village_id=village_id, area_path=path, by=by, at=at)
    here = {each.id: each.area_path for each in neighbourhood.dwellings(village_id)}
    leaves = {area.area_path: _leaf(area) for area in territory.areas(village_id)}
    back = {
        UUID(home): leaves[start]
        for home, start, end in applied["moved"]
        if here.get(UUID(home)) == end and start in leaves
    }
    moved = actions.place_households(village_id=village_id, to=back, by=by, at=at)
    _retire_empty(set(applied["made"]), village_id, by, at)
    current.state, current.undone_at = Stage.UNDONE, at
    current.save(update_fields=["state", "undone_at"])
    _audit("microgrids.undo", current, by, at, {"moved": len(moved)})
    return len(moved)


def _leaves(
    village_id: UUID, found: Found, ends: Collection[int], by: UUID | None, at: datetime
) -> tuple[Mapping[int, Leaf], list[str]]:
    """The micro-grids that somebody moves to; those that are new are founded."""
    living = {area.area_path: area for area in territory.areas(village_id)}
    leaves, made = {}, []
    for end in sorted(ends):
        grid = found.grids[end]
        if grid.was in living:
            leaves[end] = _leaf(living[grid.was])
            continue
        leaf = actions.found(village_id=village_id, section_path=grid.section, name=grid.name, by=by, at=at)
        leaves[end] = leaf
        made.append(leaf.area_path)
    return leaves, made


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


def _audit(action: str, rebalancing: Rebalancing, by: UUID | None, at: datetime, data: Mapping[str, object]) -> None:
    subject = ("rebalancing", rebalancing.pk)
    audit(action, by=by, at=at, village_id=rebalancing.village_id, subject=subject, data=data)
