"""People, households and places in the one box for everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import listing, search
from wuyicun.domains.registry.labels import PLACE_KIND, SEX
from wuyicun.domains.registry.listing import HouseholdRow, PlaceRow
from wuyicun.domains.registry.naming import door_of
from wuyicun.domains.registry.queries import PersonBrief, brief
from wuyicun.domains.registry.search import By, Hit
from wuyicun.domains.registry.web.people import person_line
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.spelling import normal
from wuyicun.kernel.web.finding import Finder, Instead, Kind, Mark, Match, Matches, why

PEOPLE = Kind(
    gettext_lazy("人员"), "user", gettext_lazy("姓名、拼音、首字母，手机号或证件号，它们的尾号四位，扫人员码")
)
HOUSEHOLDS = Kind(gettext_lazy("户"), "home", gettext_lazy("门牌号、户号，片区加门牌（北头岭12、btl12），地址，扫户码"))
PLACES = Kind(gettext_lazy("点位"), "map-pin", gettext_lazy("名称、拼音、首字母，扫点位码"))
_OF_KIND = {search.PERSON: PEOPLE, search.HOUSEHOLD: HOUSEHOLDS, search.PLACE: PLACES}
_NUMBERS = "0123456789-"


def find(request: ScopedRequest, text: str, most: int) -> Matches:
    """What the asker may see of it, best first, at most so many of a kind."""
    village_id = request.village.pk
    found = search.find(request.scope, village_id, text, limit=most * len(_OF_KIND))
    counted: Counter[str] = Counter()
    hits = []
    for hit in found.hits:
        counted[hit.kind] += 1
        if counted[hit.kind] <= most:
            hits.append(hit)
    matches = list(_matches(village_id, hits, normal(text)))
    return Matches(matches, truncated=found.truncated or len(hits) < len(found.hits))


def _matches(village_id: UUID, hits: list[Hit], typed: str) -> Iterator[Match]:
    def of(kind: str) -> list[UUID]:
        return [hit.subject_id for hit in hits if hit.kind == kind]

    people = brief(village_id, of(search.PERSON))
    houses = listing.households_in_brief(village_id, of(search.HOUSEHOLD))
    places = listing.places_in_brief(village_id, of(search.PLACE))
    for hit in hits:
        if hit.subject_id in people:
            yield _person(hit, people[hit.subject_id], typed)
        elif hit.subject_id in houses:
            yield _household(hit, houses[hit.subject_id], typed)
        elif hit.subject_id in places:
            yield _place(hit, places[hit.subject_id], typed)


def _person(hit: Hit, person: PersonBrief, typed: str) -> Match:
    line = person_line(person)
    age = "" if line.age is None else str(line.age)
    about = " ".join(filter(None, (str(SEX.get(person.sex, "")), age, person.house)))
    marks = [Mark(tag.word, tag.icon) for tag in line.tags]
    if line.away:
        marks.append(Mark(line.whereabouts, "walk"))
    said = _by_number(hit.by, typed) or why(person.name, typed, _("姓名"))
    return Match(PEOPLE, hit.rank, person.name, line.url, about, person.area, said, marks)


def _household(hit: Hit, house: HouseholdRow, typed: str) -> Match:
    url = reverse("household", args=[house.id])
    about = _("、").join(member.name for member in house.members)
    said = _by_number(hit.by, typed) or _of_house(house, typed)
    return Match(HOUSEHOLDS, hit.rank, house.house, url, about, house.area, said)


def _of_house(house: HouseholdRow, typed: str) -> str:
    place, door = door_of(house.house) or (house.house, "")
    letters = typed.rstrip(_NUMBERS)
    if letters:
        return why(place, letters, _("地址"))
    return _("门牌号") if door.startswith(typed) else _("户号 %(number)s") % {"number": house.number}


def _place(hit: Hit, place: PlaceRow, typed: str) -> Match:
    about = " ".join(filter(None, (str(PLACE_KIND.get(place.kind, "")), place.contact_name, place.location)))
    marks = [Mark(_("已关闭"), "door-exit")] if place.is_closed else []
    said = _by_number(hit.by, typed) or why(place.name, typed, _("名称"))
    return Match(PLACES, hit.rank, place.name, reverse("place", args=[place.id]), about, place.area, said, marks)


def _by_number(by: By, typed: str) -> str:
    """The words for a card or a number; '' when it was found by words."""
    if by is By.FOUR:
        return _("手机或证件尾号 %(four)s") % {"four": typed.upper()}
    return {By.CARD: _("二维码卡"), By.PHONE: _("手机号"), By.ID: _("证件号")}.get(by, "")


FINDER = Finder(
    Permission.VIEW_PEOPLE,
    (PEOPLE, HOUSEHOLDS, PLACES),
    find,
    Instead(Permission.EDIT_PEOPLE, "person_add", gettext_lazy("添加外来人员")),
)
