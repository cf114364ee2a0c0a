"""People of the tests who have what the cast lacks: id numbers, groups, names with many readings."""

from __future__ import annotations

from tests.cast import Cast
from wuyicun.domains.registry import access, actions
from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.registry.rules import Group, check_digit
from wuyicun.kernel import clock


def id_number(serial: int, *, born: str = "19710308") -> str:
    """A valid citizen identity number; an odd serial is a man's."""
    seventeen = f"140321{born}{serial:03d}"
    return seventeen + check_digit(seventeen)


def house_of(cast: Cast, name: str) -> Household:
    """Where somebody lives."""
    found = Person.rows().select_related("household").get(pk=cast.people[name].pk).household
    assert found is not None
    return found


def add(cast: Cast, name: str, *, beside: str = "甲01", groups: tuple[Group, ...] = (), **fields: object) -> Person:
    """Somebody new in the household of `beside`."""
    return actions.add_person(
        village_id=cast.village.pk,
        home=house_of(cast, beside),
        newcomer=actions.Newcomer(actions.PersonFields(name=name, **fields), groups=groups),  # type: ignore[arg-type]
        by=None,
        at=clock.now(),
    )


def leaf(cast: Cast, name: str) -> access.Leaf:
    """A micro-grid of the cast."""
    return access.leaf(cast.scope(), cast.village.pk, cast.areas[name].area_path)
