"""Setting a station up: points ticked off and taken back, opened when all are seen to, closed with what that owes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.actions import MOST_REASON, RoundNotOpen
from wuyicun.domains.screening.events import StationClosed
from wuyicun.domains.screening.models import Round, Setup, SetupTick, Station
from wuyicun.domains.screening.rules import RoundState, StationState
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

SUBJECT = "station"


class SetupIncomplete(Refusal):
    """A station opens when every point was seen to."""

    code = "setup_incomplete"
    words = _("布置清单还有 %(missing)s 项没有打勾，不能开放")


class AlreadyOpen(Refusal):
    """What was seen to stands, once the station opened on it."""

    code = "station_already_open"
    words = _("这个采样点已经开放")


class NotOpen(Refusal):
    """Only an open station is closed, only a closed one set up anew."""

    code = "station_not_open"
    words = _("这个采样点没有开放")


class UnknownItem(Refusal):
    """The profile's list has no such point."""

    code = "unknown_setup_item"
    status = 400
    words = _("布置清单里没有这一项")


@transaction.atomic
def tick(*, village_id: UUID, station_id: UUID, item: str, by: UUID | None, at: datetime) -> None:
    """A point was seen to; the first one begins the setting-up. Ticked twice it stays whose it was.

    Raises:
        UnknownItem, RoundNotOpen, AlreadyOpen.
    """
    if item not in queries.setup_items():
        raise UnknownItem
    station = _locked(village_id, station_id)
    setup = _preparing(station, at)
    told = {"at": at, "by": by}
    SetupTick.rows().get_or_create(village_id=village_id, setup=setup, item=item, undone_at=None, defaults=told)
    _told("tick_setup", station, by, at, item=item)


@transaction.atomic
def untick(*, village_id: UUID, station_id: UUID, item: str, by: UUID | None, at: datetime) -> None:
    """Take a tick back.

    Raises:
        RoundNotOpen, AlreadyOpen.
    """
    station = _locked(village_id, station_id)
    setup = _preparing(station, at)
    live = SetupTick.rows().filter(village_id=village_id, setup_id=setup.pk, item=item, undone_at=None)
    live.update(undone_at=at, undone_by=by)
    _told("untick_setup", station, by, at, item=item)


@transaction.atomic
def open_station(*, village_id: UUID, station_id: UUID, override: str = "", by: UUID | None, at: datetime) -> None:
    """Open a station.

    Args:
        override: why it opens although points are missing; '' when it must be complete.

    Raises:
        RoundNotOpen, AlreadyOpen, SetupIncomplete.
    """
    station = _locked(village_id, station_id)
    setup = _preparing(station, at)
    missing = queries.setup(village_id, station_id).missing()
    reason = override.strip()[:MOST_REASON]
    if missing and not reason:
        raise SetupIncomplete(missing=len(missing))
    setup.opened_at, setup.opened_by = at, by
    setup.lacking, setup.override = list(missing), reason if missing else ""
    setup.save(update_fields=["opened_at", "opened_by", "lacking", "override"])
    _told("open_station", station, by, at, lacking=list(missing))


@transaction.atomic
def close_station(*, village_id: UUID, station_id: UUID, by: UUID | None, at: datetime) -> None:
    """Close a station; from now on it owes a disinfection.

    Raises:
        NotOpen.
    """
    station = _locked(village_id, station_id)
    setup = _current(station)
    if setup is None or setup.opened_at is None:
        raise NotOpen
    setup.closed_at, setup.closed_by = at, by
    setup.save(update_fields=["closed_at", "closed_by"])
    _told("close_station", station, by, at, setup=setup.pk)
    area = queries.round_(village_id, station.round_id).area_path
    publish(StationClosed(village_id, setup.pk, station.name, station.place_id, area, by, at))


@transaction.atomic
def set_up_again(*, village_id: UUID, station_id: UUID, by: UUID | None, at: datetime) -> None:
    """Begin anew with a station that was closed: every point is to be seen to again.

    Raises:
        RoundNotOpen, NotOpen.
    """
    station = _locked(village_id, station_id)
    _round_is_open(station)
    if queries.setup(village_id, station_id).state is not StationState.CLOSED:
        raise NotOpen
    _begin(station, at)
    _told("set_up_station_again", station, by, at)


@transaction.atomic
def disinfected(*, village_id: UUID, setup_id: UUID, done_at: datetime | None, at: datetime) -> None:
    """What the closing owes was done, or what was said of it was taken back (`done_at` None)."""
    Setup.rows().filter(village_id=village_id, pk=setup_id).update(disinfected_at=done_at)
    rolls.touch([village_id], at)


def _locked(village_id: UUID, station_id: UUID) -> Station:
    """The station, alone with it."""
    station: Station = Station.rows().select_for_update().get(village_id=village_id, pk=station_id)
    return station


def _round_is_open(station: Station) -> None:
    open_ = {"village_id": station.village_id, "pk": station.round_id, "state": RoundState.OPEN}
    if not Round.rows().filter(**open_).exists():
        raise RoundNotOpen


def _current(station: Station) -> Setup | None:
    """The setting-up that goes on, None before the first and after a closing."""
    rows = Setup.rows().filter(village_id=station.village_id, station_id=station.pk, closed_at=None)
    return rows.first()


def _begin(station: Station, at: datetime) -> Setup:
    number = Setup.rows().filter(village_id=station.village_id, station_id=station.pk).count() + 1
    made: Setup = Setup.rows().create(village_id=station.village_id, station_id=station.pk, number=number, begun_at=at)
    return made


def _preparing(station: Station, at: datetime) -> Setup:
    _round_is_open(station)
    setup = _current(station)
    if setup is None:
        if Setup.rows().filter(village_id=station.village_id, station_id=station.pk).exists():
            raise NotOpen  # closed: said to be set up again first
        return _begin(station, at)
    if setup.opened_at is not None:
        raise AlreadyOpen
    return setup


def _told(action: str, station: Station, by: UUID | None, at: datetime, **data: object) -> None:
    village_id = station.village_id
    audit(f"screening.{action}", by=by, at=at, village_id=village_id, subject=(SUBJECT, station.pk), data=data)
    rolls.touch([village_id], at)
