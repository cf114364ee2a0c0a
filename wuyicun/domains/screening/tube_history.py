"""What was recorded of tubes, as a tube's page and the list of past runs show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wuyicun.domains.screening.models import Tube, TubeRecord
from wuyicun.domains.screening.signing import Strokes


@dataclass(frozen=True)
class Told:
    """One record that says something of a tube."""

    record_id: UUID
    tube: str
    kind: str
    at: datetime
    by: UUID | None
    device: UUID
    data: Mapping[str, Any]
    voided: bool


@dataclass(frozen=True)
class Run:
    """Tubes that left, or arrived, together: one record."""

    record_id: UUID
    kind: str
    at: datetime
    by: UUID | None
    tubes: tuple[str, ...]
    counted: int
    giver: str
    receiver: str
    laboratory: str
    voided: bool
    giver_signature: Strokes | None = None
    receiver_signature: Strokes | None = None


RUN_KINDS = ("tube.handover", "tube.receipt")


def told(village_id: UUID, round_id: UUID, tube: str) -> Sequence[Told]:
    """All records of a tube in the order they were made, those taken back included."""
    rows = TubeRecord.rows().filter(village_id=village_id, round_id=round_id, tube=tube)
    return [_told(row) for row in rows.order_by("corrected_at", "record_id")]


def results_told(village_id: UUID, round_id: UUID, tubes: Sequence[str]) -> Mapping[str, Sequence[Told]]:
    """The results recorded for tubes and not taken back, by code."""
    rows = TubeRecord.rows().filter(
        village_id=village_id, round_id=round_id, tube__in=tubes, kind="tube.result", voided=False
    )
    found: dict[str, list[Told]] = {}
    for row in rows.order_by("corrected_at", "record_id"):
        found.setdefault(row.tube, []).append(_told(row))
    return found


def runs(village_id: UUID, round_id: UUID, limit: int = 50) -> Sequence[Run]:
    """Handovers and receipts, latest first."""
    rows = TubeRecord.rows().filter(village_id=village_id, round_id=round_id, kind__in=RUN_KINDS)
    found: dict[UUID, list[TubeRecord]] = {}
    for row in rows.order_by("-corrected_at", "-record_id", "tube"):
        if row.record_id not in found and len(found) == limit:
            break
        found.setdefault(row.record_id, []).append(row)
    return [_run(each) for each in found.values()]


def run(village_id: UUID, round_id: UUID, record_id: UUID) -> Run | None:
    """The handover or receipt that a record made, None when it made none in this round."""
    rows = list(
        TubeRecord.rows()
        .filter(village_id=village_id, round_id=round_id, record_id=record_id, kind__in=RUN_KINDS)
        .order_by("tube")
    )
    return _run(rows) if rows else None


def kind_of(village_id: UUID, round_id: UUID, record_id: UUID) -> str | None:
    """The kind of a record of this round's tubes, None when it is none."""
    row = TubeRecord.rows().filter(village_id=village_id, round_id=round_id, record_id=record_id).first()
    return None if row is None else row.kind


def codes_known(village_id: UUID, codes: Sequence[str]) -> set[str]:
    """Those of the codes that some tube of the village, in whatever round, bears already."""
    return set(Tube.rows().filter(village_id=village_id, code__in=codes).values_list("code", flat=True))


def _told(row: TubeRecord) -> Told:
    return Told(row.record_id, row.tube, row.kind, row.corrected_at, row.by, row.device, row.data, row.voided)


def _run(rows: Sequence[TubeRecord]) -> Run:
    first, data = rows[0], rows[0].data
    return Run(
        first.record_id,
        first.kind,
        first.corrected_at,
        first.by,
        tuple(row.tube for row in rows),
        int(data.get("counted") or 0),
        str(data.get("giver") or ""),
        str(data.get("receiver") or ""),
        str(data.get("laboratory") or ""),
        first.voided,
        data.get("giver_signature"),
        data.get("receiver_signature"),
    )
