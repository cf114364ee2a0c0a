"""Makes up a village for the demonstration: families, outside workers and places; nobody in it exists.

Id numbers are in 140399, a division code that was never given out; phones begin with 154, which no operator has.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from wuyicun.domains.registry.rules import Group, PlaceKind, Residence, Sex, age_on, check_digit

ROSTER_DAY = date(2022, 11, 1)
VILLAGE = "西头岭村"
SECTIONS = ("西头岭", "北头岭")
_HOUSEHOLDS = {"西头岭": 105, "北头岭": 63}
_PEOPLE = {"西头岭": 266, "北头岭": 162}
_FIRST_MICRO_GRID = 53
_AWAY = {Residence.CITY: 46, Residence.COUNTY: 32, Residence.FLOATING: 15}
_HOME_VISITS = 29
_PREGNANT = 4
_DIVISION = "140399"
_PHONE_PREFIX = "154"

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武乔赖单仇查区"
    "朴"
)
_GIVEN = {
    Sex.MALE: "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊建国志海林生富贵来福有才根柱孩旺会文天春秋",
    Sex.FEMALE: "芳娜敏静丽艳娟霞秀燕玲桂英玉萍红兰凤洁梅琳云莲真环雪荣爱妹花巧彩珍香瑞凡佳琪雅涵欣怡诗萱然若",
}
_SPOUSE = {Sex.MALE: "妻", Sex.FEMALE: "夫"}
_AWAY_TEXTS = {
    Residence.RESIDENT: ("本村",),
    Residence.COUNTY: ("平定县城", "平定县冠山镇"),
    Residence.CITY: ("阳泉市城区", "太原市", "北京市"),
    Residence.FLOATING: ("往返本村与县城",),
}

PLACES = (
    ("便民超市", PlaceKind.SHOP, "西头岭"),
    ("村卫生室", PlaceKind.CLINIC, "西头岭"),
    ("老年食堂", PlaceKind.SHOP, "西头岭"),
    ("公共厕所1号", PlaceKind.PUBLIC_TOILET, "西头岭"),
    ("公共厕所2号", PlaceKind.PUBLIC_TOILET, "北头岭"),
    ("快递代收点", PlaceKind.PARCEL_LOCKER, "西头岭"),
    ("垃圾收集点1", PlaceKind.BIN, "西头岭"),
    ("垃圾收集点2", PlaceKind.BIN, "西头岭"),
    ("垃圾收集点3", PlaceKind.BIN, "北头岭"),
    ("健身广场", PlaceKind.FITNESS, "西头岭"),
    ("村口卡点", PlaceKind.CHECKPOINT, "西头岭"),
    ("北头岭卡点", PlaceKind.CHECKPOINT, "北头岭"),
    ("村委会广场采样点", PlaceKind.SAMPLING_POINT, "西头岭"),
    ("北头岭采样点", PlaceKind.SAMPLING_POINT, "北头岭"),
    ("物资接收点", PlaceKind.RECEPTION_POINT, "西头岭"),
    ("旧校舍健康小屋", PlaceKind.ISOLATION_ROOM, "西头岭"),
    ("机制砂厂", PlaceKind.FACTORY, "西头岭"),
    ("硬化路工地", PlaceKind.WORKSITE, "西头岭"),
)
WORKSITES = (("硬化路工程施工队", "村委会旧校舍", 5), ("机制砂生产线", "厂区宿舍", 6))


@dataclass(slots=True)
class Villager:
    """One made-up person."""

    name: str
    sex: Sex
    birth_date: date
    relation: str
    id_number: str = ""
    phone: str = ""
    party_member: bool = False
    residence: Residence = Residence.RESIDENT
    place_text: str = "本村"
    groups: list[Group] = field(default_factory=list)
    home_visit: bool = False
    sampling_code: bool = False

    @property
    def age(self) -> int:
        """Full years on the roster's day."""
        return age_on(self.birth_date, ROSTER_DAY)


@dataclass(slots=True)
class Family:
    """One household."""

    section: str
    number: int
    address: str
    micro_grid: str
    members: list[Villager]


@dataclass(slots=True)
class Worker:
    """Somebody from outside who works here."""

    person: Villager
    workplace: str
    living_place: str


@dataclass(slots=True)
class Village:
    """All of it."""

    families: list[Family]
    workers: list[Worker]
    managers: list[tuple[str, str]]

    @property
    def people(self) -> list[Villager]:
        """All members of all families."""
        return [person for family in self.families for person in family.members]


