"""上级区划: the names above the village, typed once, stand before its own wherever an address is full."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from wuyicun.domains.territory import queries
from wuyicun.domains.territory.models import Division
from wuyicun.kernel.accounts.models import Village

NAMES = {"province": "山西省", "city": "阳泉市", "county": "平定县", "township": "冠山镇"}


def name(cast: Cast, **names: str) -> HttpResponse:
    return cast.client("梁会明").post(reverse("divisions_above"), NAMES | names)


def page(cast: Cast, address: str) -> str:
    return cast.client("梁会明").get(reverse(address)).content.decode()


def test_the_names_above_the_village_are_typed_by_its_office_and_stand_before_its_own(cast: Cast) -> None:
    assert "填写上级区划" in page(cast, "organisation")
    assert name(cast).status_code == 302
    assert queries.ancestry(cast.village.area_path) == list(NAMES.values())
    assert "山西省 › 阳泉市 › 平定县 › 冠山镇" in page(cast, "organisation")
    assert f"山西省阳泉市平定县冠山镇{cast.village.name}" in page(cast, "report_book")


def test_a_level_without_a_name_is_left_out_and_a_wrong_name_is_corrected(cast: Cast) -> None:
    Village.objects.filter(pk=cast.neighbour.pk).update(area_path="110101001001")  # nobody shares the names
    name(cast)
    name(cast, city="", township="锁簧镇")
    assert queries.ancestry(cast.village.area_path) == ["山西省", "平定县", "锁簧镇"]


def test_what_other_villages_share_is_named_once_and_changed_by_who_is_above_them(cast: Cast) -> None:
    assert cast.neighbour.area_path[:9] == cast.village.area_path[:9]
    name(cast)
    name(cast, province="别的省")
    assert queries.ancestry(cast.village.area_path) == list(NAMES.values())
    assert page(cast, "divisions_above").count("请由上级来改") == 4


def test_who_arranges_no_village_has_no_such_page(cast: Cast) -> None:
    client: Any = cast.client("王海斌")
    assert client.get(reverse("divisions_above")).status_code == 404
    assert client.post(reverse("divisions_above"), NAMES).status_code == 404
    assert not Division.objects.exists()
