"""What a kind of record is, and the register in which rooms enter theirs (`config/kinds.py` lists the rooms)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from wuyicun.kernel.roles import Permission


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record as it travels."""

    id: UUID
    seq: int
    kind: str
    at: datetime
    data: msgspec.Raw
    v: int = 1


class Row(msgspec.Struct, frozen=True):
    """A record on its way into its room: the envelope with its village, device, author and times.

    `paths` are the areas over which the author holds the permission that the kind asks for.
    """

    id: UUID
    village_id: UUID
    device: UUID
    seq: int
    kind: str
    v: int
    at: datetime
    corrected_at: datetime
    received_at: datetime
    by: UUID | None
    paths: tuple[str, ...]
    data: Any

    def covers(self, area_path: str) -> bool:
        """Does the author look after this area?"""
        return any(area_path.startswith(path) for path in self.paths)


@dataclass(slots=True)
class Outcome:
    """What became of a record: accepted, duplicate, held or quarantined; with a code and flags."""

    id: UUID
    outcome: str = "accepted"
    code: str = ""
    flags: list[str] = field(default_factory=list)


Applied = Mapping[UUID, Outcome]
Apply = Callable[[Sequence[Row]], Applied]
Recall = Callable[[Collection[UUID]], Applied]
Words = str | Promise


def _no_names(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    return {}


@dataclass(frozen=True)
class Told:
    """How a room's records are told to people: in the tray, and on the form that made one.

    Attributes:
        codes: the words of the codes with which the room keeps records aside.
        fields: what of the data says something to a person: its label, in the order in which it is told.
        values: by field, the words of the codes that may stand in it.
        names: the names of those of the ids that are things of the room (the registry's need not be told).
    """

    codes: Mapping[str, Words] = field(default_factory=dict)
    fields: Mapping[str, Words] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    names: Callable[[UUID, Collection[UUID]], Mapping[UUID, str]] = _no_names


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    Attributes:
        name: as in the envelope.
        schema: the msgspec struct of its data (version 1).
        permission: what the author must be allowed in the village; None: that depends on what the record says.
        apply: shared by the kinds of a room, called once for all their rows in a transaction; set-based.
        title: what people call such a record.
        told: how its data and its room's codes are told.
        alone: it looks at all that the village has, so that its turn is taken alone (`kernel/database/turns.py`).
        takes_turns: `apply` takes the turns in its villages by itself, in a statement that does more; for all others
            they are taken before it is called.
        takes_back: `apply` is also given the voids that name such records (`kernel/records/voids.py`).
        recall: says again what was said of records when they were taken in, as far as it still holds; an answer may
            have been lost on its way. Those of which there is nothing to say are left out.
    """

    name: str
    schema: type[msgspec.Struct]
    permission: Permission | None
    apply: Apply
    title: Words
    told: Told = field(default_factory=Told)
    alone: bool = False
    takes_turns: bool = False
    takes_back: bool = False
    recall: Recall | None = None

    @cached_property
    def decode(self) -> Callable[[msgspec.Raw], Any]:
        """Reads the data of a record. Raises msgspec.ValidationError."""
        return msgspec.json.Decoder(self.schema).decode


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    table: Sequence[Kind] = import_string(settings.WUYI_RECORD_KINDS)
    return {kind.name: kind for kind in table}
