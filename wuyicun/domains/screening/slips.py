"""Result slips: somebody's own result on paper, with a code by which anybody checks it; outdated once it changes.

Nothing is kept of a slip: its code is the swab and a keyed digest of what the slip said, so that it holds exactly as
long as that is still so.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.screening import codes
from wuyicun.domains.screening.codes import Code
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.rules import Fit, TubeResult
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.database.statements import execute

PURPOSE = "screening.slip"


@dataclass(frozen=True)
class Slip:
    """What a slip says.

    Attributes:
        pool: how many share the tube at most; 1 is a single sample.
    """

    swab_id: UUID
    person_id: UUID
    round: str
    tube: str
    pool: int
    station: str
    sampled_at: datetime
    result: str
    result_at: datetime


# A swab says something of its person when it counts and its tube does: of a positive pool each member's re-test does.
_SLIP = f"""
SELECT s.id, s.person_id, r.title, s.tube, t.pool, coalesce(st.name, ''), s.corrected_at, t.result, t.result_at
FROM screening_sample s
  JOIN screening_tube t ON t.village_id = s.village_id AND t.round_id = s.round_id AND t.code = s.tube
  JOIN screening_round r ON r.village_id = s.village_id AND r.id = s.round_id
  LEFT JOIN screening_station st ON st.village_id = s.village_id AND st.id = s.station_id
  LEFT JOIN rolls_entry e ON e.village_id = s.village_id AND e.roll_id = r.roll_id AND e.subject_id = s.person_id
WHERE s.village_id = %s AND s.fit = {Fit.OK:d} AND t.state NOT IN ('void', 'lost')
  AND (t.result = '{TubeResult.NEGATIVE}' OR (t.result = '{TubeResult.POSITIVE}' AND t.pool = 1))
  AND (s.retest OR e.settled_by = s.id)
"""

_OF_PEOPLE = f"{_SLIP} AND s.round_id = %s AND s.person_id = ANY (%s::uuid[]) ORDER BY s.corrected_at, s.id"
_OF_SWAB = f"{_SLIP} AND s.id = %s"


def of_people(village_id: UUID, round_: Round, people: Collection[UUID]) -> Mapping[UUID, Slip]:
    """The latest result of each of these people in a round; who has none of their own yet is left out."""
    rows = execute(_OF_PEOPLE, village_id, round_.pk, list(people))
    return {slip.person_id: slip for slip in (Slip(*row) for row in rows)}


def code_of(village_id: UUID, village_path: str, slip: Slip) -> str:
    """The code that stands on a slip."""
    return codes.of_result(village_path, slip.swab_id, _mac(village_id, slip.swab_id, slip.result))


def _mac(village_id: UUID, swab_id: UUID, result: str) -> bytes:
    return blind_index(f"{village_id}\x00{swab_id}\x00{result}", PURPOSE)[: codes.MAC_BYTES]


@dataclass(frozen=True)
class Checked:
    """A slip that was issued here; `slip` is None once it no longer says what is so.

    Attributes:
        name: masked: the first character and a 某 for each other.
    """

    slip: Slip | None = None
    name: str = ""


def checked(village_id: UUID, code: Code) -> Checked | None:
    """What the code of a slip stands for; None when no slip with it was issued here."""
    named = codes.swab_of(code)
    if named is None:
        return None
    swab_id, mac = named
    said = next((each for each in TubeResult if hmac.compare_digest(mac, _mac(village_id, swab_id, each))), None)
    if said is None:
        return None
    rows = execute(_OF_SWAB, village_id, swab_id)
    slip = Slip(*rows[0]) if rows else None
    if slip is None or slip.result != said:
        return Checked()
    person = registry.brief(village_id, [slip.person_id]).get(slip.person_id)
    return Checked(slip, masked(person.name)) if person else Checked()


def masked(name: str) -> str:
    """张秀英 is 张某某."""
    return name[:1] + _("某") * (len(name) - 1)
