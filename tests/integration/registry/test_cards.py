"""One living card for each: printed again it is the same, lost it is another; nobody prints for the grid next door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import house_of
from wuyicun.domains.registry import cards, queries, tokens
from wuyicun.domains.registry.models import Card
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow
from wuyicun.kernel.crypto import seal

P, H = tokens.PERSON, tokens.HOUSEHOLD


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was printed, instead of a PDF."""
    given: list[dict[str, Any]] = []

    def typeset(template: str, data: dict[str, Any], *, language: str) -> bytes:
        given.append(data)
        return b"%PDF-"

    monkeypatch.setattr("wuyicun.domains.registry.web.cards.typeset", typeset)
    return given


def issue(cast: Cast, name: str) -> str:
    pk = cast.people[name].pk
    return cards.issue(village_id=cast.village.pk, letter=P, subjects=[pk], at=clock.now())[pk]


def test_printed_again_it_is_the_same_and_lost_it_is_another(cast: Cast) -> None:
    first = issue(cast, "甲01")
    assert issue(cast, "甲01") == first
    response = cast.client("王海斌").post(reverse("card_lost", args=[cast.people["甲01"].pk]))
    assert response.status_code == 302
    second = issue(cast, "甲01")
    assert second != first
    known = queries.people_of_cards({(cast.village.pk, first), (cast.village.pk, second)})
    assert set(known) == {(cast.village.pk, second)}
    assert AuditRow.objects.get(action="registry.card_lost").subject_id == cast.people["甲01"].pk


def test_a_card_cannot_be_read_from_the_database(cast: Cast) -> None:
    token = issue(cast, "甲01")
    card = Card.rows().get()
    assert token.encode() not in bytes(card.token_sealed) + bytes(card.token_index)
    assert token.encode() not in bytes(seal(token, "another purpose"))


def test_nobody_has_two_living_cards(cast: Cast) -> None:
    issue(cast, "甲01")
    card = Card.rows().get()
    with pytest.raises(IntegrityError, match="one_living_card"), transaction.atomic():
        Card.rows().create(
            village_id=cast.village.pk, letter=P, subject_id=card.subject_id, token_sealed=b"x", token_index=b"x",
            made_at=clock.now(),
        )  # fmt: skip


def test_a_micro_grid_prints_house_by_house_the_households_card_before_its_peoples(
    cast: Cast, printed: list[dict[str, Any]]
) -> None:
    area = cast.areas["第一微网格"].area_path
    response = cast.client("王海斌").post(reverse("cards_pdf"), {"area": area, "kind": "both"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    (data,) = printed
    assert [card.title for card in data["cards"]][:4] == ["西头岭 1 号", "甲01", "甲02", "西头岭 2 号"]
    assert len(data["cards"]) == 6 + 12
    assert data["cards"][0].subtitle == "户主 甲**"
    assert data["cards"][1].subtitle == "西头岭 1 号"
    assert all(card.qr.startswith("<svg") for card in data["cards"])
    assert len({card.code for card in data["cards"]}) == 18
    assert AuditRow.objects.get(action="registry.print_cards").data["count"] == 18


def test_kinds_and_single_households_can_be_chosen(cast: Cast, printed: list[dict[str, Any]]) -> None:
    client = cast.client("王海斌")
    client.post(reverse("cards_pdf"), {"household": house_of(cast, "乙01").pk, "kind": "people"})
    client.post(reverse("cards_pdf"), {"area": cast.areas["第二微网格"].area_path, "kind": "households"})
    assert [card.title for card in printed[0]["cards"]] == ["乙01", "乙02"]
    assert {card.letter for card in printed[1]["cards"]} == {H}


def test_a_grid_worker_prints_cards_of_the_own_grid_only(cast: Cast, printed: list[dict[str, Any]]) -> None:
    client = cast.client("钟花")
    client.post(reverse("cards_pdf"), {"area": cast.village.area_path, "kind": "people"})
    client.post(reverse("cards_pdf"), {"household": house_of(cast, "甲01").pk, "kind": "both"})
    assert {card.title[0] for card in printed[0]["cards"]} == {"丙"}
    assert printed[1]["cards"] == []
    assert client.post(reverse("card_lost", args=[cast.people["甲01"].pk])).status_code == 404
    assert cast.client("范医生").post(reverse("cards_pdf"), {"kind": "both"}).status_code == 404


def test_too_many_at_once_are_refused_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "MOST", 10)
    response = cast.client("梁会明").post(reverse("cards_pdf"), {"kind": "both"}, follow=True)
    assert "一次最多打印 10 张" in response.content.decode()
    assert not Card.rows().exists()


def test_many_cards_take_no_more_queries_than_few(cast: Cast) -> None:
    def count(names: list[str]) -> int:
        ids = [cast.people[name].pk for name in names]
        with CaptureQueriesContext(connection) as made:
            cards.issue(village_id=cast.village.pk, letter=P, subjects=ids, at=clock.now())
        return len(made)

    assert count(["甲01"]) == count([f"乙{number:02d}" for number in range(1, 9)])


def test_the_sheet_is_typeset(cast: Cast) -> None:
    household = house_of(cast, "甲01").pk
    response = cast.client("王海斌").post(reverse("cards_pdf"), {"household": household, "kind": "both"})
    assert response.content.startswith(b"%PDF-")
    assert "no-store" in response["Cache-Control"]


def test_badges_are_for_those_who_lack_a_sampling_code(cast: Cast, printed: list[dict[str, Any]]) -> None:
    for name, person in cast.people.items():
        person.sampling_code = name not in ("甲02", "乙03", "丙05")
        person.save()
    assert "没有采样码的人的胸牌（2 人）" in cast.client("王海斌").get(reverse("cards")).content.decode()
    cast.client("王海斌").post(reverse("cards_pdf"), {"kind": "badges"})
    assert [card.title for card in printed[0]["cards"]] == ["甲02", "乙03"]
    assert f"{reverse('cards')}?kind=badges" in cast.client("王海斌").get(reverse("reports")).content.decode()
    chosen = cast.client("王海斌").get(reverse("cards"), {"kind": "badges"}).content.decode()
    assert 'value="badges" checked' in chosen


def test_a_badge_is_the_same_card_as_the_one_on_the_sheet(cast: Cast, printed: list[dict[str, Any]]) -> None:
    client = cast.client("梁会明")
    client.post(reverse("cards_pdf"), {"kind": "people"})
    client.post(reverse("cards_pdf"), {"kind": "badges"})
    sheet, badges = ({card.title: card.code for card in each["cards"]} for each in printed)
    assert sheet == badges
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", each["made"]["at"]) for each in printed), "paper stays"
