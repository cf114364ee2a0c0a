"""How records from the entrance of a station are taken in: who was let in, who was stopped, how many queue.

They settle nothing: figures are added up from those that were not taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.screening.models import Station, StationRecord
from wuyicun.domains.screening.queries import RoundFacts, round_facts
from wuyicun.domains.screening.rules import STOPPED
from wuyicun.domains.screening.taking import closed_to
from wuyicun.kernel import clock
from wuyicun.kernel.database.statements import execute, rows
from wuyicun.kernel.records.kinds import Outcome, Row
from wuyicun.kernel.records.voids import VOID, named_before

_ADD = """
INSERT INTO screening_stationrecord
  (id, village_id, round_id, station_id, kind, people, person_id, data, at, by, voided)
SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, round_id uuid, station_id uuid, kind text,
  people int, person_id uuid, data jsonb, at timestamptz, by uuid, voided boolean)
ON CONFLICT (id) DO NOTHING
"""

_Key = tuple[UUID, UUID]


def apply(given: Sequence[Row]) -> Mapping[UUID, Outcome]:
    """Take in what was said at entrances, and what takes that back."""
    at, villages = clock.now(), {row.village_id for row in given}
    outcomes = {row.id: Outcome(row.id) for row in given}
    said = [row for row in given if row.kind != VOID]
    rounds = round_facts({(row.village_id, row.data.round) for row in said})
    stations = _rounds_of_stations(said)
    people = registry.areas_of_people({(row.village_id, row.data.person) for row in said if _names_somebody(row)})
    for row in said:
        code = _refused(row, rounds, stations, people)
        if code:
            outcomes[row.id].outcome, outcomes[row.id].code = "quarantined", code
    taken = [row for row in said if not outcomes[row.id].code]
    gone = named_before(taken)
    execute(_ADD, rows([_columns(row, voided=row.id in gone) for row in taken]))
    voids = [row for row in given if row.kind == VOID]
    StationRecord.rows().filter(village_id__in=villages, pk__in=[row.data.record for row in voids]).update(voided=True)
    rolls.touch(villages, at)
    return outcomes


def _names_somebody(row: Row) -> bool:
    return row.kind == STOPPED and row.data.person is not None


def _rounds_of_stations(said: Sequence[Row]) -> Mapping[_Key, UUID]:
    """The round of each station that is named."""
    found = Station.rows().filter(
        village_id__in={row.village_id for row in said}, pk__in={row.data.station for row in said}
    )
    return {(village, station): round_ for village, station, round_ in found.values_list("village_id", "pk", "round")}


def _refused(
    row: Row, rounds: Mapping[_Key, RoundFacts], stations: Mapping[_Key, UUID], people: Mapping[_Key, str]
) -> str:
    """Why a record is kept aside, '' when it is not."""
    code = closed_to(row, rounds)
    if code:
        return code
    if stations.get((row.village_id, row.data.station)) != row.data.round:
        return "unknown_station"
    return "unknown_person" if _names_somebody(row) and (row.village_id, row.data.person) not in people else ""


def _columns(row: Row, *, voided: bool) -> Mapping[str, object]:
    stopped = row.kind == STOPPED
    names = ("found", "sent", "name", "temperature", "note") if stopped else ()
    return {
        "id": row.id,
        "village_id": row.village_id,
        "round_id": row.data.round,
        "station_id": row.data.station,
        "kind": row.kind,
        "people": 1 if stopped else row.data.people,
        "person_id": row.data.person if stopped else None,
        "data": {name: getattr(row.data, name) for name in names},
        "at": min(row.corrected_at, row.received_at),
        "by": row.by,
        "voided": voided,
    }
