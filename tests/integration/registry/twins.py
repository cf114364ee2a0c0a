"""Somebody who is registered twice."""

from __future__ import annotations

from tests.cast import Cast
from tests.integration.registry.people import add, id_number
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import Pairing, Person
from wuyicun.domains.registry.rules import Group
from wuyicun.kernel import clock


def again(person: Person) -> Person:
    return Person.rows().get(pk=person.pk)


def twins(cast: Cast) -> tuple[Person, Person]:
    """甲01, and the same man once more, better known, in a house of another micro-grid."""
    second = add(
        cast, "甲01", beside="乙01", id_number=id_number(31, born="19510308"), workplace="煤矿", groups=(Group.ELDERLY,)
    )
    return again(cast.people["甲01"]), second


def merge(kept: Person, other: Person) -> Pairing:
    return actions.merge_people(kept=kept, other=other, by=None, at=clock.now())
