"""What a record that was kept aside says, in words: it may name what nobody knows, and hold anything at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from wuyicun.domains.registry import queries as registry
from wuyicun.kernel.records.kinds import Told, Words, kinds
from wuyicun.kernel.web.formatting import day_time_words

Line = tuple[Words, Words]
Kept = Mapping[str, Any]


def lines(village_id: UUID, kept: Sequence[Kept], now: datetime) -> list[list[Line]]:
    """For each envelope in the tray: what it says, as pairs of a label and words."""
    names = _names(village_id, kept)
    return [_lines(_told(envelope), envelope.get("data") or {}, names, now) for envelope in kept]


def title(envelope: Kept) -> Words:
    """What people call such a record."""
    kind = kinds().get(str(envelope.get("kind")))
    return _("不认识的一种") if kind is None else kind.title


def _told(envelope: Kept) -> Told:
    kind = kinds().get(str(envelope.get("kind")))
    return Told() if kind is None else kind.told


def _lines(told: Told, data: Mapping[str, Any], names: Mapping[UUID, str], now: datetime) -> list[Line]:
    return [
        (label, words)
        for field, label in told.fields.items()
        if (words := _words(data.get(field), told.values.get(field, {}), names, now))
    ]


def _names(village_id: UUID, kept: Sequence[Kept]) -> dict[UUID, str]:
    """The names of what the records name and the village has: people, households, and things of their rooms."""
    ids = _ids(value for envelope in kept for value in (envelope.get("data") or {}).values())
    names = {each.id: each.name for each in registry.brief(village_id, ids).values()}
    names |= {each.id: each.house for each in registry.household_briefs(village_id, ids).values()}
    for ask in {_told(envelope).names for envelope in kept}:
        names |= ask(village_id, ids)
    return names


def _ids(values: Iterable[object]) -> set[UUID]:
    return {found for value in values if (found := _id(value)) is not None}


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _words(value: object, values: Mapping[str, Words], names: Mapping[UUID, str], now: datetime) -> Words:
    """What stands in a field; '' when it says nothing to a person."""
    if isinstance(value, list):
        return _("、").join(str(_words(each, values, names, now)) for each in value)
    if (named := _id(value)) is not None:
        return names.get(named, "")
    moment = _moment(value)
    if moment is not None:
        return day_time_words(moment, now)
    text = "" if value is None else str(value)
    return values.get(text) or text


def _moment(value: object) -> datetime | None:
    """A moment with its offset; anything else is a text."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
