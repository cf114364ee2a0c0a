"""What a laboratory's program sends, and what it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

MOST = 2_000

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Short = Annotated[str, msgspec.Meta(max_length=64)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result of a tube. With a name or an id number it counts only if that person was sampled into the tube; of a
    pool each person may be named in a result of their own."""

    tube: Code
    result: Literal["negative", "positive", "invalid"]
    reported_at: Moment | None = None
    name: Short = ""
    id_number: Short = ""


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Results that are sent together. `id` is new for each sending and the same when it is repeated; `village` is the
    village's division code of twelve digits."""

    id: UUID
    village: Annotated[str, msgspec.Meta(pattern="^[0-9]{12}$")]
    results: Annotated[list[Result], msgspec.Meta(min_length=1, max_length=MOST)]


class Told(msgspec.Struct, frozen=True):
    """What became of a result. `entered`: it is recorded (`late` and `mismatch` are looked at all the same); `joined`:
    another one of this sending says the same of the tube; `queued`: somebody must look first, `cause` and `detail` say
    why."""

    tube: str
    outcome: Literal["entered", "joined", "queued"]
    cause: Literal["", "unmatched", "wrong_id", "mismatch", "duplicate", "late"]
    detail: str


class Taken(msgspec.Struct, frozen=True):
    """What became of each result, in the order they were sent."""

    results: list[Told]


class Refused(msgspec.Struct, frozen=True):
    """Nothing was taken in; the code says why."""

    code: str
