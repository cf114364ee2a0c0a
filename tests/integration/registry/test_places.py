"""Places (点位) are added, edited and closed on their page; two who edit one at once lose nothing."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.test_cards import printed  # noqa: F401  a fixture
from wuyicun.domains.registry import cards, listing, queries, search, tokens
from wuyicun.domains.registry.models import Place
from wuyicun.domains.registry.rules import PlaceKind
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow

SHOP = {
    "name": "桥头商店",
    "kind": "shop",
    "contact_name": "张桥",
    "phone": "13912345678",
    "location": "桥东",
    "note": "",
}


def add(cast: Cast, by: str = "王海斌", area: str = "第一微网格", **other: str) -> Place:
    said = {**SHOP, "area": cast.areas[area].area_path, **other}
    response = cast.client(by).post(reverse("place_add"), said)
    assert response.status_code == 302, response.content.decode()[:3000]
    return Place.rows().get(pk=response["Location"].rstrip("/").split("/")[-1])


def shown(cast: Cast, by: str, place: Place, query: str = "") -> str:
    page: str = cast.client(by).get(reverse("place", args=[place.pk]) + query).content.decode()
    return page


def opened(cast: Cast, by: str, place: Place) -> dict[str, str]:
    """What the form carries that somebody opens, with what stands in it."""
    tags = re.findall(r'<input[^>]*name="seen[^>]*>', shown(cast, by, place, "?edit=place"))
    names = {re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1] for tag in tags}  # type: ignore[index]
    known = {name: getattr(place, name) for name in ("name", "kind", "contact_name", "location", "note")}
    return {**{name: html.unescape(value) for name, value in names.items()}, **known, "area": place.area_path}


def save(cast: Cast, by: str, place: Place, **said: str) -> Any:
    return cast.client(by).post(reverse("place_edit", args=[place.pk]), said)


def test_a_place_is_added_found_listed_and_stands_in_its_ledger(cast: Cast) -> None:
    made = add(cast)
    assert (made.phone, made.area_path) == ("13912345678", cast.areas["第一微网格"].area_path)
    assert "139****5678" in shown(cast, "王海斌", made)
    assert "桥头商店" in cast.client("王海斌").get(reverse("places")).content.decode()
    for typed in ("桥头", "qtsd", "qiaotou"):
        found = cast.client("王海斌").get(reverse("find"), {"q": typed}).content.decode()
        assert reverse("place", args=[made.pk]) in found, typed
    assert "桥头商店" in cast.client("梁会明").get(reverse("ledger", args=["places"])).content.decode()
    assert AuditRow.objects.filter(action="registry.add_place", subject_id=made.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"name": ""}, "名称"), ({"phone": "12"}, "电话号码不对"), ({"name": "桥头商店"}, "这里已经有叫")],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    cast: Cast, wrong: dict[str, str], words: str
) -> None:
    add(cast)
    said = {**SHOP, "name": "西头超市", "area": cast.areas["第一微网格"].area_path, **wrong}
    answer = cast.client("王海斌").post(reverse("place_add"), said)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Place.rows().count() == 1


def test_two_edit_one_place_and_only_the_same_field_is_asked_about(cast: Cast) -> None:
    made = add(cast)
    first, second, third = (opened(cast, who, made) for who in ("王海斌", "办公室", "梁会明"))
    assert save(cast, "王海斌", made, **{**first, "location": "桥西", "phone": "13987654321"}).status_code == 302
    assert save(cast, "办公室", made, **{**second, "contact_name": "李桥"}).status_code == 302
    answer = save(cast, "梁会明", made, **{**third, "location": "桥南", "phone": "13900000000"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert {"桥西", "桥南", "139****4321"} <= set(re.findall(r"桥西|桥南|139\*{4}\d{4}", page))
    assert "13987654321" not in page
    now = Place.rows().get(pk=made.pk)
    assert (now.location, now.contact_name, now.phone) == ("桥西", "李桥", "13987654321")


def test_an_empty_phone_stays_and_a_cleared_one_goes(cast: Cast) -> None:
    made = add(cast)
    save(cast, "王海斌", made, **{**opened(cast, "王海斌", made), "phone": "", "note": "早八晚八"})
    assert Place.rows().get(pk=made.pk).phone == "13912345678"
    save(cast, "王海斌", made, **{**opened(cast, "王海斌", made), "no_phone": "on"})
    assert Place.rows().get(pk=made.pk).phone is None


def test_a_closed_place_leaves_the_lists_stays_findable_and_comes_back(cast: Cast) -> None:
    made = add(cast, kind=PlaceKind.SAMPLING_POINT)
    client, area = cast.client("王海斌"), cast.village.area_path
    client.post(reverse("place_close", args=[made.pk]))
    assert "已关闭" in shown(cast, "王海斌", made)
    assert not listing.all_places(cast.scope(), cast.village.pk)
    assert not queries.places_of_kind(cast.village.pk, area, PlaceKind.SAMPLING_POINT)
    assert "桥头商店" not in cast.client("梁会明").get(reverse("places")).content.decode()
    assert "桥头商店" in client.get(reverse("places"), {"closed": "1"}).content.decode()
    assert "已关闭" in client.get(reverse("find"), {"q": "桥头"}).content.decode()
    client.post(reverse("place_reopen", args=[made.pk]))
    assert [each.id for each in queries.places_of_kind(cast.village.pk, area, PlaceKind.SAMPLING_POINT)] == [made.pk]


def test_next_door_it_does_not_exist_and_who_only_looks_changes_nothing(cast: Cast) -> None:
    made = add(cast)
    assert cast.client("钟花").get(reverse("place", args=[made.pk])).status_code == 404
    assert cast.client("范医生").get(reverse("place", args=[made.pk])).status_code == 200
    for name in ("place_edit", "place_close"):
        assert cast.client("范医生").post(reverse(name, args=[made.pk]), SHOP).status_code == 404
    elsewhere = {**opened(cast, "王海斌", made), "area": cast.areas["北头岭微网格"].area_path}
    assert save(cast, "王海斌", made, **elsewhere).status_code == 200
    assert Place.rows().get(pk=made.pk).area_path == made.area_path


def test_a_places_code_is_printed_finds_it_and_a_lost_one_finds_nothing(
    cast: Cast,
    printed: list[dict[str, Any]],  # noqa: F811
) -> None:
    made = add(cast)
    client = cast.client("王海斌")
    assert client.post(reverse("cards_pdf"), {"place": str(made.pk), "kind": "places"}).status_code == 200
    (card,) = printed[0]["cards"]
    assert (card.letter, card.title, card.subtitle) == ("D", "桥头商店", "商户 桥东")
    (token,) = cards.issue(village_id=cast.village.pk, letter="D", subjects=[made.pk], at=clock.now()).values()
    for typed in (token, tokens.short(token)):
        hits = search.find(cast.scope(), cast.village.pk, typed).hits
        assert [(hit.kind, hit.subject_id) for hit in hits] == [("L", made.pk)]
    client.post(reverse("place_card_lost", args=[made.pk]))
    assert not search.find(cast.scope(), cast.village.pk, token).hits
