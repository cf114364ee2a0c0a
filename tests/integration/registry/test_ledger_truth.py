"""Every ledger of the plan against the truth of the sample roster; every order paged as it is read whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from tests.integration.registry.rosters import TRUTH_FILE, VILLAGE_FILE, Shelf, inside, village
from wuyicun.domains.registry.ledgers import counts as counted
from wuyicun.domains.registry.ledgers import lines
from wuyicun.domains.registry.ledgers.builtin import BUILTIN
from wuyicun.domains.registry.ledgers.definition import Column, Condition, Definition, Operator, Subject
from wuyicun.domains.registry.ledgers.lines import Wanted
from wuyicun.domains.registry.ledgers.subjects import LISTED
from wuyicun.domains.registry.models import Household, Person, PersonGroup, Place
from wuyicun.domains.registry.roster.words.official import GROUP_WORD, RESIDENCE_WORD
from wuyicun.domains.registry.rules import Group, Residence
from wuyicun.kernel import scope

TRUTH = json.loads(TRUTH_FILE.read_text(encoding="utf-8"))
ON = date(2022, 11, 25)
OF_RESIDENCE = {
    "resident": Residence.RESIDENT, "floating": Residence.FLOATING, "county": Residence.COUNTY, "city": Residence.CITY,
}  # fmt: skip
OF_GROUP = {
    "elderly": Group.ELDERLY, "infirm": Group.INFIRM, "ill": Group.ILL, "disabled": Group.DISABLED,
    "pregnant": Group.PREGNANT, "infant": Group.INFANT, "alone": Group.ALONE, "risk": Group.RISK,
}  # fmt: skip


@pytest.fixture
def whole(shelf: Shelf) -> Iterator[scope.Scope]:
    """The program's own scope over the village of the sample roster."""
    shelf.take_file(VILLAGE_FILE)
    with inside():
        yield scope.of_system([village().pk])


def names(whole: scope.Scope, definition: Definition) -> list[str]:
    return [line.name for line in lines.lines(whole, village().pk, Wanted(definition, ON))]


def in_groups(*groups: Group) -> set[Any]:
    members = PersonGroup.rows().filter(group__in=groups, ends_on=None)
    return set(members.values_list("person_id", flat=True))


def test_every_ledger_of_the_plan_holds_what_the_truth_says(whole: scope.Scope) -> None:
    counts = counted.counts(whole, village().pk, ON, {code: each.definition for code, each in BUILTIN.items()})
    for code, residence in OF_RESIDENCE.items():
        assert counts[code] == TRUTH["categories"].get(RESIDENCE_WORD[residence], 0), code
    for code, group in OF_GROUP.items():
        assert counts[code] == TRUTH["groups"].get(GROUP_WORD[group], 0), code
    assert counts["home-visit"] == TRUTH["home_visit"]
    assert counts["outside"] == counts["outside-workers"] == TRUTH["workers"]
    assert counts["party"] == TRUTH["party"]
    assert counts["households"] == TRUTH["households"]
    assert counts["places"] == TRUTH["places"]
    weak = in_groups(Group.ELDERLY, Group.INFIRM, Group.ILL, Group.DISABLED, Group.PREGNANT)
    assert counts["weak"] == len(weak)
    assert counts["no-code"] == sum(not each.sampling_code for each in Person.rows())
    for code, each in BUILTIN.items():
        wanted = Wanted(each.definition, ON)
        assert len(names(whole, each.definition)) == counts[code] == lines.count(whole, village().pk, wanted), code


def test_the_lines_of_a_ledger_are_those_people_by_name(whole: scope.Scope) -> None:
    for code, group in OF_GROUP.items():
        expected = Person.rows().filter(pk__in=in_groups(group)).values_list("name", flat=True)
        assert sorted(names(whole, BUILTIN[code].definition)) == sorted(expected), code


