"""Two who edit one thing at once: what an editor saw, what they changed of it, what somebody else changed meanwhile.

A form says what it showed by a mark for each field (a keyed digest, so that no number stands in a page). What only one
of the two has changed holds; where both have changed the same field, the later one is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.registry.rules import IdKind
from wuyicun.kernel.crypto import blind_index

_PURPOSE = "registry.form.seen"
_LENGTH = 16
STAY = ("whereabouts", "whereabouts_text", "whereabouts_since", "expected_return")
HOUSEHOLD = ("number", "address", "head_name", "area_path")
HOME = ("household_id", "area_path", "left_at")
PLACE = (
    "name", "kind", "contact_name", "phone", "liaison_name", "liaison_phone", "location", "note", "area_path",
)  # fmt: skip
_DAYS = ("whereabouts_since", "expected_return")
_GROUPS = "groups"

Marks = Mapping[str, str]


def mark(value: object) -> str:
    """What stands for a value that was shown; nothing and '' are the same."""
    text = value.isoformat() if isinstance(value, date) else str(value or "")
    return blind_index(text, _PURPOSE).hex()[:_LENGTH]


def values_of_person(person: Person, names: Collection[str]) -> dict[str, object]:
    """Fields of a person as a form shows them: without a paper its kind is the usual one."""
    values = {name: getattr(person, name) for name in names}
    if "id_kind" in values:
        values["id_kind"] = values["id_kind"] or IdKind.RESIDENT
    return values


def marks(values: Mapping[str, object], groups: Collection[str] = ()) -> dict[str, str]:
    """What a form says that it showed: the marks of its values, and groups by their codes."""
    return {**{name: mark(value) for name, value in values.items()}, _GROUPS: " ".join(sorted(groups))}


def values_of_household(household: Household) -> dict[str, object]:
    """Fields of a household as a form shows them."""
    return {name: getattr(household, name) for name in HOUSEHOLD}


def values_of_place(place: Place) -> dict[str, object]:
    """Fields of a place as a form shows them."""
    return {name: getattr(place, name) for name in PLACE}


def stands(person: Person) -> dict[str, Any]:
    """Where somebody is, as it is kept to be given back."""
    return plain({name: getattr(person, name) for name in STAY})


def stand(person: Person, stood: Mapping[str, Any]) -> None:
    """Give back where somebody was."""
    for name in STAY:
        value = stood[name]
        setattr(person, name, date.fromisoformat(value) if value and name in _DAYS else value)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON can hold them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


@dataclass(frozen=True)
class Merged:
    """What comes of an edit.

    Attributes:
        mine: the values that the editor has changed, and that are news.
        both: the fields of these that somebody else has changed too, to something else.
    """

    mine: Mapping[str, object]
    both: tuple[str, ...]


def merge(now: Mapping[str, object], typed: Mapping[str, object], seen: Marks) -> Merged:
    """Compare what stands there now and what was typed with what the editor saw; what was not shown counts as typed."""
    mine = {
        name: value for name, value in typed.items() if mark(value) != seen.get(name) and mark(value) != mark(now[name])
    }
    return Merged(mine, tuple(name for name in mine if mark(now[name]) != seen.get(name)))


def merge_groups(now: Collection[str], chosen: Collection[str], seen: Marks) -> set[str]:
    """The groups of somebody when those that the editor added and took away are added and taken away."""
    before, after = set(seen.get(_GROUPS, "").split()), set(chosen)
    return (set(now) | (after - before)) - (before - after)
