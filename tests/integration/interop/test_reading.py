"""Other programs read what their account may take along, a page at a time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.cast import START, Cast
from tests.integration.interop.asking import appoint, ask, names, token_of
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.territory.models import Area

ID_NUMBER = "140321195103080017"


def add_place(cast: Cast) -> None:
    area = cast.areas["西头岭"]
    place = Place(village_id=cast.village.pk, area=area, area_path=area.area_path, name="超市", kind="shop")
    place.set_phone("13912345678")
    place.save()


def all_of(cast: Cast, token: str, what: str, limit: int) -> list[list[str]]:
    """The ids of page after page."""
    after, pages = "", []
    while True:
        told = ask(cast, token, what, limit=limit, **({"after": after} if after else {})).json()
        pages.append([each["id"] for each in told["items"]])
        after = told["next"]
        if not after:
            return pages


@pytest.mark.parametrize("what", ["people", "households", "areas"])
def test_page_after_page_all_is_read_once(cast: Cast, what: str) -> None:
    token = token_of(cast, "梁会明")
    pages = all_of(cast, token, what, limit=4)
    [whole] = all_of(cast, token, what, limit=500)
    assert [each for page in pages for each in page] == whole
    assert len(pages) > 1
    assert len(set(whole)) == len(whole)
    assert what != "people" or len(whole) == len(cast.people)


def test_a_token_reads_the_areas_over_which_its_account_exports(cast: Cast) -> None:
    appoint(cast, "王海斌", "grid_leader", "西头岭")
    appoint(cast, "王海斌", "grid_worker", "北头岭")  # who only looks there takes nothing away from there
    token = token_of(cast, "王海斌")
    assert names(cast, token, "people") == {name for name in cast.people if not name.startswith("丙")}
    assert names(cast, token, "areas") == {"西头岭", "第一微网格", "第二微网格"}
    for what in ("people", "households", "places", "areas"):
        assert ask(cast, token, what, area=cast.areas["北头岭"].area_path).json()["items"] == []
        text = ask(cast, token, what).content.decode()
        assert "丙" not in text
        assert "北头岭" not in text


def test_other_villages_do_not_exist_nor_do_they_for_the_database(cast: Cast) -> None:
    token, stranger = token_of(cast, "梁会明"), token_of(cast, "外人")
    assert ask(cast, token, "people", village=cast.neighbour.pk).status_code == 404
    assert names(cast, token, "villages") == {"西头岭村"}
    assert ask(cast, stranger, "people").status_code == 404
    own = {"village": cast.neighbour.pk, "after": str(cast.people["甲01"].pk)}
    assert ask(cast, stranger, "people", **own).status_code == 410, "a cursor opens no village either"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('wuyi.villages')")
        assert str(cast.neighbour.pk) not in cursor.fetchone()[0], "the stranger's scope is left again"


def test_an_area_narrows_each_list(cast: Cast) -> None:
    add_place(cast)
    token, area = token_of(cast, "梁会明"), cast.areas["第二微网格"].area_path
    assert names(cast, token, "people", area=area) == {name for name in cast.people if name.startswith("乙")}
    assert {each["area"] for each in ask(cast, token, "households", area=area).json()["items"]} == {area}
    assert names(cast, token, "areas", area=area) == {"第二微网格"}
    assert names(cast, token, "places", area=area) == set()
    assert names(cast, token, "places") == {"超市"}


def test_numbers_are_masked_unless_the_token_says_what_for(cast: Cast) -> None:
    add_place(cast)
    someone = cast.people["丙01"]
    someone.set_id_number(ID_NUMBER)
    someone.save()
    masked, clear = token_of(cast, "梁会明"), token_of(cast, "梁会明", reason="report")
    for token, number, phone, shop in (
        (masked, "1403**********0017", "138****0020", "139****5678"),
        (clear, ID_NUMBER, "13800000020", "13912345678"),
    ):
        person = ask(cast, token, "people").json()["items"][0]
        assert (person["name"], person["id_number"], person["phone"]) == ("丙01", number, phone)
        assert ask(cast, token, "places").json()["items"][0]["phone"] == shop


def test_households_name_their_members_and_people_their_households(cast: Cast) -> None:
    token = token_of(cast, "梁会明")
    people = {each["id"]: each for each in ask(cast, token, "people").json()["items"]}
    for house in ask(cast, token, "households").json()["items"]:
        assert house["members"]
        assert {people[member]["household"] for member in house["members"]} == {house["id"]}


def test_whose_row_is_gone_starts_again_and_a_retired_area_goes_on(cast: Cast) -> None:
    token = token_of(cast, "梁会明")
    for what, table in (("people", Person), ("households", Household)):
        after = ask(cast, token, what, limit=2).json()["next"]
        Person.rows().filter(household=after).delete()
        table.rows().filter(pk=after).delete()
        refused = ask(cast, token, what, after=after)
        assert (refused.status_code, refused.json()) == (410, {"code": "cursor_gone"})
    first = ask(cast, token, "areas", limit=2).json()
    Area.rows().filter(pk=first["next"]).update(retired_at=START)
    rest = ask(cast, token, "areas", after=first["next"]).json()["items"]
    assert rest
    assert not {each["id"] for each in rest} & {each["id"] for each in first["items"]}


def test_it_only_reads(cast: Cast) -> None:
    token = token_of(cast, "梁会明")
    sent = Client().post(reverse("read_people"), {}, headers={"Authorization": f"Bearer {token}"})
    assert sent.status_code == 405


@pytest.mark.parametrize(
    "asked",
    [{"limit": 0}, {"limit": 501}, {"limit": "x"}, {"after": "x"}, {"village": "x"}, {"area": "\x00"}, {"area": "x'"}],
)
def test_what_cannot_be_read_is_said(cast: Cast, asked: dict[str, object]) -> None:
    response = ask(cast, token_of(cast, "梁会明"), "people", **asked)
    assert (response.status_code, response.json()) == (400, {"code": "unreadable"})