@pytest.mark.parametrize("subject", Subject)
def test_page_by_page_is_the_same_as_read_whole(whole: scope.Scope, subject: Subject) -> None:
    for order in LISTED[subject].order_by_code:
        first = LISTED[subject].shown_first
        wanted = Wanted(Definition(subject=subject, columns=(Column(first),), order=order), ON)
        expected = [line.id for line in lines.lines(whole, village().pk, wanted)]
        found, after = [], None
        while True:
            page = lines.page(whole, village().pk, wanted, after=after, limit=37)
            found += [line.id for line in page.rows]
            after = page.next
            if after is None:
                break
        assert found == expected, order
        assert len(set(found)) == len(found) > 0


def test_orders_are_what_they_say(whole: scope.Scope) -> None:
    def ages(order: str) -> list[Any]:
        definition = Definition(columns=(Column("age"),), order=order)
        return [line.cells[0] for line in lines.lines(whole, village().pk, Wanted(definition, ON))]

    oldest = [each for each in ages("oldest") if each is not None]
    assert oldest == sorted(oldest, reverse=True)
    assert ages("oldest")[-1] is None, "who has no birth date comes last"
    assert ages("youngest") == ages("oldest")[::-1]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("age", Operator.BETWEEN, ("60", "69")), lambda p: p.birth_date and 60 <= _age(p) <= 69),
        (Condition("age", Operator.BLANK), lambda p: p.birth_date is None),
        (Condition("sex", Operator.NONE_OF, ("male",)), lambda p: p.sex != "male"),
        (Condition("name", Operator.CONTAINS, ("英",)), lambda p: "英" in p.name),
        (Condition("phone", Operator.FILLED), lambda p: p.phone_sealed is not None),
        (Condition("id_number", Operator.BLANK), lambda p: p.id_sealed is None),
        (Condition("problems", Operator.YES), lambda p: bool(p.problems)),
        (Condition("workplace", Operator.FILLED), lambda p: bool(p.workplace)),
        (Condition("group_alone", Operator.NO), lambda p: p.pk not in in_groups(Group.ALONE)),
        (Condition("groups", Operator.NONE_OF, ("elderly", "ill")),
         lambda p: p.pk not in in_groups(Group.ELDERLY, Group.ILL)),
        (Condition("household", Operator.EQUALS, ("12",)), lambda p: p.household and p.household.number == "12"),
    ],
    ids=lambda each: str(getattr(each, "field", "")),
)  # fmt: skip
def test_a_condition_takes_just_those_of_whom_it_holds(whole: scope.Scope, condition: Condition, holds: Any) -> None:
    definition = Definition(conditions=(condition,), columns=(Column("name"),))
    expected = {each.pk for each in Person.rows().select_related("household") if holds(each)}
    found = {line.id for line in lines.lines(whole, village().pk, Wanted(definition, ON))}
    assert found == expected
    assert 0 < len(found) < Person.rows().count()


def _age(person: Person) -> int:
    assert person.birth_date is not None
    return ON.year - person.birth_date.year - ((ON.month, ON.day) < (person.birth_date.month, person.birth_date.day))


def test_households_and_places_have_ledgers_too(whole: scope.Scope) -> None:
    households = BUILTIN["households"].definition
    members = [line.cells[5] for line in lines.lines(whole, village().pk, Wanted(households, ON))]
    assert sum(members) == Person.rows().filter(household__isnull=False).count()  # type: ignore[arg-type]
    assert len(members) == Household.rows().count()
    business = BUILTIN["businesses"].definition
    narrowed = business.narrowed((Condition("kind", Operator.ANY_OF, ("shop",)),))
    shops = Place.rows().filter(kind="shop").values_list("name", flat=True)
    assert sorted(names(whole, narrowed)) == sorted(shops)


def test_a_masked_column_stays_masked_even_in_clear(whole: scope.Scope) -> None:
    columns = (
        Column("name", masked=True),
        Column("id_number", masked=True),
        Column("phone"),
        Column("birth_date", masked=True),
    )
    definition = msgspec.structs.replace(BUILTIN["resident"].definition, columns=columns)
    clear = list(lines.lines(whole, village().pk, Wanted(definition, ON, clear=True)))
    assert all("*" in str(line.cells[0]) for line in clear if len(line.name) > 1)
    assert all("*" in str(line.cells[1]) for line in clear if line.cells[1])
    assert not any("*" in str(line.cells[2]) for line in clear)
    assert all("-**-**" in str(line.cells[3]) for line in clear if line.cells[3])
