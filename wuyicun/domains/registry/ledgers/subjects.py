"""The kinds of things that ledgers list: their table, their fields and the orders in which they can stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.ledgers import fields
from wuyicun.domains.registry.ledgers.definition import Definition, Known, Subject
from wuyicun.domains.registry.ledgers.fields import OF_WORK, Field, Words
from wuyicun.domains.registry.models import BORN, Household, Person, Place, Worker
from wuyicun.domains.registry.rules import Whereabouts

Expression = Any


@dataclass(frozen=True)
class Order:
    """An order of lines; behind its keys stands the id, so that it is total.

    Attributes:
        keys: expressions that are never null.
    """

    code: str
    words: Words
    keys: tuple[Expression, ...]
    descending: bool = False


@dataclass(frozen=True)
class Listed:
    """What can be said of one kind of subject.

    Attributes:
        rows: all living ones of a village, with what `fields` needs besides the table's own columns.
        shown_first: the field that names a line on the screen.
        unit: what they are counted in.
    """

    subject: Subject
    words: Words
    unit: Words
    fields: tuple[Field, ...]
    orders: tuple[Order, ...]
    rows: Callable[[], QuerySet[Any]]
    living: Q = field(default_factory=Q)
    shown_first: str = "name"

    @cached_property
    def field_by_code(self) -> Mapping[str, Field]:
        """Fields by their code."""
        return {each.code: each for each in self.fields}

    @cached_property
    def order_by_code(self) -> Mapping[str, Order]:
        """Orders by their code."""
        return {each.code: each for each in self.orders}

    @cached_property
    def known(self) -> Known:
        """What a definition may name."""
        return Known(
            kinds={each.code: each.kind for each in self.fields},
            columns=frozenset(self.field_by_code),
            orders=frozenset(self.order_by_code),
            choices={each.code: frozenset(map(str, each.choices)) for each in self.fields if each.choices},
        )


def _members(**which: object) -> Expression:
    people = Person.rows().filter(
        village_id=OuterRef("village_id"), household=OuterRef("pk"), left_at__isnull=True, **which
    )
    number = people.order_by().values("household").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _people() -> QuerySet[Any]:
    """With the worksite on whose roster each is, the dormitory and the job."""
    standing = Worker.rows().filter(village_id=OuterRef("village_id"), person=OuterRef("pk"), ends_on__isnull=True)
    return Person.rows().annotate(
        **{name: Coalesce(Subquery(standing.values(column)[:1]), Value("")) for name, column in OF_WORK.items()}
    )


def _households() -> QuerySet[Any]:
    at_home = (Whereabouts.IN_VILLAGE, Whereabouts.TO_AND_FRO)
    return Household.rows().annotate(members=_members(), at_home=_members(whereabouts__in=at_home))


_LISTED = (
    Listed(
        Subject.PERSON,
        _("人"),
        _("人"),
        fields.PERSON,
        (
            Order("home", _("按微网格和户"), (F("area_path"), Coalesce(F("household__order"), Value("")))),
            Order("name", _("按姓名拼音"), (F("name_sort"),)),
            Order("oldest", _("年纪大的在前"), (BORN,)),
            Order("youngest", _("年纪小的在前，没写出生日期的最前"), (BORN,), descending=True),
            Order("return", _("先回来的在前"), (Coalesce(F("expected_return"), Value(date.max)),)),
            Order("workplace", _("按用工单位"), (F("workplace"), F("name_sort"))),
        ),
        _people,
        Q(left_at__isnull=True),
    ),
    Listed(
        Subject.HOUSEHOLD,
        _("户"),
        _("户"),
        fields.HOUSEHOLD,
        (Order("home", _("按微网格和户号"), (F("area_path"), F("order"))),),
        _households,
        shown_first="number",
    ),
    Listed(
        Subject.PLACE,
        _("点位"),
        _("处"),
        fields.PLACE,
        (
            Order("home", _("按区域和名称"), (F("area_path"), F("name"))),
            Order("kind", _("按类型"), (F("kind"), F("area_path"), F("name"))),
        ),
        Place.rows,
        Q(closed_at__isnull=True),
    ),
)
LISTED: Mapping[Subject, Listed] = {each.subject: each for each in _LISTED}


def listed(definition: Definition) -> Listed:
    """What a definition's subject can say."""
    return LISTED[definition.subject]
