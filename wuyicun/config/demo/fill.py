"""Fill the demonstration: the village through the ordinary importer, its posts, an account per role, first checks."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from wuyicun.config.demo.lanes import put_on_the_map
from wuyicun.config.demo.workbook import write_village
from wuyicun.domains.registry.importing import shell
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory import duties
from wuyicun.domains.territory import queries as territory_queries
from wuyicun.domains.territory import units as organisation
from wuyicun.domains.territory.queries import AreaRow, UnitRow
from wuyicun.domains.territory.rules import Rank
from wuyicun.domains.verification import actions as verification
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import queries as account_queries
from wuyicun.kernel.accounts.models import Account, Village
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.secret_files import read_or_make

CODE = "140321201205"
VILLAGE = "西头岭村"


@dataclass(frozen=True)
class DemoAccount:
    """An account to try the program with."""

    role: str
    user_name: str
    password: str


@dataclass(frozen=True)
class _Member:
    user_name: str
    name: str
    role: str
    area: str  # the name of a section or micro-grid, '' for the village
    unit: str = ""
    rank: Rank = Rank.MEMBER


STAFF = (
    _Member("shuji", "梁会明", "secretary", "", "疫情防控一线指挥部", Rank.HEAD),
    _Member("bangong", "赵秀英", "office", "", "疫情防控办公室", Rank.HEAD),
    _Member("wanggezhang", "王海斌", "grid_leader", "西头岭", "西头岭前线指挥所", Rank.HEAD),
    _Member("wanggeyuan", "李建国", "grid_worker", "西头岭"),
    _Member("wanggeyuan2", "张爱珍", "grid_worker", "西头岭"),
    _Member("wanggeyuan3", "贾海生", "grid_worker", "西头岭"),
    _Member("wanggeyuan4", "钟花兰", "grid_worker", "北头岭", "北头岭调度站"),
    _Member("wanggeyuan5", "郝小军", "grid_worker", "北头岭", "北头岭调度站"),
    _Member("wanggeyuan6", "石建宇", "grid_worker", "北头岭", "北头岭调度站"),
    _Member("weiwangge", "潘玉英", "micro_grid_leader", "第一微网格", "第一微网格战斗堡垒", Rank.HEAD),
    _Member("cunyi", "范永", "doctor", "", "村卫生室", Rank.HEAD),
    _Member("caiyang", "杜梅", "sampler", "", "村卫生室"),
    _Member("zhuanyun", "常明", "tube_runner", ""),
    _Member("zhishou", "崔春", "guard", ""),
    _Member("guanli", "田海", "administrator", ""),
    _Member("shenji", "叶志", "auditor", ""),
)
ALSO = (
    ("梁会明", "member", "", "西头岭村大党委", Rank.HEAD),
    ("赵秀英", "member", "", "西头岭村大党委", Rank.DEPUTY),
    ("王海斌", "member", "西头岭", "西头岭网格党支部", Rank.HEAD),
    ("潘玉英", "member", "第一微网格", "第一微网格党小组", Rank.HEAD),
    ("王海斌", "member", "", "疫情防控调度中心", Rank.HEAD),
    ("王海斌", "member", "", "公共卫生委员会", Rank.MEMBER),
    ("范永", "member", "", "公共卫生委员会", Rank.HEAD),
)
"""Further posts of the same people: name, role, area, unit, rank."""
UNITS = (
    ("北头岭调度站", "dispatch_station", "北头岭"),
    ("村卫生室", "partner", ""),
    ("派出所", "partner", ""),
)
HELP = {"村卫生室": "发热问诊 转诊 上门采样", "派出所": "核对外来人员 劝返 维持秩序"}
DUTY = (
    ("疫情防控调度中心", "12345", "王海斌"),
    ("疫情防控调度中心", "67", "赵秀英"),
    ("北头岭调度站", "1234567", "钟花兰"),
)
"""Who is on duty from morning to evening: unit, days of the week, name."""
DUTY_HOURS = (time(8), time(20))


def prepare(say: Callable[[str], None]) -> Sequence[DemoAccount]:
    """Make what is not there yet; a second call only tells the accounts.

    Args:
        say: shows progress.
    """
    at = clock.now()
    data = Path(settings.WUYI_DATA)
    password = read_or_make(data / "secrets" / "demo_password", lambda: secrets.token_urlsafe(9))
    village = next((each for each in account_queries.all_villages() if each.area_path == CODE), None)
    if village is None or not _staffed(village):
        village = territory.found_village(code=CODE, name=VILLAGE, by=None, at=at)
        _import(village, data, say, at)
        with scope.enter(scope.of_system([village.pk])):
            _staff(village, password, at)
            verification.keep_going(village_id=village.pk, area_path=village.area_path, by=None, at=at)
            put_on_the_map(village.pk, at)
    shown: dict[str, DemoAccount] = {}
    for member in STAFF:
        shown.setdefault(member.role, DemoAccount(str(ROLES[member.role].name), member.user_name, password))
    return list(shown.values())


def _staffed(village: Village) -> bool:
    with scope.enter(scope.of_system([village.pk])):
        return bool(territory_queries.units(village.pk))


def _import(village: Village, data: Path, say: Callable[[str], None], at: datetime) -> None:
    folder = data / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    path, draft = folder / "village.xlsx", folder / f"village.{os.getpid()}.xlsx"
    write_village(draft)
    draft.replace(path)  # whole at once: another one may be reading it, beside a living demo
    say("导入名册 / Importing the roster")
    shell.import_file(path, name=path.name, code=village.area_path, dry_run=False, at=at)


def _staff(village: Village, password: str, at: datetime) -> None:
    areas = {area.name: area for area in territory_queries.areas(village.pk)}
    made = [
        territory.add_unit(
            village_id=village.pk, area_path=_path(village, areas, area), kind=kind, name=name, phone="", by=None, at=at
        )
        for name, kind, area in UNITS
    ]
    made += organisation.set_up_missing(village_id=village.pk, by=None, at=at)
    units = {unit.name: unit.pk for unit in made}
    for member in STAFF:
        _appoint(
            village=village,
            path=_path(village, areas, member.area),
            unit=units.get(member.unit),
            member=member,
            password=password,
            at=at,
        )
    _put_on_duty({unit.name: unit for unit in made}, at)
    ids = {member.name: Account.objects.get(username=member.user_name).pk for member in STAFF}
    for name, role, area, unit, rank in ALSO:
        territory.appoint(
            village_id=village.pk,
            area_path=_path(village, areas, area),
            role=role,
            holder_name=name,
            account_id=ids[name],
            unit_id=units[unit],
            rank=rank,
            starts_at=at,
            by=None,
            at=at,
        )


def _put_on_duty(units: dict[str, UnitRow], at: datetime) -> None:
    opens_at, closes_at = DUTY_HOURS
    for number, name in enumerate(sorted({*HELP, *(unit for unit, _days, _name in DUTY)}), 1):
        manned = name not in HELP
        organisation.change(
            unit=units[name],
            name=name,
            phone=f"0353-60010{number}",
            opens_at=opens_at if manned else None,
            closes_at=closes_at if manned else None,
            help_with=HELP.get(name, ""),
            by=None,
            at=at,
        )
    for unit, days, name in DUTY:
        duties.put(
            unit=units[unit],
            days=days,
            from_time=opens_at,
            until_time=closes_at,
            name=name,
            phone="",
            by=None,
            at=at,
        )


def _path(village: Village, areas: dict[str, AreaRow], name: str) -> str:
    return areas[name].area_path if name else village.area_path


def _appoint(*, village: Village, path: str, unit: UUID | None, member: _Member, password: str, at: datetime) -> None:
    account = Account.objects.filter(username=member.user_name).first() or accounts.create_account(
        username=member.user_name, name=member.name, password=password, phone=None, by=None, at=at
    )
    territory.appoint(
        village_id=village.pk,
        area_path=path,
        role=member.role,
        holder_name=member.name,
        account_id=account.pk,
        unit_id=unit,
        rank=member.rank,
        starts_at=at,
        by=None,
        at=at,
    )
