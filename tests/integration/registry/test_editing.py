"""People are edited in place, go away and come back; nobody overwrites what somebody else wrote."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.forms import add_page, entry, fresh, get, newcomer, part, say
from tests.integration.registry.people import add, house_of, id_number, leaf
from tests.integration.screening.sending import open_round
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import Household, PersonGroup
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.rolls.rules import State
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow


def test_a_part_is_edited_in_its_place_with_who_and_when(cast: Cast) -> None:
    person = cast.people["甲01"]
    url = reverse("person_edit", args=[person.pk])
    written = part(person, "contact", phone="", address="西头岭1号", registered_address="县城")
    response = say(cast, "王海斌", url, **written)
    assert response.status_code == 302
    changed = fresh(person)
    assert (changed.address, changed.registered_address, changed.phone) == ("西头岭1号", "县城", "13800000000")
    assert changed.updated_by == cast.accounts["王海斌"].pk
    row = AuditRow.objects.get(action="registry.edit_person")
    assert row.data == {"fields": ["address", "registered_address"]}
    page = get(cast, "王海斌", reverse("person", args=[person.pk]))
    assert "王海斌" in page
    assert "现住址、户籍地址" in page


def test_a_stale_form_shows_both_values_and_then_takes_what_its_writer_decides(cast: Cast) -> None:
    person = cast.people["甲01"]
    seen = part(person, "living", relation="户主", residence="resident", note="我写的")
    url = reverse("person_edit", args=[person.pk])
    actions.edit_person(person=person, values={"note": "别人写的"}, seen_at=person.updated_at, by=None, at=clock.now())
    response = say(cast, "王海斌", url, **seen)
    page = response.content.decode()
    assert response.status_code == 200
    assert "别人改过这条登记" in page
    assert "别人写的" in page
    assert "我写的" in page
    assert fresh(person).note == "别人写的"
    again = {**seen, "seen_at": fresh(person).updated_at.isoformat()}
    assert again["seen_at"] in page
    assert say(cast, "王海斌", url, **again).status_code == 302
    assert fresh(person).note == "我写的"


def test_two_who_edit_different_parts_one_after_the_other_lose_nothing(cast: Cast) -> None:
    person = cast.people["甲01"]
    url = reverse("person_edit", args=[person.pk])
    say(cast, "王海斌", url, **part(person, "contact", address="东街"))
    say(cast, "办公室", url, **part(fresh(person), "living", residence="resident", note="已问"))
    assert (fresh(person).address, fresh(person).note) == ("东街", "已问")


def test_an_empty_number_field_keeps_the_number_and_a_tick_takes_it_away(cast: Cast) -> None:
    person = add(cast, "有号", id_number=id_number(1))
    url = reverse("person_edit", args=[person.pk])
    kept = {"name": "有号了", "sex": "male", "id_kind": "resident", "id_number": ""}
    say(cast, "王海斌", url, **part(person, "identity", **kept))
    assert (fresh(person).name, fresh(person).id_number) == ("有号了", id_number(1))
    say(cast, "王海斌", url, **part(fresh(person), "identity", **kept, no_id_number="on"))
    assert (fresh(person).id_number, fresh(person).problems) == (None, ["missing_id"])


def test_what_disagrees_with_the_id_number_is_flagged_until_it_agrees(cast: Cast) -> None:
    person = add(cast, "有号", id_number=id_number(1), sex="female")
    assert person.problems == ["sex_mismatch"]
    right = actions.edit_person(
        person=person, values={"sex": "male"}, seen_at=person.updated_at, by=None, at=clock.now()
    )
    assert right.problems == []


def test_going_away_excuses_and_coming_back_owes_again(cast: Cast) -> None:
    open_round(cast)
    person = cast.people["甲01"]
    url = reverse("person_edit", args=[person.pk])
    away = part(person, "stay", whereabouts="city", whereabouts_text="阳泉", expected_return="2099-01-05")
    assert say(cast, "王海斌", url, **away).status_code == 302
    excused = entry(cast, person.pk)
    assert (excused.state, excused.reason) == (State.EXCUSED, "away")
    assert str(fresh(person).expected_return) == "2099-01-05"
    back = part(fresh(person), "stay", whereabouts="in_village", expected_return="2099-01-05")
    assert say(cast, "王海斌", url, **back).status_code == 302
    assert entry(cast, person.pk).state == State.OWED
    assert fresh(person).expected_return is None


def test_groups_begin_and_end_and_begin_again(cast: Cast) -> None:
    person = cast.people["甲01"]
    url = reverse("person_edit", args=[person.pk])
    for groups in (["elderly", "ill"], ["ill"], ["ill", "elderly"]):
        assert say(cast, "王海斌", url, **part(fresh(person), "groups", groups=groups)).status_code == 302
    held = PersonGroup.rows().filter(person=person)
    assert sorted(held.filter(ends_on__isnull=True).values_list("group", flat=True)) == ["elderly", "ill"]
    assert held.filter(group="elderly").count() == 2


def test_who_leaves_owes_nothing_more_and_can_be_put_back(cast: Cast) -> None:
    open_round(cast)
    person = cast.people["甲01"]
    response = say(cast, "王海斌", reverse("person_left", args=[person.pk]), reason="moved")
    assert response.status_code == 302
    assert (entry(cast, person.pk).state, entry(cast, person.pk).reason) == (State.EXCUSED, "left")
    assert "甲01" not in get(cast, "王海斌", f"{reverse('people')}?by=name")
    assert "甲01" in get(cast, "王海斌", f"{reverse('people')}?left=1")
    assert "已不在名册里" in get(cast, "王海斌", reverse("person", args=[person.pk]))
    assert say(cast, "王海斌", reverse("person_returned", args=[person.pk])).status_code == 302
    assert entry(cast, person.pk).state == State.OWED
    assert fresh(person).left_reason == ""


def test_an_outside_worker_is_placed_in_a_micro_grid_and_a_household_and_the_open_round_follows(cast: Cast) -> None:
    open_round(cast)
    person, to = cast.people["甲01"], cast.areas["第二微网格"]
    url = reverse("person_place", args=[person.pk])
    assert say(cast, "王海斌", url, area=to.area_path, number="").status_code == 302
    assert (fresh(person).household_id, fresh(person).area_path) == (None, to.area_path)
    assert entry(cast, person.pk).area_id == to.pk
    home = house_of(cast, "乙01")
    assert say(cast, "王海斌", url, area=to.area_path, number=home.number).status_code == 302
    assert (fresh(person).household_id, fresh(person).area_path) == (home.pk, home.area_path)


def test_nobody_is_moved_into_a_house_that_is_not_there_or_a_grid_next_door(cast: Cast) -> None:
    person, url = cast.people["甲01"], reverse("person_place", args=[cast.people["甲01"].pk])
    area = cast.areas["第一微网格"].area_path
    assert "没有这个户号" in say(cast, "王海斌", url, area=area, number="999").content.decode()
    elsewhere = cast.areas["北头岭微网格"].area_path
    assert say(cast, "王海斌", url, area=elsewhere, number="").status_code == 200
    assert say(cast, "钟花", url, area=elsewhere, number="").status_code == 404
    assert fresh(person).household_id == person.household_id


def test_several_at_once_are_sent_away_and_put_into_a_group(cast: Cast) -> None:
    people = [cast.people[name] for name in ("甲01", "甲02", "甲03")]
    response = say(
        cast, "王海斌", reverse("bulk_do"), person=[each.pk for each in people], whereabouts="county", group="risk",
        count=3, next=f"{reverse('people')}?by=name",
    )  # fmt: skip
    assert response["Location"] == f"{reverse('people')}?by=name"
    assert {fresh(each).whereabouts for each in people} == {"county"}
    assert PersonGroup.rows().filter(group=Group.RISK).count() == 3


def test_one_of_somebody_else_among_several_changes_nobody(cast: Cast) -> None:
    ids = [cast.people["甲01"].pk, cast.people["丙01"].pk]
    response = say(cast, "王海斌", reverse("people_bulk"), person=ids, whereabouts="county", next="//evil.example/")
    assert response.status_code == 404
    assert fresh(cast.people["甲01"]).whereabouts == "in_village"


def test_a_household_takes_its_people_to_another_micro_grid(cast: Cast) -> None:
    household, to = house_of(cast, "甲01"), leaf(cast, "第二微网格")
    url = reverse("household_edit", args=[household.pk])
    form = {"number": "99", "address": "西头岭99号", "head_name": "甲01", "area": to.area_path, "seen_at": ""}
    assert say(cast, "王海斌", url, **form).status_code == 302
    moved = house_of(cast, "甲01")
    assert (moved.number, moved.area_path, moved.updated_by) == ("99", to.area_path, cast.accounts["王海斌"].pk)
    assert {fresh(cast.people[name]).area_path for name in ("甲01", "甲02")} == {to.area_path}


def test_a_household_is_not_moved_into_somebody_elses_grid(cast: Cast) -> None:
    household, to = house_of(cast, "甲01"), leaf(cast, "北头岭微网格")
    form = {"number": "1", "address": "", "head_name": "", "area": to.area_path, "seen_at": ""}
    response = say(cast, "王海斌", reverse("household_edit", args=[household.pk]), **form)
    assert response.status_code == 200
    assert house_of(cast, "甲01").area_path == household.area_path


def test_a_stale_household_form_and_a_taken_number_are_said(cast: Cast) -> None:
    household = house_of(cast, "甲01")
    url = reverse("household_edit", args=[household.pk])
    form = {"number": house_of(cast, "甲03").number, "address": "", "head_name": "甲01", "area": household.area_path}
    taken = say(cast, "王海斌", url, **form, seen_at="").content.decode()
    assert "这个片区已经有" in taken
    actions.edit_household(household=household, values={"address": "别人写的"}, seen_at=None, by=None, at=clock.now())
    stale = say(cast, "王海斌", url, **{**form, "number": "1", "address": "我写的"}, seen_at="").content.decode()
    assert "别人写的" in stale
    assert "我写的" in stale
    assert house_of(cast, "甲01").address == "别人写的"


def test_a_new_household_is_found_at_once(cast: Cast) -> None:
    area = cast.areas["第一微网格"].area_path
    form = {"number": "501", "address": "西头岭501号", "head_name": "", "area": area}
    response = say(cast, "王海斌", reverse("household_add"), **form)
    made = Household.rows().get(number="501")
    assert response["Location"] == reverse("household", args=[made.pk])
    assert made.section_path == cast.areas["西头岭"].area_path
    assert str(made.pk) in get(cast, "王海斌", f"{reverse('find')}?q=xtl501")


@pytest.mark.parametrize("name", ["采样员", "范医生"])
def test_who_may_look_but_not_edit_sees_no_way_to_and_has_none(cast: Cast, name: str) -> None:
    person = cast.people["甲01"]
    page = get(cast, name, reverse("person", args=[person.pk]))
    assert "?edit=" not in page
    assert reverse("person_left", args=[person.pk]) not in page
    for url in ("person_edit", "person_left", "person_returned"):
        assert say(cast, name, reverse(url, args=[person.pk]), reason="moved").status_code == 404
    assert say(cast, name, add_page(house_of(cast, "甲01")), **newcomer()).status_code == 404
    assert fresh(person).left_at is None
