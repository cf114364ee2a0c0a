"""Forms of which somebody else may have saved the same meanwhile: what was shown, what is asked of the later one."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict

from wuyicun.domains.registry.actions.people import values_of_whole
from wuyicun.domains.registry.actions.seeing import (
    marks,
    values_of_household,
    values_of_place,
)
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.registry.web.forms import NUMBERS

TAKE = "take_"


@dataclass(frozen=True)
class Difference:
    """A field that two have changed: what stands there now, and what the later one typed."""

    name: str
    label: Any
    theirs: Any
    mine: Any


Stale = Sequence[Difference]


def shown_of_person(person: Person, groups: Collection[str]) -> str:
    """For a hidden field: what the forms of a person's page showed."""
    return json.dumps(marks(values_of_whole(person), groups))


def shown_of_household(household: Household) -> str:
    """For a hidden field: what the form of a household showed."""
    return json.dumps(marks(values_of_household(household)))


def shown_of_place(place: Place) -> str:
    """For a hidden field: what the form of a place showed."""
    return json.dumps(marks(values_of_place(place)))


def named_by_forms(fields: object) -> list[str]:
    """The fields of a refusal as forms call them."""
    names = fields if isinstance(fields, list) else []
    return ["area" if name == "area_path" else str(name) for name in names]


def seen(request: HttpRequest) -> Mapping[str, str] | None:
    """What the form showed; None where it does not say so."""
    return seen_in(request.POST.get("seen", ""))


def seen_in(field: str) -> Mapping[str, str] | None:
    """What a hidden field says was shown; None where it says nothing."""
    try:
        found = json.loads(field)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): str(value) for name, value in found.items()}


def decided(data: QueryDict, now: Mapping[str, Any]) -> QueryDict:
    """The form as it is when, of what two have changed, the later one has left some as it is now."""
    left = [name for name in now if data.get(TAKE + name) == "theirs"]
    return with_values(data, {name: now[name] for name in left})


def brought_up(data: QueryDict, now: Mapping[str, Any], mine: Collection[str]) -> QueryDict:
    """The form with what stands there now wherever its writer has changed nothing."""
    return with_values(data, {name: value for name, value in now.items() if name not in mine})


def with_values(data: QueryDict, values: Mapping[str, Any]) -> QueryDict:
    """A form with other values in some fields. A number's is empty: it is not shown."""
    changed = data.copy()
    for name, value in values.items():
        changed.pop(f"no_{name}", None)
        if value is False:
            changed.pop(name, None)
        elif isinstance(value, list):
            changed.setlist(name, value)
        elif isinstance(value, date):
            changed[name] = value.isoformat()
        else:
            changed[name] = "" if value is None or name in NUMBERS else "on" if value is True else str(value)
    return changed
