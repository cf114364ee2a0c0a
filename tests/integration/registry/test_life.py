"""Births and deaths are acts of their own: what they end is seen, the weekly sheet has them, both are taken back."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import house_of
from tests.integration.registry.test_weekly_changes import changed
from tests.integration.screening.sending import open_round
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import LifeEvent, Person, PersonGroup
from wuyicun.domains.registry.rules import Group, Sex
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory import queries as posts
from wuyicun.kernel import clock

BORN = date(2022, 11, 20)


def now(cast: Cast, name: str) -> Person:
    return Person.rows().get(pk=cast.people[name].pk)


def register(cast: Cast, what: str, who: str, by: str = "王海斌", **said: Any) -> HttpResponse:
    """Through the page, as it was opened a moment ago."""
    url = reverse(what, args=[cast.people[who].pk])
    client = cast.client(by)
    response: HttpResponse = client.post(url, {**opened(client.get(url).content.decode()), **said})
    return response


def opened(page: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    return {"seen": html.unescape(found[1])} if found else {}


def birth(cast: Cast, mother: str = "甲02", **said: str) -> Person:
    form = {"birth_date": BORN.isoformat(), "sex": "female", "name": "", "relation": "", **said}
    response = register(cast, "person_birth", mother, **form)
    assert response.status_code == 302, response.content.decode()[-3000:]
    return Person.rows().get(pk=response["Location"].rstrip("/").split("/")[-1])


def groups(person: Person) -> set[str]:
    return set(PersonGroup.rows().filter(person=person, ends_on__isnull=True).values_list("group", flat=True))


def undo(cast: Cast, person: Person, by: str = "王海斌") -> HttpResponse:
    event = LifeEvent.rows().get(person=person, undone_at__isnull=True)
    response: HttpResponse = cast.client(by).post(reverse("life_undo", args=[event.pk]))
    return response


def reason(cast: Cast, round_: Any, person: Person) -> str:
    (entry,) = rolls.entries_of(cast.village.pk, round_.roll_id, [person.pk])
    return entry.base_reason


def test_a_birth_makes_somebody_in_the_mothers_household_who_owes_too(cast: Cast) -> None:
    mother = now(cast, "甲02")
    mother.relation = "妻"
    mother.save()
    actions.set_groups(person=mother, groups=[Group.PREGNANT, Group.ILL], by=None, at=clock.now())
    round_ = open_round(cast, area_path=cast.areas["第一微网格"].area_path, title="第 1 轮")
    child = birth(cast)
    assert (child.name, child.household_id, child.relation, child.birth_date) == (
        "甲02之女", house_of(cast, "甲01").pk, "女", BORN,
    )  # fmt: skip
    assert (groups(child), groups(mother)) == ({"infant"}, {"ill"})
    assert reason(cast, round_, child) == ""
    assert "甲02之女" in cast.client("王海斌").get(reverse("person", args=[mother.pk])).content.decode()
    page = cast.client("王海斌").get(reverse("person", args=[child.pk])).content.decode()
    assert reverse("person", args=[mother.pk]) in page
    assert reverse("person_birth", args=[child.pk]) not in page


def test_twins_without_names_are_told_apart_and_a_name_can_come_later(cast: Cast) -> None:
    first, second = birth(cast), birth(cast)
    assert [first.name, second.name] == ["甲02之女", "甲02之女2"]
    assert birth(cast, name="小宝", sex="male").name == "小宝"


def test_a_birth_is_taken_back_with_what_it_had_ended(cast: Cast) -> None:
    mother = now(cast, "甲02")
    actions.set_groups(person=mother, groups=[Group.PREGNANT], by=None, at=clock.now())
    child = birth(cast)
    assert undo(cast, child).status_code == 302
    child.refresh_from_db()
    assert (child.left_reason, groups(mother)) == ("mistaken", {"pregnant"})
    event = LifeEvent.rows().get(person=child)
    again = cast.client("王海斌").post(reverse("life_undo", args=[event.pk]))
    assert "已经撤销了" in again.content.decode()


def test_tomorrow_nobody_is_born_and_nobody_dies_before_their_birth(cast: Cast) -> None:
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    assert "这一天还没到" in register(cast, "person_birth", "甲02", birth_date=tomorrow, sex="male").content.decode()
    assert "这一天还没到" in register(cast, "person_death", "甲02", died_on=tomorrow).content.decode()
    assert "早于出生" in register(cast, "person_death", "甲02", died_on="1940-01-01").content.decode()
    assert not LifeEvent.rows().exists()


def appointed(cast: Cast, name: str) -> None:
    territory.appoint(
        village_id=cast.village.pk, area_path=cast.areas["第一微网格"].area_path, role="micro_grid_leader",
        holder_name=name, account_id=cast.accounts["采样员"].pk, starts_at=clock.now(), by=None, at=clock.now(),
    )  # fmt: skip


def leads(cast: Cast) -> list[str]:
    held = posts.holders(cast.village.pk, clock.now())
    return [each.name for each in held if each.role == "micro_grid_leader"]


def test_a_death_ends_whereabouts_groups_posts_and_what_is_owed_and_all_of_it_comes_back(cast: Cast) -> None:
    person = now(cast, "甲03")
    back = clock.now().date() + timedelta(days=30)
    stay = actions.Stay("city", "阳泉", date(2022, 11, 1), back)
    actions.set_whereabouts(people=[person], stay=stay, by=None, at=clock.now())
    actions.set_groups(person=person, groups=[Group.ELDERLY], by=None, at=clock.now())
    appointed(cast, "甲03")
    round_ = open_round(cast, area_path=cast.areas["第一微网格"].area_path, title="第 1 轮")
    page = cast.client("梁会明").get(reverse("person_death", args=[person.pk])).content.decode()
    assert {"在市区", "老人", "微网格长", "已故"} <= set(re.findall("在市区|老人|微网格长|已故", page))
    post = re.search(r'name="posts" value="([^"]+)"', page)
    assert post is not None
    response = register(cast, "person_death", "甲03", by="梁会明", died_on="2022-11-22", posts=[post[1]])
    assert response.status_code == 302, response.content.decode()[-3000:]
    person = now(cast, "甲03")
    assert (person.left_reason, person.whereabouts, person.expected_return) == ("died", "in_village", None)
    assert (groups(person), leads(cast), reason(cast, round_, person)) == (set(), [], "died")
    assert "11月22日" in cast.client("王海斌").get(reverse("person", args=[person.pk])).content.decode()
    shown = cast.client("王海斌").get(reverse("missing", args=[round_.pk]) + "?state=excused").content.decode()
    assert "已故" in shown

    assert undo(cast, person, "梁会明").status_code == 302
    person = now(cast, "甲03")
    assert (person.left_at, person.whereabouts, person.whereabouts_text) == (None, "city", "阳泉")
    assert (person.whereabouts_since, person.expected_return) == (date(2022, 11, 1), back)
    assert (groups(person), leads(cast)) == ({"elderly"}, ["甲03"])
    assert reason(cast, round_, person) == "away"


def test_a_post_that_somebody_else_holds_by_now_stays_theirs(cast: Cast) -> None:
    appointed(cast, "甲03")
    (held,) = [each for each in posts.holders(cast.village.pk, clock.now()) if each.name == "甲03"]
    register(cast, "person_death", "甲03", by="梁会明", died_on="2022-11-22", posts=[str(held.id)])
    appointed(cast, "甲05")
    undo(cast, now(cast, "甲03"), "梁会明")
    assert leads(cast) == ["甲05"]


def test_who_fills_no_posts_ends_none(cast: Cast) -> None:
    appointed(cast, "甲03")
    (held,) = [each for each in posts.holders(cast.village.pk, clock.now()) if each.name == "甲03"]
    page = cast.client("王海斌").get(reverse("person_death", args=[cast.people["甲03"].pk])).content.decode()
    assert 'name="posts"' not in page
    register(cast, "person_death", "甲03", by="王海斌", died_on="2022-11-22", posts=[str(held.id)])
    assert now(cast, "甲03").left_reason == "died"
    assert leads(cast) == ["甲03"]


def test_the_weekly_sheet_has_both_and_neither_when_they_were_taken_back_in_the_same_week(cast: Cast) -> None:
    at = datetime(2022, 11, 23, 2, 0, tzinfo=UTC)
    newborn = actions.Newborn(date(2021, 1, 2), Sex.FEMALE)
    born = actions.register_birth(mother=now(cast, "甲02"), newborn=newborn, by=None, at=at)
    died = actions.register_death(person=now(cast, "乙01"), died_on=date(2022, 11, 22), by=None, at=at)
    assert changed(cast, "梁会明") == {"出生": ["甲02之女"], "去世": ["乙01"]}
    later = at + timedelta(days=1)
    actions.undo_birth(event=born, by=None, at=later)
    actions.undo_death(event=died, by=None, at=later)
    assert changed(cast, "梁会明") == {}


@pytest.mark.parametrize("what", ["person_left", "person_death", "person_place"])
def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_done(cast: Cast, what: str) -> None:
    person = now(cast, "甲03")
    url = reverse(what, args=[person.pk])
    said: Mapping[str, str] = {
        "person_left": {"reason": "moved"},
        "person_death": {"died_on": "2022-11-22"},
        "person_place": {"area": cast.areas["第二微网格"].area_path, "number": ""},
    }[what]
    client = cast.client("王海斌")
    first = opened(client.get(url).content.decode())
    actions.place_person(person=person, home=house_of(cast, "甲01"), by=None, at=clock.now())
    answer = client.post(url, {**first, **said})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "西头岭 1 号" in page
    assert now(cast, "甲03").left_at is None
    assert now(cast, "甲03").household_id == house_of(cast, "甲01").pk
    assert client.post(url, {**opened(page), **said}).status_code == 302
    assert (now(cast, "甲03").left_at is None) == (what == "person_place")


def test_another_field_does_not_stop_a_move(cast: Cast) -> None:
    person = now(cast, "甲03")
    url = reverse("person_place", args=[person.pk])
    client = cast.client("王海斌")
    first = opened(client.get(url).content.decode())
    actions.edit_person(person=person, values={"note": "听力不好"}, seen_at=person.updated_at, by=None, at=clock.now())
    assert client.post(url, {**first, "area": cast.areas["第二微网格"].area_path, "number": ""}).status_code == 302


def test_next_door_nothing_can_be_registered_or_taken_back(cast: Cast) -> None:
    child = birth(cast)
    for name in ("person_birth", "person_death"):
        assert cast.client("钟花").get(reverse(name, args=[cast.people["甲02"].pk])).status_code == 404
        assert cast.client("范医生").get(reverse(name, args=[cast.people["甲02"].pk])).status_code == 404
    assert undo(cast, child, "钟花").status_code == 404
