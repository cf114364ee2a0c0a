"""A ledger as data: what it may say, how it travels through a form, and what its conditions become."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.domains.registry.ledgers import builtin, conditions
from wuyicun.domains.registry.ledgers.definition import (
    OPERATORS,
    WITHOUT_VALUE,
    Column,
    Condition,
    Definition,
    Kind,
    Operator,
    Subject,
    faults,
    from_data,
)
from wuyicun.domains.registry.ledgers.fields import masked_day, masked_name
from wuyicun.domains.registry.ledgers.subjects import LISTED, listed
from wuyicun.domains.registry.rules import age_on
from wuyicun.domains.registry.web.ledgers import controls

PERSON = LISTED[Subject.PERSON]
TODAY = date(2022, 11, 25)


@pytest.mark.parametrize("one", builtin.BUILTIN.values(), ids=lambda one: one.code)
def test_each_ledger_of_the_plan_is_whole_and_survives_being_kept(one: builtin.Builtin) -> None:
    assert faults(one.definition, listed(one.definition).known) == ()
    assert from_data(one.definition.to_data()) == one.definition


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Definition(columns=()), "no_column"),
        (Definition(columns=(Column("password"),)), "unknown_column"),
        (Definition(columns=(Column("name"), Column("name"))), "unknown_column"),
        (Definition(columns=(Column("name"),), order="random()"), "unknown_order"),
        (Definition(columns=(Column("name"),) * 41), "too_many"),
        (Definition(columns=(Column("name"),), signatures=("签",) * 7), "too_many"),
    ],
)
def test_what_is_no_ledger_is_said(wrong: Definition, code: str) -> None:
    assert code in faults(wrong, PERSON.known)


@pytest.mark.parametrize(
    "wrong",
    [
        Condition("nothing", Operator.EQUALS, ("x",)),
        Condition("sex", Operator.CONTAINS, ("fe",)),
        Condition("sex", Operator.ANY_OF, ("purple",)),
        Condition("sex", Operator.ANY_OF),
        Condition("age", Operator.BETWEEN, ("60",)),
        Condition("age", Operator.BETWEEN, ("", "")),
        Condition("age", Operator.BETWEEN, ("1; DROP", "")),
        Condition("age", Operator.BETWEEN, ("1" * 7, "")),
        Condition("birth_date", Operator.BETWEEN, ("2022-02-30", "")),
        Condition("party", Operator.YES, ("x",)),
        Condition("name", Operator.EQUALS),
    ],
    ids=str,
)
def test_a_condition_that_makes_no_sense_is_said(wrong: Condition) -> None:
    assert faults(Definition(columns=(Column("name"),), conditions=(wrong,)), PERSON.known) == ("unknown_condition",)
    assert controls.usable([wrong], PERSON) == ()


def _values(field: Any, operator: Operator) -> st.SearchStrategy[tuple[str, ...]]:
    if operator in WITHOUT_VALUE:
        return st.just(())
    if field.kind is Kind.NUMBER:
        ends = st.one_of(st.just(""), st.integers(0, 130).map(str))
        return st.tuples(ends, ends).filter(any)
    if field.kind is Kind.DATE:
        ends = st.one_of(st.just(""), st.dates(date(1900, 1, 1), date(2030, 1, 1)).map(str))
        return st.tuples(ends, ends).filter(any)
    if field.kind is Kind.CHOICE:
        return st.lists(st.sampled_from([str(code) for code in field.choices]), min_size=1, unique=True).map(tuple)
    if field.kind is Kind.AREA:
        return st.just(("140321201205001",))
    return st.text("张王李北头岭 12号-=+@", min_size=1).map(str.strip).filter(bool).map(lambda text: (text[:60],))


@st.composite
def asked(draw: Any) -> Condition:
    """Any condition that can be asked of people."""
    field = draw(st.sampled_from(PERSON.fields))
    operator = draw(st.sampled_from(OPERATORS[field.kind]))
    return Condition(field.code, operator, draw(_values(field, operator)))


@given(st.lists(asked(), max_size=6, unique_by=lambda each: each.field))
def test_what_is_asked_comes_back_from_the_address_as_it_was(wanted: list[Condition]) -> None:
    query = QueryDict(controls.as_address(controls.as_query(wanted))[1:])
    back = controls.usable(controls.read(query, PERSON), PERSON)
    assert sorted(back, key=lambda each: each.field) == sorted(wanted, key=lambda each: each.field)


@given(st.dates(date(1900, 1, 1), TODAY), st.dates(date(1950, 1, 1), date(2060, 12, 31)), st.integers(0, 120))
def test_an_age_is_the_same_as_a_range_of_birth_dates(born: date, on: date, years: int) -> None:
    if born <= on:
        assert (age_on(born, on) >= years) == (born <= conditions.years_before(on, years))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("sex", Operator.ANY_OF, ("female",)), Q(sex__in=("female",))),
        (Condition("residence", Operator.NONE_OF, ("outside",)), ~Q(residence__in=("outside",))),
        (Condition("party", Operator.NO), Q(party_member=False)),
        (Condition("name", Operator.CONTAINS, ("王",)), Q(name__icontains="王")),
        (Condition("household", Operator.EQUALS, ("12",)), Q(household__number="12")),
        (Condition("note", Operator.FILLED), ~(Q(note="") | Q(note__isnull=True))),
        (Condition("phone", Operator.BLANK), Q(phone_sealed__isnull=True)),
        (
            Condition("age", Operator.BETWEEN, ("60", "")),
            Q(birth_date__isnull=False) & Q(birth_date__lte=date(1962, 11, 25)),
        ),
        (
            Condition("expected_return", Operator.BETWEEN, ("2022-11-01", "2022-12-01")),
            Q(expected_return__gte=date(2022, 11, 1)) & Q(expected_return__lte=date(2022, 12, 1)),
        ),
        (
            Condition("micro_grid", Operator.ANY_OF, ("1403",)),
            Q(pk__in=[]) | Q(area_path__gte="1403", area_path__lt="1403~"),
        ),
        (Condition("problems", Operator.YES), ~Q(problems=[])),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_condition_becomes_a_filter_of_the_database(condition: Condition, expected: Q) -> None:
    village = Q(village_id=None) & Q(left_at__isnull=True)
    assert conditions.narrowing(None, PERSON, [condition], TODAY) == village & expected  # type: ignore[arg-type]


def test_what_is_left_of_a_masked_value() -> None:
    assert (masked_name("张秀英"), masked_name("单"), masked_day("1951-03-08")) == ("张**", "单", "1951-**-**")


def test_every_field_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "ledgers.md").read_text(encoding="utf-8")
    with translation.override("zh-hans"):
        for known in LISTED.values():
            for field in known.fields:
                hidden = "yes" if field.mask else ""
                line = f"| {known.subject} | `{field.code}` | {field.title} | {field.kind} | {hidden} |"
                assert line in text, line
