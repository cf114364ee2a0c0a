"""The lists go on behind the last row, ask no more for many than for few, and show nobody of the grid next door."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.safestring import SafeString

from tests.cast import Cast
from tests.integration.registry.people import add, house_of, id_number
from wuyicun.domains.registry import cards, indexing, listing, tokens
from wuyicun.domains.registry.listing import Asked
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.registry.rules import Group
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest

NAME = re.compile(r">([甲乙丙]\d\d)<")


def get(cast: Cast, by: str, url: str) -> HttpResponse:
    response: HttpResponse = cast.client(by).get(url)
    return response


def shown(cast: Cast, by: str, url: str) -> Sequence[str]:
    """The people of the cast in a page, in its order."""
    response = get(cast, by, url)
    assert response.status_code == 200
    return NAME.findall(response.content.decode())


def everybody(cast: Cast, *prefixes: str) -> list[str]:
    return sorted(name for name in cast.people if name.startswith(prefixes))


def test_the_list_shows_people_by_household_in_the_order_of_the_houses(cast: Cast) -> None:
    names = shown(cast, "梁会明", reverse("people"))
    assert names == [*everybody(cast, "甲"), *everybody(cast, "乙"), *everybody(cast, "丙")]


def test_house_9_comes_before_house_10_and_10_before_10_1(cast: Cast) -> None:
    area = cast.areas["北头岭微网格"]
    for number in ("110", "109", "110-1", "1100"):
        Household.rows().create(
            village_id=cast.village.pk, area=area, area_path=area.area_path, section_path=area.area_path[:15],
            number=number,
        )  # fmt: skip
    page = listing.households(cast.scope(), cast.village.pk, Asked(area_path=area.area_path), limit=50)
    assert [house.number for house in page.rows][-4:] == ["109", "110", "110-1", "1100"]


@pytest.mark.parametrize("by", ["household", "name"])
def test_page_by_page_everybody_is_shown_once(cast: Cast, by: str) -> None:
    seen: list[str] = []
    after = None
    for _ in range(40):
        if by == "household":
            houses = listing.households(cast.scope(), cast.village.pk, Asked(), after=after, limit=2)
            seen += [person.name for house in houses.rows for person in house.members]
            after = houses.next
        else:
            people = listing.people(cast.scope(), cast.village.pk, Asked(), after=after, limit=4)
            seen += [person.name for person in people.rows]
            after = people.next
        if after is None:
            break
    assert after is None
    assert sorted(seen) == sorted(cast.people)


def test_people_of_one_name_are_not_skipped_at_the_end_of_a_page(cast: Cast) -> None:
    for name in ("甲01", "甲03", "甲05", "乙01", "丙01"):
        add(cast, "张三", beside=name)
    seen, after = [], None
    while True:
        page = listing.people(cast.scope(), cast.village.pk, Asked(), after=after, limit=2)
        seen += [person.id for person in page.rows if person.name == "张三"]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_cursor_carries_no_name(cast: Cast) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing.people, "__kwdefaults__", {**listing.people.__kwdefaults__, "limit": 3})
        page = get(cast, "梁会明", f"{reverse('people')}?by=name").content.decode()
    (cursor,) = re.findall(r'rel="next" href="\?by=name&amp;after=([^"]+)"', page)
    assert re.fullmatch(r"[0-9a-f-]{36}", cursor)


@pytest.mark.parametrize("cursor", ["x", "00000000-0000-0000-0000-000000000000", "'"])
def test_a_cursor_of_nobody_begins_at_the_beginning(cast: Cast, cursor: str) -> None:
    assert len(shown(cast, "梁会明", f"{reverse('people')}?by=name&after={cursor}")) == 30


def test_filters_hold_all_at_once(cast: Cast) -> None:
    add(cast, "有病的", groups=(Group.ILL,))
    add(cast, "流动的", residence="floating", groups=(Group.ILL,))
    page = get(cast, "梁会明", f"{reverse('people')}?by=name&group=ill&residence=floating").content.decode()
    assert "流动的" in page
    assert "有病的" not in page
    area = cast.areas["北头岭微网格"].area_path
    assert set(shown(cast, "梁会明", f"{reverse('people')}?area={area}")) == set(everybody(cast, "丙"))
    assert "没有符合条件的人" in get(cast, "梁会明", f"{reverse('people')}?group=pregnant").content.decode()
    assert get(cast, "梁会明", f"{reverse('people')}?group=%27&residence=x").status_code == 200


def test_a_grid_worker_sees_the_own_grid_in_every_list_and_nobody_elses_thing(cast: Cast) -> None:
    for url in (reverse("people"), f"{reverse('people')}?by=name", reverse("ledger", args=["resident"])):
        assert set(shown(cast, "王海斌", url)) == set(everybody(cast, "甲", "乙"))
        assert set(shown(cast, "钟花", url)) == set(everybody(cast, "丙"))
    elsewhere = cast.areas["北头岭微网格"].area_path
    assert shown(cast, "王海斌", f"{reverse('people')}?area={elsewhere}") == []
    for url in (
        reverse("person", args=[cast.people["丙01"].pk]),
        reverse("household", args=[house_of(cast, "丙01").pk]),
        f"{reverse('person_add')}?household={house_of(cast, '丙01').pk}",
        f"{reverse('cards')}?household={house_of(cast, '丙01').pk}",
    ):
        assert get(cast, "王海斌", url).status_code == 404
        assert get(cast, "钟花", url).status_code == 200


@pytest.mark.parametrize("name", ["转运员", "值守员", "审计员"])
def test_who_has_nothing_to_do_with_people_finds_no_such_pages(cast: Cast, name: str) -> None:
    for url in ("people", "places", "ledgers", "cards", "find", "person_add", "household_add"):
        assert get(cast, name, reverse(url)).status_code == 404


@pytest.mark.parametrize("address", ["people", "people?by=name", "ledger", "find", "household", "places"])
def test_a_page_asks_as_many_queries_for_many_as_for_few(cast: Cast, address: str) -> None:
    client = cast.client("梁会明")
    home = house_of(cast, "甲01")
    url = {
        "people": reverse("people"),
        "people?by=name": f"{reverse('people')}?by=name",
        "ledger": reverse("ledger", args=["resident"]),
        "find": f"{reverse('find')}?q=",
        "household": reverse("household", args=[home.pk]),
        "places": reverse("places"),
    }[address]
    url += "甲" if address == "find" else ""

    def count() -> int:
        with CaptureQueriesContext(connection) as made:
            assert client.get(url).status_code == 200
        return len(made)

    place(cast, "超市")
    count()
    before = count()
    for number in range(6):
        add(cast, f"甲{number}号", groups=(Group.ILL, Group.ALONE), id_number=id_number(number + 1))
        place(cast, f"小卖部{number}")
    assert count() == before <= 23


def place(cast: Cast, name: str) -> Place:
    area = cast.areas["西头岭"]
    made = Place(village_id=cast.village.pk, area=area, area_path=area.area_path, name=name, kind="shop")
    made.set_phone("13912345678")
    made.save()
    indexing.reindex(cast.village.pk, places=[made.pk])
    return made


def test_a_places_phone_is_masked_and_shown_with_a_reason(cast: Cast) -> None:
    made = place(cast, "便民超市")
    page = get(cast, "王海斌", reverse("places")).content.decode()
    assert "便民超市" in page
    assert "139****5678" in page
    assert "13912345678" not in page
    assert "便民超市" not in get(cast, "钟花", reverse("places")).content.decode()
    url = reverse("place_reveal", args=[made.pk])
    assert "13912345678" in cast.client("王海斌").post(url, {"reason": "call"}).content.decode()
    assert cast.client("钟花").post(url, {"reason": "call"}).status_code == 404


def test_the_only_one_whom_a_number_or_a_card_names_opens_at_once(cast: Cast) -> None:
    person = cast.people["甲01"]
    token = cards.issue(village_id=cast.village.pk, letter=tokens.PERSON, subjects=[person.pk], at=clock.now())
    for text in (person.phone, token[person.pk]):
        response = get(cast, "王海斌", f"{reverse('find')}?q={text}")
        assert response["Location"] == reverse("person", args=[person.pk])
        assert "没有找到" in get(cast, "钟花", f"{reverse('find')}?q={text}").content.decode()
    assert get(cast, "王海斌", f"{reverse('find')}?q=甲01").status_code == 200


def beside(request: ScopedRequest, person: PersonBrief) -> SafeString | None:
    """A panel of a room above."""
    return SafeString(f"<p>检测:{person.name}/{request.village.name}</p>") if person.name == "甲01" else None


def test_rooms_above_show_their_panels_beside_a_person(cast: Cast, settings: object) -> None:
    settings.WUYI_PERSON_PANELS = f"{__name__}.PANELS"  # type: ignore[attr-defined]
    assert (
        "<p>检测:甲01/西头岭村</p>"
        in get(cast, "梁会明", reverse("person", args=[cast.people["甲01"].pk])).content.decode()
    )
    assert "检测:" not in get(cast, "梁会明", reverse("person", args=[cast.people["甲02"].pk])).content.decode()


PANELS = (beside,)


def test_an_empty_village_is_told_what_to_do(cast: Cast) -> None:
    page = get(cast, "外人", reverse("people")).content.decode()
    assert "还没有名册" in page
    assert reverse("import_start") in page


def test_a_household_shows_its_people_its_former_people_and_what_to_check(cast: Cast) -> None:
    home = house_of(cast, "甲01")
    Person.rows().filter(pk=cast.people["甲01"].pk).update(problems=["bad_check_digit"])
    Person.rows().filter(pk=cast.people["甲02"].pk).update(left_at=clock.now(), left_reason="moved")
    page = get(cast, "王海斌", reverse("household", args=[home.pk])).content.decode()
    assert "身份证号校验不对" in page
    assert page.index("以前的人") < page.index("甲02")


def test_the_list_says_first_how_many_are_in_the_village(cast: Cast) -> None:
    assert "30 人，都在村里" in get(cast, "梁会明", reverse("people")).content.decode()
    away = cast.people["甲01"]
    away.whereabouts = "city"
    away.save(update_fields=["whereabouts"])
    assert "30 人，在村 29 人，外出 1 人" in get(cast, "梁会明", reverse("people")).content.decode()
    assert "10 人，都在村里" in get(cast, "钟花", reverse("people")).content.decode()
