"""What a record that was kept aside says, in words: it may name what nobody knows, and hold anything at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening.words import ENDS, RESULT_LOOKS, SHORT_REASONS, VOID_REASONS, reason
from wuyicun.fieldsync.words import FIELDS, OUTCOMES, Words
from wuyicun.kernel.web.formatting import day_time_words

Line = tuple[Words, Words]


def lines(village_id: UUID, told: Sequence[Mapping[str, Any]], now: datetime) -> list[list[Line]]:
    """For each record's data: what it says, as pairs of a label and words.

    Args:
        told: the data of records.
    """
    names = _names(village_id, told)
    return [
        [(FIELDS[field], words) for field in FIELDS if (words := _words(field, data.get(field), names, now))]
        for data in told
    ]


def _names(village_id: UUID, told: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the people, rounds and stations that the records name and the village has, by id."""
    people = registry.brief(village_id, _ids(data.get("person") for data in told))
    names = {str(each.id): each.name for each in people.values()}
    rounds = _ids(data.get("round") for data in told)
    for round_ in screening.rounds(village_id):
        if round_.pk in rounds:
            names[str(round_.pk)] = round_.title
            names |= {str(station.pk): station.name for station in screening.stations(village_id, round_.pk)}
    return names


def _ids(texts: Iterable[object]) -> set[UUID]:
    found = set()
    for text in texts:
        try:
            found.add(UUID(str(text)))
        except ValueError:
            continue
    return found


def _words(field: str, value: object, names: Mapping[str, str], now: datetime) -> Words:
    """What stands in a field; '' when it says nothing to a person."""
    if field in ("round", "station", "person"):
        return names.get(str(value), "")
    if field == "tubes":
        return _("、").join(map(str, value)) if isinstance(value, list) else ""
    if field == "until":
        moment = parse_datetime(value) if isinstance(value, str) else None
        return day_time_words(moment, now) if moment is not None and moment.tzinfo is not None else ""
    text = "" if value is None else str(value)
    if field == "reason":
        return SHORT_REASONS.get(text) or VOID_REASONS.get(text) or reason(text)
    if field == "result":
        return RESULT_LOOKS[text].word if text in RESULT_LOOKS else text
    return OUTCOMES.get(text) or ENDS.get(text) or text
