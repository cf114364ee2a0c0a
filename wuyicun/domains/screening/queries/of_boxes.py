"""What is asked of boxes: which tube lies in which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from wuyicun.domains.screening.models import TubeRecord

BOX = "tube.box"


def boxes(village_id: UUID, round_id: UUID, codes: Collection[str]) -> Mapping[str, str]:
    """The box of each of the tubes that was put into one: what was said last counts."""
    rows = TubeRecord.rows().filter(village_id=village_id, round_id=round_id, tube__in=codes, kind=BOX, voided=False)
    told = rows.order_by("corrected_at", "record_id").values_list("tube", "data__box")
    return {tube: str(box) for tube, box in told}
