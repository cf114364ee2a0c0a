"""A household as one table: saved as a whole, each row says what is wrong, two at one table lose nothing."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import house_of, id_number
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import Person, PersonGroup
from wuyicun.kernel import clock

FIELDS = ("name", "relation", "sex", "birth_date", "residence", "whereabouts", "note")
NEW = {
    "name": "小甲",
    "sex": "female",
    "birth_date": "2020年5月1日",
    "residence": "resident",
    "whereabouts": "in_village",
}


def url_of(cast: Cast) -> str:
    return reverse("household_table", args=[house_of(cast, "甲01").pk])


def now(cast: Cast, name: str) -> Person:
    return Person.rows().get(pk=cast.people[name].pk)


def opened(cast: Cast, who: str) -> dict[str, Any]:
    """The table as somebody's browser would send it unchanged."""
    return fields_in(cast.client(who).get(url_of(cast)).content.decode())


def fields_in(page: str) -> dict[str, Any]:
    """What a page's table would send."""
    page = page.split("<template>", maxsplit=1)[0]
    said: dict[str, Any] = {"row": re.findall(r'name="row" value="([^"]+)"', page)}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'{which}="([^"]*)"', tag) for which in ("name", "value"))
        if name and name[1].split("-")[-1] in (*FIELDS, "seen", "id_number", "phone") and "take_" not in name[1]:
            said[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        said[name] = chosen[1] if chosen else ""
    return said


def with_row(cast: Cast, who: str, said: dict[str, Any], **other: str) -> dict[str, Any]:
    key = str(cast.people[who].pk)
    return {**said, **{f"{key}-{field}": value for field, value in other.items()}}


def save(cast: Cast, who: str, said: dict[str, Any]) -> HttpResponse:
    response: HttpResponse = cast.client(who).post(url_of(cast), said)
    return response


def test_several_are_changed_and_somebody_is_added_at_once(cast: Cast) -> None:
    said = with_row(cast, "甲01", opened(cast, "王海斌"), relation="户主", phone="13911112222")
    said = with_row(cast, "甲02", said, birth_date="19520308", whereabouts="county")
    response = save(cast, "王海斌", {**said, **{f"n0-{name}": value for name, value in NEW.items()}})
    assert response.status_code == 302, response.content.decode()[-3000:]
    first, second = now(cast, "甲01"), now(cast, "甲02")
    assert (first.relation, first.phone, second.whereabouts) == ("户主", "13911112222", "county")
    made = Person.rows().get(name="小甲")
    assert (made.household_id, str(made.birth_date), made.sex) == (first.household_id, "2020-05-01", "female")


def test_what_was_not_changed_is_not_touched(cast: Cast) -> None:
    before = [now(cast, name).updated_at for name in ("甲01", "甲02")]
    assert save(cast, "王海斌", opened(cast, "王海斌")).status_code == 302
    assert [now(cast, name).updated_at for name in ("甲01", "甲02")] == before
    assert not PersonGroup.rows().exists()


def test_one_row_that_is_wrong_keeps_all_from_being_saved_and_says_why(cast: Cast) -> None:
    said = with_row(cast, "甲01", opened(cast, "王海斌"), relation="户主")
    said = with_row(cast, "甲02", said, id_number="123")
    page = save(cast, "王海斌", said).content.decode()
    assert "甲02</a>：" in page
    assert "身份证号应为 18 位" in page
    assert "新的一行</a>" not in page
    assert "必填" not in page
    assert now(cast, "甲01").relation == ""
    assert 'value="户主"' in page, "what was typed is still there"
    wrong_day = with_row(cast, "甲02", opened(cast, "王海斌"), birth_date="去年")
    assert "日期写成" in save(cast, "王海斌", wrong_day).content.decode()


@pytest.mark.parametrize("take", ["mine", "theirs"])
def test_two_at_one_table_merge_and_the_same_field_is_asked_about(cast: Cast, take: str) -> None:
    first, second = opened(cast, "王海斌"), opened(cast, "办公室")
    assert save(cast, "王海斌", with_row(cast, "甲01", first, note="听力不好", relation="户主")).status_code == 302
    mine = with_row(cast, "甲02", with_row(cast, "甲01", second, note="住二楼", whereabouts="city"), note="在读")
    answer = save(cast, "办公室", mine)
    page = answer.content.decode()
    key = str(cast.people["甲01"].pk)
    assert answer.status_code == 200
    assert {"听力不好", "住二楼"} <= set(re.findall("听力不好|住二楼", page))
    assert page.count(f'name="take_{key}-note"') == 2
    assert now(cast, "甲02").note == ""
    again = {**fields_in(page), f"take_{key}-note": take}
    assert save(cast, "办公室", again).status_code == 302
    person = now(cast, "甲01")
    assert person.note == {"mine": "住二楼", "theirs": "听力不好"}[take]
    assert (person.relation, person.whereabouts, now(cast, "甲02").note) == ("户主", "city", "在读")


def test_a_number_is_never_shown_and_goes_only_when_that_is_said(cast: Cast) -> None:
    number = id_number(31)
    said = with_row(cast, "甲01", opened(cast, "王海斌"), id_number=number, birth_date="1971-03-08", sex="male")
    assert save(cast, "王海斌", said).status_code == 302
    page = cast.client("王海斌").get(url_of(cast)).content.decode()
    assert number not in page
    assert f'placeholder="{number[:4]}' in page
    save(cast, "王海斌", with_row(cast, "甲01", fields_in(page), id_number="无"))
    assert now(cast, "甲01").id_number is None


def test_who_was_moved_meanwhile_is_told_of(cast: Cast) -> None:
    said = with_row(cast, "甲01", opened(cast, "王海斌"), note="听力不好")
    actions.place_person(person=cast.people["甲01"], home=house_of(cast, "甲03"), by=None, at=clock.now())
    assert "已经不在这一户了" in save(cast, "王海斌", said).content.decode()


def test_without_a_script_another_row_is_asked_for_and_the_next_grid_stays_out(cast: Cast) -> None:
    said = {**opened(cast, "王海斌"), "n0-name": "小甲", "more": "1"}
    page = save(cast, "王海斌", said).content.decode()
    assert 'value="小甲"' in page
    assert len(fields_in(page)["row"]) == 4
    assert cast.client("钟花").get(url_of(cast)).status_code == 404
    stranger = with_row(cast, "丙01", {**opened(cast, "王海斌"), "row": [str(cast.people["丙01"].pk)]}, name="丙丙")
    assert save(cast, "王海斌", stranger).status_code == 404
