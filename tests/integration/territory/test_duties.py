"""值班: the hours of the dispatch centre, who is on duty now and how they are reached; what a partner helps with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.unit.documents.samples import pages_of
from wuyicun.domains.territory import actions, duties, queries, units
from wuyicun.domains.territory.models import Duty, Unit
from wuyicun.kernel import clock, scope

SATURDAY_MORNING = datetime(2022, 11, 26, 1, 30, tzinfo=UTC)  # 09:30 in the village


@pytest.fixture
def centre(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Unit:
    """The dispatch centre, on a Saturday at half past nine."""
    monkeypatch.setattr(clock, "now", lambda: SATURDAY_MORNING)
    with scope.enter(cast.scope()):
        units.set_up_missing(village_id=cast.village.pk, by=None, at=clock.now())
        return next(each for each in queries.units(cast.village.pk) if each.kind == "dispatch_centre")


def save(client: Client, unit: Unit, **more: str) -> Any:
    form = {"name": unit.name, "phone": "0353-606110", "opens_at": "08:00", "closes_at": "20:00", **more}
    return client.post(reverse("unit", args=[unit.pk]), form)


def put(client: Client, unit: Unit, days: str, name: str, phone: str = "", **more: str) -> Any:
    hours = {"duty-from_time": "08:00", "duty-until_time": "20:00", **more}
    form = {"duty-days": list(days), "duty-name": name, "duty-phone": phone, **hours}
    return client.post(reverse("duty_add", args=[unit.pk]), form)


def page(client: Client, name: str, *given: UUID) -> str:
    return client.get(reverse(name, args=list(given))).content.decode()


def test_who_is_on_duty_now_stands_on_the_units_page_and_in_the_chart_with_the_phone(cast: Cast, centre: Unit) -> None:
    client = cast.client("梁会明")
    save(client, centre)
    put(client, centre, "12345", "常明", "13800000001")
    put(client, centre, "67", "杜梅")
    text = page(client, "unit", centre.pk)
    assert "每天 08:00–20:00" in " ".join(text.split())
    assert "周一至周五" in text
    assert "现在没有人值班" not in text
    now = text[text.index("正在值班") : text.rindex("周一至周五")]
    assert "杜梅" in now
    assert "0353-606110" in now
    assert "常明" not in now
    chart = page(client, "org_chart")
    assert "杜梅" in chart
    assert 'href="tel:0353-606110"' in chart
    assert "08:00–20:00" in chart
    printed = "".join(pages_of(client.get(reverse("org_chart_pdf")).content)[0].split())
    assert "值班08:00–20:00" in printed


def test_hours_that_nobody_covers_are_said_and_nobody_now_is_late(cast: Cast, centre: Unit) -> None:
    client = cast.client("梁会明")
    save(client, centre)
    put(client, centre, "12345", "常明")
    for name, given in (("unit", [centre.pk]), ("org_chart", [])):
        assert "现在没有人值班" in page(client, name, *given)
    assert "周六、周日 08:00–20:00" in page(client, "unit", centre.pk)
    assert "值班没有排满" in page(client, "organisation")
    put(client, centre, "67", "杜梅")
    assert "值班没有排满" not in page(client, "organisation")


def test_a_unit_without_hours_wants_nobody(cast: Cast, centre: Unit) -> None:
    client = cast.client("梁会明")
    assert "现在没有人值班" not in page(client, "unit", centre.pk) + page(client, "org_chart")
    assert "值班没有排满" not in page(client, "organisation")


def test_taken_off_the_list_and_put_back(cast: Cast, centre: Unit) -> None:
    client = cast.client("梁会明")
    put(client, centre, "6", "杜梅")
    with scope.enter(cast.scope()):
        duty = Duty.rows().get(village_id=cast.village.pk)
    answer = client.post(reverse("duty_off", args=[duty.pk]), follow=True).content.decode()
    assert "杜梅（周六）不再值班" in answer
    assert reverse("duty_back", args=[duty.pk]) in answer
    assert "正在值班" not in page(client, "org_chart")
    client.post(reverse("duty_back", args=[duty.pk]))
    assert "正在值班" in page(client, "org_chart")


def test_half_of_the_hours_and_no_day_are_refused_beside_the_field(cast: Cast, centre: Unit) -> None:
    client = cast.client("梁会明")
    assert "两个都要填" in save(client, centre, closes_at="").content.decode()
    refused = put(client, centre, "", "常明")
    assert refused.status_code == 200
    assert 'id="id_duty-days_error"' in refused.content.decode()
    with scope.enter(cast.scope()):
        assert duties.of_village(cast.village.pk, [centre], clock.now())[centre.pk].duties == ()


def test_what_a_partner_unit_helps_with_is_on_its_page_and_in_the_chart(cast: Cast) -> None:
    client = cast.client("梁会明")
    with scope.enter(cast.scope()):
        clinic = actions.add_unit(
            village_id=cast.village.pk,
            area_path=cast.village.area_path,
            kind="partner",
            name="镇卫生院",
            phone="0353-600120",
            by=None,
            at=clock.now(),
        )
    form = {"name": "镇卫生院", "phone": "0353-600120", "help_with": "发热接诊、转诊"}
    client.post(reverse("unit", args=[clinic.pk]), form)
    assert "发热接诊、转诊" in page(client, "unit", clinic.pk)
    assert "发热接诊、转诊" in page(client, "org_chart")
    assert "发热接诊" in pages_of(client.get(reverse("org_chart_pdf")).content)[0]


def test_the_list_of_another_village_is_not_there(cast: Cast, centre: Unit) -> None:
    put(cast.client("梁会明"), centre, "6", "杜梅")
    with scope.enter(cast.scope()):
        duty = Duty.rows().get(village_id=cast.village.pk)
    stranger = cast.client("外人")
    assert stranger.post(reverse("duty_off", args=[duty.pk])).status_code == 404
    assert put(stranger, centre, "6", "外人").status_code == 404


def test_the_board_calls_who_can_fill_what_is_vacant_or_unmanned(cast: Cast, centre: Unit) -> None:
    client = cast.client("梁会明")
    save(client, centre)
    text = " ".join(page(client, "today").split())
    assert "没有负责人的区域" in text
    assert "现在没有人值班" in text
    assert "岗位和值班" not in page(cast.client("王海斌"), "today")
    put(client, centre, "6", "杜梅")
    assert "现在没有人值班" not in page(client, "today")
    with scope.enter(cast.scope()):
        lacking = queries.without_leader(cast.village.pk, clock.now())
        actions.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas["第二微网格"].area_path,
            role="micro_grid_leader",
            holder_name="杜梅",
            account_id=None,
            starts_at=clock.now(),
            by=None,
            at=clock.now(),
        )
        assert (lacking, queries.without_leader(cast.village.pk, clock.now())) == (5, 4)
