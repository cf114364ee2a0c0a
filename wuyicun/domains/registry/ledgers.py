"""台账: a ledger is a filter and columns under an official title, never a table of its own.

The titles and words are those of the forms that the township asks for. An export is written in Chinese whoever takes
it, so that it can be handed in, and read in again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import labels
from wuyicun.domains.registry.listing import Asked, Page
from wuyicun.domains.registry.models import ID_NUMBER, PHONE, Person, PersonGroup
from wuyicun.domains.registry.naming import masked_id
from wuyicun.domains.registry.queries import groups_of
from wuyicun.domains.registry.rules import Group, Residence, Sex, age_on
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.crypto import unseal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.formatting import masked_phone

Words = str | Promise

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A person as a ledger shows them, in words."""

    id: UUID
    name: str
    sex: str
    age: int | None
    id_number: str
    relation: str
    section: str
    micro_grid: str
    household: str
    address: str
    registered_address: str
    phone: str
    party: str
    residence: str
    whereabouts: str
    expected_return: date | None
    groups: str
    workplace: str
    sampling_code: str
    note: str


@dataclass(frozen=True)
class Column:
    """A column: its official title, what stands in it, its share of the width on paper."""

    title: Words
    cell: Callable[[Line], str | int | date | None]
    weight: float = 1.0
    kind: Literal["text", "number", "date"] = "text"


@dataclass(frozen=True)
class Ledger:
    """A ledger.

    Attributes:
        code: in the address.
        title: the official title, without the village's name in front.
        about: who stands in it, where the title does not say.
        asked: the same as a filter.
    """

    code: str
    title: Words
    about: Words
    asked: Asked
    columns: tuple[Column, ...]


NUMBER = _("序号")
NAME = Column(_("姓名"), lambda line: line.name, 1.2)
SEX = Column(_("性别"), lambda line: line.sex, 0.6)
AGE = Column(_("年龄"), lambda line: line.age, 0.6, "number")
ID = Column(_("身份证号码"), lambda line: line.id_number, 2.6)
RELATION = Column(_("与户主关系"), lambda line: line.relation, 0.9)
SECTION = Column(_("片区"), lambda line: line.section, 1.1)
MICRO_GRID = Column(_("微网格"), lambda line: line.micro_grid, 1.4)
HOUSEHOLD = Column(_("户号"), lambda line: line.household, 0.7)
ADDRESS = Column(_("家庭住址"), lambda line: line.address, 1.8)
REGISTERED = Column(_("户籍地址"), lambda line: line.registered_address, 1.8)
PHONE_COLUMN = Column(_("联系电话"), lambda line: line.phone, 1.7)
PARTY = Column(_("政治面貌"), lambda line: line.party, 0.9)
WHERE = Column(_("现居住地"), lambda line: line.whereabouts, 1.6)
RETURN = Column(_("预计返回"), lambda line: line.expected_return, 1.2, "date")
GROUPS = Column(_("特殊人群"), lambda line: line.groups, 1.6)
WORKPLACE = Column(_("用工单位"), lambda line: line.workplace, 1.8)
LIVING = Column(_("居住地点"), lambda line: line.address, 1.6)
RESIDENCE = Column(_("人员类别"), lambda line: line.residence, 1.1)
CODE = Column(_("采样码"), lambda line: line.sampling_code, 0.9)
NOTE = Column(_("备注"), lambda line: line.note, 1.2)

_HOME = (SECTION, HOUSEHOLD, NAME, SEX, AGE, ID, RELATION, PHONE_COLUMN, ADDRESS, MICRO_GRID)
_IN_VILLAGE = (*_HOME, PARTY, GROUPS, CODE, NOTE)
_AWAY = (*_HOME, WHERE, RETURN, NOTE)
_SPECIAL = (*_HOME, RESIDENCE, GROUPS, NOTE)
_WORKERS = (NAME, SEX, AGE, ID, PHONE_COLUMN, WORKPLACE, LIVING, REGISTERED, MICRO_GRID, CODE, NOTE)


