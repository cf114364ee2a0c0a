"""组织图: both lines on the same areas, what is vacant, who holds too much; units and hub households."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.cast import START, Cast
from tests.unit.documents.samples import pages_of
from wuyicun.domains.registry.models import Person
from wuyicun.domains.territory import actions, hubs, queries, units
from wuyicun.domains.territory.chart import Chart, branches, chart
from wuyicun.domains.territory.models import Hub, Post, Unit
from wuyicun.domains.territory.rules import Level, Rank
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.roles import Permission

EXPECTED_UNITS = 5 + 2 * 2 + 3 * 2
"""Of the cast's village: five of the village's own, and two lines on two grids and three micro-grids."""


def drawn(cast: Cast) -> Chart:
    with scope.enter(cast.scope()):
        return chart(cast.village.pk, clock.now())


def set_up(cast: Cast) -> dict[str, Unit]:
    with scope.enter(cast.scope()):
        units.set_up_missing(village_id=cast.village.pk, by=None, at=START)
        return {unit.name: unit for unit in queries.units(cast.village.pk)}


def appoint(cast: Cast, name: str, area: str, role: str, **more: Any) -> Post:
    with scope.enter(cast.scope()):
        return actions.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas[area].area_path,
            role=role,
            holder_name=name,
            account_id=more.pop("account_id", None),
            starts_at=more.pop("starts_at", START),
            by=None,
            at=START,
            **more,
        )


def vacant(cast: Cast, what: str) -> list[tuple[str, str]]:
    return [(each.area, each.kind or "") for each in drawn(cast).missing(what)]


def test_what_the_plan_asks_for_is_set_up_in_one_press_and_only_once(cast: Cast) -> None:
    client = cast.client("梁会明")
    assert f"还缺 {EXPECTED_UNITS} 个单位" in client.get(reverse("organisation")).content.decode()
    for _again in range(2):
        assert client.post(reverse("units_set_up")).status_code == 302
    with scope.enter(cast.scope()):
        made = {unit.name for unit in queries.units(cast.village.pk)}
    assert len(made) == EXPECTED_UNITS
    assert {"疫情防控一线指挥部", "西头岭村大党委", "西头岭前线指挥所", "第一微网格党小组", "公共卫生委员会"} <= made
    assert "还缺" not in client.get(reverse("organisation")).content.decode()


def test_each_seat_that_nobody_holds_is_vacant(cast: Cast) -> None:
    built = set_up(cast)
    assert vacant(cast, "unit") == []
    assert ("西头岭村", "command") not in vacant(cast, "head"), "the secretary leads the village"
    for seat in (("西头岭", "command"), ("西头岭", "party"), ("第一微网格", "command"), ("西头岭村", "office")):
        assert seat in vacant(cast, "head")
    appoint(cast, "王海斌", "西头岭", "grid_leader")
    appoint(cast, "杜梅", "西头岭", "member", unit_id=built["西头岭网格党支部"].pk, rank=Rank.HEAD)
    assert ("西头岭", "command") not in vacant(cast, "head")
    assert ("西头岭", "party") not in vacant(cast, "head")


def test_a_deputy_fills_no_seat_but_stands_in_the_chart(cast: Cast) -> None:
    set_up(cast)
    appoint(cast, "杜梅", "第一微网格", "micro_grid_leader", rank=Rank.DEPUTY)
    assert ("第一微网格", "command") in vacant(cast, "head")
    appoint(cast, "常明", "第一微网格", "micro_grid_leader")
    text = cast.client("梁会明").get(reverse("org_chart")).content.decode()
    assert "杜梅" in text
    assert "副职" in text
    assert ("第一微网格", "command") not in vacant(cast, "head")


def test_a_unit_has_one_head_at_a_time(cast: Cast) -> None:
    office = set_up(cast)["疫情防控办公室"]
    first = appoint(cast, "杜梅", "village", "office", unit_id=office.pk, rank=Rank.HEAD)
    with pytest.raises(actions.HeadAlready) as caught:
        appoint(cast, "常明", "village", "office", unit_id=office.pk, rank=Rank.HEAD)
    assert caught.value.data == {"unit": "疫情防控办公室", "name": "杜梅"}
    with scope.enter(cast.scope()), pytest.raises(IntegrityError), transaction.atomic():
        Post.rows().create(
            village_id=cast.village.pk, area_path=first.area_path, unit=office, role="office", rank=Rank.HEAD,
            holder_name="常明", starts_at=START,
        )  # fmt: skip


def test_who_holds_too_much_is_named_with_all_of_it(cast: Cast) -> None:
    appoint(cast, "杜梅", "第一微网格", "micro_grid_leader")
    assert not drawn(cast).heavy
    appoint(cast, "杜梅", "第二微网格", "micro_grid_leader")
    assert {whose: len(held) for whose, held in drawn(cast).heavy.items()} == {"杜梅": 2}
    assert "兼 2 岗" in cast.client("梁会明").get(reverse("org_chart")).content.decode()


def test_a_post_has_its_days_and_the_rights_keep_to_them(cast: Cast) -> None:
    client, account = cast.client("梁会明"), cast.accounts["闲人"]
    now = clock.now()
    appoint(
        cast, "闲人", "第一微网格", "micro_grid_leader", account_id=account.pk,
        starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=3),
    )  # fmt: skip
    allowed = [accounts.scope_of(account, now + timedelta(days=day)).permits(Permission.SAMPLE) for day in range(5)]
    assert allowed == [False, True, True, False, False]
    assert "还没到任" in client.get(reverse("organisation")).content.decode()


def test_the_form_takes_the_days_of_a_post(cast: Cast) -> None:
    today = timezone.localdate()
    form = {
        "holder_name": "常明",
        "role": "grid_leader",
        "rank": "head",
        "area": cast.areas["西头岭"].area_path,
        "starts_on": f"{today + timedelta(days=1):%Y-%m-%d}",
        "ends_on": f"{today:%Y-%m-%d}",
    }
    client = cast.client("梁会明")
    assert "不能早于开始的那天" in client.post(reverse("post_add"), form).content.decode()
    assert (
        client.post(reverse("post_add"), form | {"ends_on": f"{today + timedelta(days=8):%Y-%m-%d}"}).status_code < 400
    )
    with scope.enter(cast.scope()):
        post = Post.rows().get(holder_name="常明")
    assert timezone.localtime(post.starts_at).date() == today + timedelta(days=1)
    assert post.ends_at is not None
    assert post.ends_at - post.starts_at == timedelta(days=8), "the last day counts as a whole"


def test_who_comes_next_is_appointed_once_the_present_one_has_an_end(cast: Cast) -> None:
    account, client, now = cast.accounts["闲人"], cast.client("梁会明"), clock.now()
    present = appoint(cast, "闲人", "第一微网格", "micro_grid_leader", account_id=account.pk)
    soon = now + timedelta(days=9)
    with pytest.raises(actions.LeaderAlready):
        appoint(cast, "常明", "第一微网格", "micro_grid_leader", starts_at=soon)
    page, last = reverse("post_term", args=[present.pk]), timezone.localdate() + timedelta(days=8)
    assert "不能早于今天" in client.post(page, {"ends_on": "2020-01-01"}).content.decode()
    assert client.post(page, {"ends_on": f"{last:%Y-%m-%d}"}).status_code == 302
    allowed = [accounts.scope_of(account, now + timedelta(days=day)).permits(Permission.SAMPLE) for day in (8, 9)]
    assert allowed == [True, False]
    appoint(cast, "常明", "第一微网格", "micro_grid_leader", starts_at=soon)
    assert "已有微网格长常明" in client.post(page, {"ends_on": ""}).content.decode(), (
        "it would reach into the next one's"
    )


def test_the_chart_prints_on_one_page_with_every_name(cast: Cast) -> None:
    set_up(cast)
    appoint(cast, "杜梅", "第一微网格", "micro_grid_leader")
    response = cast.client("梁会明").get(reverse("org_chart_pdf"))
    (page,) = pages_of(response.content)
    for words in ("指挥线", "党组织线", "杜梅", "西头岭前线指挥所", "第二微网格党小组", "中心户【空缺】"):
        assert words in page


def test_a_unit_is_corrected_and_ended_when_nobody_serves_in_it(cast: Cast) -> None:
    office = set_up(cast)["疫情防控办公室"]
    post = appoint(cast, "杜梅", "village", "office", unit_id=office.pk, rank=Rank.HEAD)
    client, page = cast.client("梁会明"), reverse("unit", args=[office.pk])
    assert client.post(page, {"name": "防控办", "phone": "0353-6060000"}).status_code == 302
    assert "0353-6060000" in client.get(page).content.decode()
    assert "还有 1 人任职" in client.post(reverse("unit_end", args=[office.pk]), follow=True).content.decode()
    with scope.enter(cast.scope()):
        actions.end_post(post=post, ends_at=clock.now(), by=None, at=clock.now())
    assert client.post(reverse("unit_end", args=[office.pk])).status_code == 302
    assert client.get(page).status_code == 404
    assert "杜梅" in client.get(reverse("post_history")).content.decode(), "who served in it is kept"


def household(cast: Cast, name: str = "甲01") -> UUID:
    found = cast.people[name].household_id
    assert found is not None
    return found


def test_a_household_becomes_a_hub_of_its_micro_grid_on_its_own_page(cast: Cast) -> None:
    client, page = cast.client("梁会明"), reverse("household", args=[household(cast)])
    assert ("第一微网格", "") in vacant(cast, "hub")
    assert "设为中心户" in client.get(page).content.decode()
    done = client.post(reverse("hub_add"), {"household": household(cast), "next": page}, follow=True)
    assert "不再是中心户" in done.content.decode()
    assert ("第一微网格", "") not in vacant(cast, "hub")
    (hub,) = next(each for each in branches(drawn(cast).root) if each.name == "第一微网格").hubs
    assert hub.contact_name == "甲01"
    assert client.post(reverse("hub_end", args=[hub.id])).status_code == 302
    assert ("第一微网格", "") in vacant(cast, "hub")
    with scope.enter(cast.scope()):
        assert Hub.rows().get().ends_at is not None, "that it was one is kept"


def test_a_hub_moves_with_its_household(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        hubs.name(village_id=cast.village.pk, household_id=household(cast), contact_name="", by=None, at=START)
        moved = cast.people["甲01"].household
        assert moved is not None
        moved.area, moved.area_path = cast.areas["第二微网格"], cast.areas["第二微网格"].area_path
        moved.save(update_fields=["area", "area_path"])
    assert ("第一微网格", "") in vacant(cast, "hub")
    assert ("第二微网格", "") not in vacant(cast, "hub")


@pytest.mark.parametrize("household_id", [uuid4(), "x"])
def test_only_a_household_of_the_village_becomes_a_hub(cast: Cast, household_id: object) -> None:
    assert cast.client("梁会明").post(reverse("hub_add"), {"household": household_id}).status_code in (302, 404)
    with scope.enter(cast.scope()):
        assert not Hub.rows().exists()


def test_who_arranges_no_posts_sees_no_button_for_hubs(cast: Cast) -> None:
    text = cast.client("王海斌").get(reverse("household", args=[household(cast)])).content.decode()
    assert "设为中心户" not in text
    assert cast.client("王海斌").post(reverse("hub_add"), {"household": household(cast)}).status_code == 404


def test_a_micro_grid_that_is_retired_leaves_no_unit_and_no_post_behind(cast: Cast) -> None:
    built = set_up(cast)
    appoint(
        cast, "杜梅", "第二微网格", "micro_grid_leader", unit_id=built["第二微网格战斗堡垒"].pk,
        ends_at=clock.now() + timedelta(days=9),
    )  # fmt: skip
    with scope.enter(cast.scope()):
        actions.retire_area(
            village_id=cast.village.pk, area_path=cast.areas["第二微网格"].area_path, by=None, at=clock.now()
        )
        assert not [unit for unit in queries.units(cast.village.pk) if "第二微网格" in unit.name]
        assert "杜梅" not in [each.name for each in queries.holders(cast.village.pk, clock.now())]
    page = cast.client("梁会明").get(reverse("post_history")).content.decode()
    assert "杜梅" in page, "who served there is kept"


def test_an_area_to_which_anything_belongs_is_not_removed(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        made = actions.add_area(
            village_id=cast.village.pk,
            parent_path=cast.areas["西头岭"].area_path,
            level=Level.MICRO_GRID,
            name="画错的",
            by=None,
            at=START,
        )
        person = Person.rows().get(pk=cast.people["甲01"].pk)
        home, person.area_id = person.area_id, made.pk
        person.save(update_fields=["area"])
        removal = {"village_id": cast.village.pk, "area_path": made.area_path, "by": None, "at": START}
        assert actions.remove_area(**removal) is False
        person.area_id = home
        person.save(update_fields=["area"])
        assert actions.remove_area(**removal) is True
