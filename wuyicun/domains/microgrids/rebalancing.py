"""Proposals on their way: asked for, worked out at once or by a job, given up."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from wuyicun.domains.microgrids import proposing
from wuyicun.domains.microgrids.models import Rebalancing
from wuyicun.domains.microgrids.proposing import Found
from wuyicun.domains.microgrids.rules import Stage
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


def homes_of_streams(rebalancing: Rebalancing, streams: Collection[str]) -> set[UUID]:
    """The households of the proposal that move from one micro-grid to another as said: `path>number of the new one`."""
    found, asked = found_of(rebalancing) if streams else None, set(streams)
    return {move.home for move in found.moves if f"{move.start}>{move.end}" in asked} if found else set()


@transaction.atomic
def stop(*, rebalancing: Rebalancing, by: UUID | None, at: datetime) -> None:
    """Ask for the work to be given up; what has not begun is stopped at once, what is being applied ends as it is."""
    rows = Rebalancing.rows().filter(village_id=rebalancing.village_id, pk=rebalancing.pk)
    rows.filter(state=Stage.WORKING, progress=0).update(state=Stage.STOPPED)
    rows.filter(state__in=(Stage.WORKING, Stage.APPLYING)).update(stop=True)
    note("microgrids.stop", rebalancing, by, at, {})


def note(action: str, rebalancing: Rebalancing, by: UUID | None, at: datetime, data: Mapping[str, object]) -> None:
    """Audit what befalls a proposal."""
    subject = ("rebalancing", rebalancing.pk)
    audit(action, by=by, at=at, village_id=rebalancing.village_id, subject=subject, data=data)