def make_village(seed: int) -> Village:
    """The same village for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - made-up people, no secret
    maker = _Maker(chance)
    families: list[Family] = []
    for section in SECTIONS:
        sizes = _sizes(chance, _HOUSEHOLDS[section], _PEOPLE[section])
        for place, size in enumerate(sizes, 1):
            micro_grid = f"{section}微网格"
            if section == SECTIONS[0]:
                micro_grid = "第一微网格" if place <= _FIRST_MICRO_GRID else "第二微网格"
            members = maker.family(size)
            families.append(Family(section, len(families) + 1, f"{section}{place}号", micro_grid, members))
    workers = [
        Worker(maker.person(Sex.MALE, chance.randint(24, 57), ""), workplace, living_place)
        for workplace, living_place, count in WORKSITES
        for _ in range(count)
    ]
    village = Village(families, workers, [(maker.name(Sex.MALE), maker.phone()) for _ in PLACES])
    _send_away(chance, village.people)
    _put_into_groups(chance, village)
    for person in village.people:
        person.party_member = person.age >= 22 and chance.random() < 0.08
        person.sampling_code = chance.random() < (0.95 if person.residence is Residence.RESIDENT else 0.4)
    return village


def _sizes(chance: random.Random, households: int, people: int) -> list[int]:
    sizes = chance.choices((1, 2, 3, 4, 5), (19, 41, 20, 14, 6), k=households)
    while (missing := people - sum(sizes)) != 0:
        place = chance.randrange(households)
        changed = sizes[place] + (1 if missing > 0 else -1)
        sizes[place] = min(max(changed, 1), 5)
    return sizes


class _Maker:
    """Makes up people, no name, number or phone twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names: set[str] = set()
        self._numbers: set[str] = set()
        self._phones: set[str] = set()

    def name(self, sex: Sex, surname: str = "") -> str:
        while True:
            given = "".join(self._chance.sample(_GIVEN[sex], self._chance.choices((1, 2), (1, 4))[0]))
            name = (surname or self._chance.choice(_SURNAMES)) + given
            if name not in self._names:
                self._names.add(name)
                return name

    def phone(self) -> str:
        while (phone := f"{_PHONE_PREFIX}{self._chance.randrange(10**8):08d}") in self._phones:
            continue
        self._phones.add(phone)
        return phone

    def person(self, sex: Sex, age: int, relation: str, surname: str = "") -> Villager:
        birthday = date(ROSTER_DAY.year - age, ROSTER_DAY.month, 1) - timedelta(days=self._chance.randrange(1, 365))
        person = Villager(self.name(sex, surname), sex, birthday, relation, self._id_number(birthday, sex))
        if self._chance.random() < (0.2 if age < 14 else 0.7 if age > 75 else 0.93):
            person.phone = self.phone()
        return person

    def _id_number(self, birthday: date, sex: Sex) -> str:
        while True:
            sequence = self._chance.randrange(500) * 2 + (sex is Sex.MALE)
            seventeen = f"{_DIVISION}{birthday:%Y%m%d}{sequence:03d}"
            if seventeen not in self._numbers:
                self._numbers.add(seventeen)
                return seventeen + check_digit(seventeen)

    def family(self, size: int) -> list[Villager]:
        """A family of one to five: somebody alone, a couple, parents with children, or three generations."""
        chance = self._chance
        if size == 1:
            sex = chance.choice((Sex.MALE, Sex.FEMALE))
            return [self.person(sex, chance.choice((chance.randint(66, 88), chance.randint(35, 64))), "户主")]
        if size == 5:
            return self._three_generations()
        age = chance.choices((chance.randint(61, 84), chance.randint(28, 60)), (3, 2) if size == 2 else (0, 1))[0]
        members = self._couple(age, "户主")
        surname = next(person.name[0] for person in members if person.sex is Sex.MALE)
        for older_by in range(size - 2):
            child_age = max(age - chance.randint(23, 29) - 3 * older_by, 0)
            members.append(self._child(child_age, surname, "子", "女"))
        return members

    def _couple(self, age: int, relation: str) -> list[Villager]:
        sex = Sex.MALE if self._chance.random() < 0.9 else Sex.FEMALE
        other = Sex.FEMALE if sex is Sex.MALE else Sex.MALE
        older, younger = self.person(sex, age, relation), max(age + self._chance.randint(-4, 2), 22)
        return [older, self.person(other, younger, _SPOUSE[sex])]

    def _child(self, age: int, surname: str, son: str, daughter: str) -> Villager:
        sex = self._chance.choice((Sex.MALE, Sex.FEMALE))
        return self.person(sex, age, son if sex is Sex.MALE else daughter, surname)

    def _three_generations(self) -> list[Villager]:
        age = self._chance.randint(56, 74)
        grandfather = self.person(Sex.MALE, age, "户主")
        surname = grandfather.name[0]
        father = self.person(Sex.MALE, max(age - self._chance.randint(24, 28), 25), "子", surname)
        mother = self.person(Sex.FEMALE, max(father.age - self._chance.randint(0, 3), 23), "儿媳")
        child = self._child(max(father.age - self._chance.randint(24, 30), 0), surname, "孙子", "孙女")
        return [grandfather, self.person(Sex.FEMALE, age - 1, "妻"), father, mother, child]


def _send_away(chance: random.Random, people: list[Villager]) -> None:
    """Those between 18 and 55 work elsewhere first."""
    candidates = chance.sample(people, len(people))
    candidates.sort(key=lambda person: not 18 <= person.age <= 55)
    taken = iter(candidates)
    for residence, count in _AWAY.items():
        for _ in range(count):
            next(taken).residence = residence
    for person in people:
        person.place_text = chance.choice(_AWAY_TEXTS[person.residence])


def _put_into_groups(chance: random.Random, village: Village) -> None:
    people = village.people
    at_home = [person for person in people if person.residence is Residence.RESIDENT]
    infirm = chance.sample([person for person in at_home if person.age >= 68], _HOME_VISITS)
    mothers = [person for person in at_home if person.sex is Sex.FEMALE and 21 <= person.age <= 40]
    pregnant = chance.sample(mothers, min(_PREGNANT, len(mothers)))
    alone = [family.members[0] for family in village.families if len(family.members) == 1]
    for person in people:
        person.home_visit = person in infirm
        belongs = {
            Group.ELDERLY: person.age >= 65,
            Group.INFIRM: person.home_visit,
            Group.ALONE: person.age >= 65 and any(person is other for other in alone),
            Group.ILL: person.age >= 45 and chance.random() < 0.1,
            Group.DISABLED: chance.random() < 0.04,
            Group.PREGNANT: person in pregnant,
            Group.INFANT: person.age <= 3,
        }
        person.groups = [group for group, applies in belongs.items() if applies]
