"""The fixed cast of every test: two villages, the people of one, and an account for each role.

西头岭村 has two sections: 西头岭 (第一微网格, 第二微网格) and 北头岭 (北头岭微网格). 邻村 has one.
`王海斌` works the grid 西头岭, `钟花` the neighbouring grid 北头岭; `外人` works in 邻村.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.test import Client

from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.models import Area
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts.models import Account, Village

PASSWORD = "平安无疫-2022"
START = datetime(2022, 11, 20, 8, 0, tzinfo=UTC)

ROLES = {
    "梁会明": ("secretary", "village"),
    "办公室": ("office", "village"),
    "王海斌": ("grid_worker", "西头岭"),
    "钟花": ("grid_worker", "北头岭"),
    "范医生": ("doctor", "village"),
    "采样员": ("sampler", "village"),
    "转运员": ("tube_runner", "village"),
    "值守员": ("guard", "village"),
    "审计员": ("auditor", "village"),
}


@dataclass
class Cast:
    """Who and what there is.

    Attributes:
        village: 西头岭村.
        neighbour: 邻村.
        areas: areas of 西头岭村 by name, the village itself as "village".
        people: people of 西头岭村 by name: 甲01 … 甲12 in 第一微网格, 乙01 … 乙08 in 第二微网格,
            丙01 … 丙10 in 北头岭微网格.
        accounts: by name, see ROLES; "外人" is the secretary of 邻村, "闲人" holds no grant.
    """

    village: Village
    neighbour: Village
    areas: dict[str, Area]
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """A test client in which that person is logged in."""
        client = Client()
        client.force_login(self.accounts[name], backend="wuyicun.kernel.accounts.backends.NameOrPhoneBackend")
        return client

    def scope(self) -> scope.Scope:
        """The program's own scope over 西头岭村."""
        return scope.of_system([self.village.pk])


def make_cast() -> Cast:
    """Write the cast into the database."""
    village = territory.found_village(code="140321201205", name="西头岭村", by=None, at=START)
    neighbour = territory.found_village(code="140321201206", name="邻村", by=None, at=START)
    with scope.enter(scope.of_system([village.pk])):
        cast = Cast(village, neighbour, _areas(village.pk, village.area_path))
        for prefix, area, count in (("甲", "第一微网格", 12), ("乙", "第二微网格", 8), ("丙", "北头岭微网格", 10)):
            _people(cast, prefix, cast.areas[area], count)
    for name, (role, area) in ROLES.items():
        cast.accounts[name] = _account(name, role, cast.areas[area].area_path, village.pk)
    cast.accounts["外人"] = _account("外人", "secretary", neighbour.area_path, neighbour.pk)
    cast.accounts["闲人"] = accounts.create_account(
        username="闲人", name="闲人", password=PASSWORD, phone=None, by=None, at=START
    )
    return cast


def _areas(village_id: UUID, path: str) -> dict[str, Area]:
    areas = {"village": Area.rows().get(area_path=path), "未入网": Area.rows().get(level=Level.UNPLACED)}
    for section, below in (("西头岭", ("第一微网格", "第二微网格")), ("北头岭", ("北头岭微网格",))):
        areas[section] = territory.add_area(
            village_id=village_id, parent_path=path, level=Level.GRID, name=section, by=None, at=START
        )
        for name in below:
            areas[name] = territory.add_area(
                village_id=village_id,
                parent_path=areas[section].area_path,
                level=Level.MICRO_GRID,
                name=name,
                by=None,
                at=START,
            )
    return areas


def _people(cast: Cast, prefix: str, area: Area, count: int) -> None:
    for number in range(1, count + 1):
        if number % 2 == 1:
            house = Household.rows().create(
                village_id=cast.village.pk,
                area=area,
                area_path=area.area_path,
                section_path=area.area_path[:15],
                number=f"{len(cast.people) // 2 + 1}",
                head_name=f"{prefix}{number:02d}",
            )
        person = Person(
            village_id=cast.village.pk,
            household=house,
            area=area,
            area_path=area.area_path,
            name=f"{prefix}{number:02d}",
            name_sort=f"{prefix}{number:02d}",
            sex="female" if number % 2 == 0 else "male",
            birth_date=date(1950 + number, 3, 8),
            updated_at=START,
        )
        person.set_phone(f"1380000{len(cast.people):04d}")
        person.save(force_insert=True)
        cast.people[person.name] = person


def _account(name: str, role: str, area_path: str, village_id: UUID) -> Account:
    account = accounts.create_account(username=name, name=name, password=PASSWORD, phone=None, by=None, at=START)
    with scope.enter(scope.of_system([village_id])):
        territory.appoint(
            village_id=village_id,
            area_path=area_path,
            role=role,
            holder_name=name,
            account_id=account.pk,
            starts_at=START,
            by=None,
            at=START,
        )
    return account
