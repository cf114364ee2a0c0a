"""Lists of people and households: the same whichever way they are found."""

from __future__ import annotations

import pytest

from tests.cast import make_cast
from wuyicun.domains.registry import listing
from wuyicun.domains.registry.listing import Asked
from wuyicun.domains.registry.models import Household, Person
from wuyicun.kernel import scope
from wuyicun.kernel.ids import uuid7


def test_households_are_the_same_whether_few_are_looked_up_or_many_are_walked(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    asker, village = cast.scope(), cast.village.pk
    with scope.enter(asker):
        one = list(Household.rows().filter(pk__in=Person.rows().values("household_id")).order_by("-pk")[:2])
        Person.rows().filter(household__in=one).update(whereabouts="city")
        away = Asked(whereabouts="city")
        few = listing.households(asker, village, away).rows
        monkeypatch.setattr(listing, "_FEW", 0)
        assert listing.households(asker, village, away).rows == few
    assert {row.id for row in few} == {house.pk for house in one}


def test_a_row_of_another_village_is_not_found_by_its_id(db: None) -> None:
    cast = make_cast()
    with scope.enter(cast.scope()):
        someone = next(iter(cast.people.values())).pk
        assert Person.named(cast.village.pk, [someone]).exists()
        assert not Person.named(uuid7(), [someone]).exists()
