"""A worksite keeps a roster of its workers with dormitories and a liaison, and its ledger comes out as Excel."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import leaf
from tests.integration.registry.test_ledgers import export, lines_of
from tests.integration.registry.test_places import add as add_place
from tests.integration.registry.test_places import opened, save, shown
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import Person, Place, Worker
from wuyicun.kernel import clock


@pytest.fixture
def site(cast: Cast) -> Place:
    return add_place(cast, kind="worksite", name="硬化路工地")


def take_on(cast: Cast, site: Place, *names: str, by: str = "王海斌") -> HttpResponse:
    people = [str(cast.people[name].pk) for name in names]
    response: HttpResponse = cast.client(by).post(reverse("worker_add", args=[site.pk]), {"person": people})
    return response


def on_roster(site: Place) -> set[str]:
    rows = Worker.rows().filter(place=site, ends_on__isnull=True)
    return set(rows.values_list("person__name", flat=True))


def worker(cast: Cast, name: str) -> Worker:
    return Worker.rows().get(person=cast.people[name].pk, ends_on__isnull=True)


def newcomer(name: str, workplace: str) -> actions.Newcomer:
    return actions.Newcomer(actions.PersonFields(name=name, residence="outside", workplace=workplace))


def test_workers_are_taken_on_let_go_and_taken_back(cast: Cast, site: Place) -> None:
    assert take_on(cast, site, "甲01", "甲02").status_code == 302
    assert take_on(cast, site, "甲01").status_code == 302
    assert on_roster(site) == {"甲01", "甲02"}
    assert Person.rows().get(pk=cast.people["甲01"].pk).workplace == "硬化路工地"
    page = shown(cast, "王海斌", site)
    assert "甲01" in page
    assert (
        reverse("place", args=[site.pk])
        in cast.client("王海斌").get(reverse("person", args=[cast.people["甲01"].pk])).content.decode()
    )
    gone = worker(cast, "甲01")
    cast.client("王海斌").post(reverse("worker_end", args=[gone.pk]))
    assert on_roster(site) == {"甲02"}
    assert Person.rows().get(pk=cast.people["甲01"].pk).workplace == ""
    cast.client("王海斌").post(reverse("worker_back", args=[gone.pk]))
    assert on_roster(site) == {"甲01", "甲02"}


def test_who_goes_to_another_worksite_is_on_one_roster_only(cast: Cast, site: Place) -> None:
    other = add_place(cast, kind="factory", name="机制砂厂")
    take_on(cast, site, "甲01")
    first = worker(cast, "甲01")
    take_on(cast, other, "甲01")
    assert (on_roster(site), on_roster(other)) == (set(), {"甲01"})
    answer = cast.client("王海斌").post(reverse("worker_back", args=[first.pk]))
    assert "别处的花名册" in answer.content.decode()
    shop = add_place(cast, kind="shop", name="超市")
    assert "只有工地和企业" in take_on(cast, shop, "甲02").content.decode()


def test_workers_sleep_in_dormitories_which_are_places_of_their_own(cast: Cast, site: Place) -> None:
    take_on(cast, site, "甲01")
    said = {"name": "一号宿舍", "kind": "dormitory", "area": site.area_path, "location": "村委会后院"}
    made = cast.client("王海斌").post(f"{reverse('place_add')}?part_of={site.pk}", said)
    assert made["Location"] == reverse("place", args=[site.pk])
    room = Place.rows().get(name="一号宿舍")
    assert "一号宿舍" in shown(cast, "王海斌", site)
    row = worker(cast, "甲01")
    form = {"dormitory": str(room.pk), "job": "瓦工"}
    cast.client("王海斌").post(reverse("worker_edit", args=[row.pk]), form)
    row.refresh_from_db()
    assert (row.dormitory_id, row.job) == (room.pk, "瓦工")
    elsewhere = add_place(cast, kind="dormitory", name="别家宿舍")
    cast.client("王海斌").post(reverse("worker_edit", args=[row.pk]), {**form, "dormitory": str(elsewhere.pk)})
    row.refresh_from_db()
    assert row.dormitory_id == room.pk, "only the worksite's own can be chosen"
    assert reverse("place", args=[site.pk]) in shown(cast, "王海斌", room)


def test_the_liaison_stands_on_the_page_masked_and_is_shown_with_a_reason(cast: Cast, site: Place) -> None:
    assert "还没有" in shown(cast, "王海斌", site)
    form = {**opened(cast, "王海斌", site), "liaison_name": "赵工", "liaison_phone": "13811112222"}
    assert save(cast, "王海斌", site, **form).status_code == 302
    page = shown(cast, "王海斌", site)
    assert "赵工" in page
    assert "138****2222" in page
    wrong = save(
        cast, "王海斌", site, **{**form, **opened(cast, "王海斌", Place.rows().get(pk=site.pk)), "liaison_phone": "12"}
    )
    assert wrong.context["form"].errors.keys() == {"liaison_phone"}
    late = save(cast, "梁会明", site, **{**form, "liaison_phone": "", "liaison_name": "钱工"}).content.decode()
    assert {"赵工", "钱工"} <= set(re.findall("赵工|钱工", late))
    assert "13811112222" not in late
    address = reverse("place_reveal", args=[site.pk]) + "?of=liaison"
    assert "13811112222" in cast.client("王海斌").post(address, {"reason": "call"}).content.decode()


def test_all_whom_the_roster_has_as_working_somewhere_are_taken_on_at_once(cast: Cast, site: Place) -> None:
    home = leaf(cast, "第一微网格")
    for name in ("工一", "工二"):
        actions.add_person(
            village_id=cast.village.pk, home=home, newcomer=newcomer(name, "硬化路工程"), by=None, at=clock.now()
        )
    page = shown(cast, "王海斌", site)
    assert re.search(r"硬化路工程</span><b>2 人", page)
    cast.client("王海斌").post(reverse("worker_add", args=[site.pk]), {"firm": "硬化路工程"})
    assert on_roster(site) == {"工一", "工二"}
    assert "硬化路工程" not in shown(cast, "王海斌", site)


def test_somebody_is_found_or_registered_anew_from_the_page(cast: Cast, site: Place) -> None:
    page = shown(cast, "王海斌", site, "?find=甲05")
    assert f'value="{cast.people["甲05"].pk}"' in page
    url = f"{reverse('person_add')}?worksite={site.pk}"
    said = {
        "name": "新工", "sex": "male", "id_kind": "resident", "residence": "outside", "whereabouts": "in_village",
        "area": site.area_path,
    }  # fmt: skip
    made = cast.client("王海斌").post(url, said)
    assert made["Location"] == reverse("place", args=[site.pk])
    assert on_roster(site) == {"新工"}


def test_its_ledger_comes_out_as_excel(cast: Cast, site: Place) -> None:
    take_on(cast, site, "甲01", "甲02")
    other = add_place(cast, kind="factory", name="机制砂厂")
    take_on(cast, other, "甲03")
    found = re.search(r'href="(/people/ledgers/worksite-workers/[^"]*)"', shown(cast, "梁会明", site))
    assert found is not None
    listed = cast.client("梁会明").get(found[1].replace("&amp;", "&")).content.decode()
    assert "甲01" in listed
    assert "甲03" not in listed
    url = reverse("ledger", args=["everyone"])
    for asked, names in (("f.worksite.op=contains&f.worksite=砂", {"甲03"}), ("f.job.op=filled", set())):
        page = cast.client("梁会明").get(f"{url}?{asked}").content.decode()
        assert set(re.findall(r"甲\d\d", page)) == names, asked
    assert "甲01" not in cast.client("梁会明").get(f"{url}?f.worksite.op=blank").content.decode()
    lines = lines_of(export(cast, "梁会明", "worksite-workers"))
    assert {(line["姓名"], line["所在工地（企业）"]) for line in lines} == {
        ("甲01", "硬化路工地"), ("甲02", "硬化路工地"), ("甲03", "机制砂厂"),
    }  # fmt: skip


def test_who_leaves_or_dies_is_on_no_roster_and_a_worksite_with_workers_is_not_closed(cast: Cast, site: Place) -> None:
    take_on(cast, site, "甲01", "甲02", "甲03")
    answer = cast.client("王海斌").post(reverse("place_close", args=[site.pk]))
    assert "花名册上还有 3 人" in answer.content.decode()
    for _time in range(2):
        actions.mark_left(person=cast.people["甲02"], reason="gone", by=None, at=clock.now())
        assert on_roster(site) == {"甲01", "甲03"}
        take_on(cast, site, "甲02")
        assert on_roster(site) == {"甲01", "甲03"}, "who has left is not taken on"
        assert f'value="{cast.people["甲02"].pk}"' not in shown(cast, "王海斌", site, "?find=甲02")
        actions.mark_returned(person=cast.people["甲02"], by=None, at=clock.now())
        assert on_roster(site) == {"甲01", "甲02", "甲03"}
    cast.client("王海斌").post(reverse("worker_end", args=[worker(cast, "甲02").pk]))
    actions.mark_left(person=cast.people["甲02"], reason="gone", by=None, at=clock.now())
    actions.mark_returned(person=cast.people["甲02"], by=None, at=clock.now())
    assert on_roster(site) == {"甲01", "甲03"}, "who was let go before is not on it again"
    actions.mark_left(person=cast.people["甲02"], reason="gone", by=None, at=clock.now())
    today = clock.now().date()
    event = actions.register_death(person=cast.people["甲01"], died_on=today, by=None, at=clock.now())
    assert on_roster(site) == {"甲03"}
    actions.undo_death(event=event, by=None, at=clock.now())
    assert on_roster(site) == {"甲01", "甲03"}
    actions.merge_people(kept=cast.people["甲05"], other=cast.people["甲03"], by=None, at=clock.now())
    assert on_roster(site) == {"甲01", "甲05"}


def test_next_door_neither_roster_nor_workers_exist(cast: Cast, site: Place) -> None:
    take_on(cast, site, "甲01")
    assert take_on(cast, site, "丙01").status_code == 404
    assert take_on(cast, site, "丙01", by="钟花").status_code == 404
    for name in ("worker_end", "worker_edit", "worker_back"):
        assert cast.client("钟花").post(reverse(name, args=[worker(cast, "甲01").pk])).status_code == 404
    take_on(cast, site, "丙01", by="梁会明")
    assert "另有 1 人" in shown(cast, "王海斌", site)
    assert "丙01" not in shown(cast, "王海斌", site)