def _of_residence(code: str, residence: Residence, about: Words, columns: tuple[Column, ...]) -> Ledger:
    title = {
        Residence.RESIDENT: _("常住人口台账"),
        Residence.FLOATING: _("流动人员台账"),
        Residence.COUNTY: _("县区居住人员台账"),
        Residence.CITY: _("市区及以外居住人员台账"),
        Residence.OUTSIDE: _("外来人员台账"),
    }[residence]
    return Ledger(code, title, about, Asked(residence=residence), columns)


def _of_group(group: Group, title: Words, about: Words = "", columns: tuple[Column, ...] = _SPECIAL) -> Ledger:
    return Ledger(group.value.replace("_", "-"), title, about, Asked(group=group), columns)


FIVE = (
    _of_residence("resident", Residence.RESIDENT, _("长期住在村里的人"), _IN_VILLAGE),
    _of_residence("floating", Residence.FLOATING, _("经常往返、时住时走的人"), _AWAY),
    _of_residence("county", Residence.COUNTY, _("户在本村、住在县城或县内其他地方的人"), _AWAY),
    _of_residence("city", Residence.CITY, _("户在本村、住在市区或更远的人"), _AWAY),
    _of_group(Group.HOME_VISIT, _("需上门核酸人员台账"), _("行动不便等，需要上门采样的人"), (*_HOME, GROUPS, NOTE)),
)
OTHERS = (
    _of_residence("outside", Residence.OUTSIDE, _("外来务工和来访人员"), _WORKERS),
    _of_group(Group.ELDERLY, _("老年人台账")),
    _of_group(Group.INFIRM, _("行动不便人员台账")),
    _of_group(Group.ILL, _("慢病患者台账")),
    _of_group(Group.DISABLED, _("残疾人台账")),
    _of_group(Group.PREGNANT, _("孕产妇台账")),
    _of_group(Group.INFANT, _("婴幼儿台账")),
    _of_group(Group.ALONE, _("独居人员台账")),
    _of_group(Group.RISK, _("风险人员台账")),
    Ledger("party", _("党员台账"), "", Asked(party=True), (*_HOME, WORKPLACE, WHERE, NOTE)),
)
LEDGERS = {ledger.code: ledger for ledger in (*FIVE, *OTHERS)}


def counts(scope: Scope, village_id: UUID) -> Mapping[str, int]:
    """How many people stand in each ledger, as far as the asker may see, by its code. Three queries, for one page."""
    may_see = scope.covering(Permission.VIEW_PEOPLE)
    people = Person.rows().filter(may_see, Asked().condition(village_id))
    by_residence = dict(people.order_by().values_list("residence").annotate(count=Count("pk")))
    members = PersonGroup.rows().filter(village_id=village_id, ends_on__isnull=True, person__in=people)
    by_group = dict(members.order_by().values_list("group").annotate(count=Count("pk")))
    party = people.filter(party_member=True).count()
    return {ledger.code: _count(ledger.asked, by_residence, by_group, party) for ledger in LEDGERS.values()}


def _count(asked: Asked, by_residence: Mapping[str, int], by_group: Mapping[str, int], party: int) -> int:
    if asked.residence:
        return by_residence.get(asked.residence, 0)
    return by_group.get(asked.group, 0) if asked.group else party


@dataclass(frozen=True)
class Wanted:
    """Which lines of a ledger, and whether id numbers and phones are wanted in clear.

    Attributes:
        area_path: only who belongs to this area; '' for all that the asker may see.
        on: the day for ages.
    """

    ledger: Ledger
    on: date
    area_path: str = ""
    clear: bool = False

    @property
    def permission(self) -> Permission:
        """What must be held over the area of each line."""
        return Permission.EXPORT_LEDGER if self.clear else Permission.VIEW_PEOPLE


_COLUMNS = (
    "pk", "name", "sex", "birth_date", "id_sealed", "relation", "area_path", "household__section_path",
    "household__number", "household__address", "address", "registered_address", "phone_sealed", "party_member",
    "residence", "whereabouts_text", "expected_return", "workplace", "sampling_code", "note",
)  # fmt: skip


def page(scope: Scope, village_id: UUID, wanted: Wanted, *, after: UUID | None = None, limit: int = 50) -> Page[Line]:
    """Some lines, by micro-grid and household."""
    rows = _rows(scope, village_id, wanted)
    last = rows.filter(pk=after).values_list("area_path", "in_order").first() if after else None
    if last is not None:
        further = Q(in_order__gt=last[1]) | Q(in_order=last[1], pk__gt=after)
        rows = rows.filter(Q(area_path__gt=last[0]) | further, area_path__gte=last[0])
    found = list(rows.values_list(*_COLUMNS)[: limit + 1])
    lines = list(_lines(village_id, wanted, found[:limit]))
    return Page(lines, found[limit - 1][0] if len(found) > limit else None)


def lines(scope: Scope, village_id: UUID, wanted: Wanted) -> Iterator[Line]:
    """All lines, by micro-grid and household, some thousands at a time."""
    rows = _rows(scope, village_id, wanted).values_list(*_COLUMNS).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        yield from _lines(village_id, wanted, chunk)


def log_taken(
    *, village_id: UUID, how: str, wanted: Wanted, rows: int, reason: str, by: UUID | None, at: datetime
) -> None:
    """Put into the audit that a ledger left the program.

    Args:
        how: export or print.
        rows: how many people stand in it.
        reason: a code of `labels.REVEAL_REASON` where the numbers are in clear.
    """
    data = {"ledger": wanted.ledger.code, "area": wanted.area_path, "clear": wanted.clear, "rows": rows}
    audit(
        f"registry.{how}_ledger",
        by=by,
        at=at,
        village_id=village_id,
        data={**data, "reason": reason} if reason else data,
    )


def _rows(scope: Scope, village_id: UUID, wanted: Wanted) -> QuerySet[Any, Any]:
    asked = wanted.ledger.asked.within(wanted.area_path).condition(village_id)
    rows = Person.rows().filter(scope.covering(wanted.permission), asked)
    return rows.annotate(in_order=Coalesce(F("household__order"), Value(""))).order_by("area_path", "in_order", "pk")


def _lines(village_id: UUID, wanted: Wanted, chunk: Sequence[tuple[Any, ...]]) -> Iterator[Line]:
    names = territory.names(village_id)
    groups = groups_of(village_id, [row[0] for row in chunk])
    for row in chunk:
        yield _line(row, names, groups.get(row[0], ()), wanted)


def _line(row: tuple[Any, ...], names: Mapping[str, str], groups: Sequence[str], wanted: Wanted) -> Line:
    pk, name, sex, born, id_sealed, relation, area_path, section_path, number, house_address, *rest = row
    address, registered, phone_sealed, party, residence, where, expected, workplace, code, note = rest
    return Line(
        id=pk,
        name=name,
        sex="" if sex == Sex.UNKNOWN else str(labels.SEX[sex]),
        age=None if born is None else age_on(born, wanted.on),
        id_number=_number(id_sealed, ID_NUMBER, masked_id, wanted.clear),
        relation=relation,
        section=names.get(section_path or "", ""),
        micro_grid=names.get(area_path, ""),
        household=number or "",
        address=address or house_address or "",
        registered_address=registered,
        phone=_number(phone_sealed, PHONE, masked_phone, wanted.clear),
        party=gettext("中共党员") if party else gettext("群众"),
        residence=str(labels.RESIDENCE[residence]),
        whereabouts=where,
        expected_return=expected,
        groups=gettext("、").join(str(labels.GROUP[group]) for group in groups),
        workplace=workplace,
        sampling_code=gettext("已注册") if code else gettext("未注册"),
        note=note,
    )


def _number(sealed: bytes | None, purpose: str, mask: Callable[[str], str], clear: bool) -> str:
    if sealed is None:
        return ""
    number = unseal(sealed, purpose)
    return number if clear else mask(number)
