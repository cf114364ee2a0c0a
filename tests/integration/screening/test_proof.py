"""逐人落实: sums that are shown to hold, the record behind each state, and a paper that others can check."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.integration.screening.desk import Desk
from tests.integration.screening.sending import Phone, open_round
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.registry.models import Person
from wuyicun.domains.rolls.models import LeafCount
from wuyicun.domains.screening import crosscheck, proving, queries
from wuyicun.domains.screening.crosscheck import Cause
from wuyicun.domains.screening.models import Proof
from wuyicun.kernel import clock


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    """The limit on asking counts in the process."""
    cache.clear()


@pytest.fixture
def mixed(desk: Desk) -> Desk:
    """甲01 sampled, 甲02 excused, 甲03 not reached, 甲04 refused, 26 owed."""
    desk.fill("A-1", ["甲01"])
    desk.send("excuse", person=desk.person("甲02"), reason="ill", until=clock.now() + timedelta(days=1), note="发烧")
    desk.send("outcome", person=desk.person("甲03"), outcome="unreachable", reason="phone_off", note="")
    desk.send("outcome", person=desk.person("甲04"), outcome="refused", reason="refused_ill", note="")
    return desk


def printed(desk: Desk, who: str = "梁会明") -> HttpResponse:
    return desk.post(who, "proof_pdf")


def code_of(desk: Desk) -> str:
    with desk.scope():
        return queries.proofs(desk.cast.village.pk, desk.round.pk)[0].code


def check(code: str, **data: Any) -> HttpResponse:
    """Somebody without a log-in asks."""
    url = reverse("check_code", args=[code])
    response: Any = Client().post(url, data) if data else Client().get(url)
    return response


def test_everybody_stands_there_once_with_the_record_behind_their_state(mixed: Desk) -> None:
    page = words(mixed.get("梁会明", "proof"))
    assert "30 人在名单上，还有 26 人没有着落" in page
    assert "30 = 已采 1 + 暂免 1 + 联系不上 1 + 拒绝 1 + 待采 26" in page
    assert "重数：30 人" in page
    assert "名册里有、名单上没有：0 人" in page
    assert "对不上" not in page
    assert "试管 A-1，村委会广场" in page
    assert "生病，发烧" in page
    assert "电话打不通" in page
    assert "说身体不适" in page
    for name in mixed.cast.people:
        assert len(re.findall(rf"\b{name}\b", page)) == 1, name


def test_the_list_is_narrowed_by_state_micro_grid_and_household(mixed: Desk) -> None:
    assert "甲02" not in words(mixed.get("梁会明", "proof", state="done"))
    north = mixed.cast.areas["北头岭微网格"].area_path
    page = words(mixed.get("梁会明", "proof", area=north))
    assert "丙01" in page
    assert "甲01" not in page
    assert "10 人在名单上" in page
    house = words(mixed.get("梁会明", "proof", household=str(mixed.cast.people["甲01"].household_id)))
    assert ("甲01" in house, "甲02" in house, "甲03" in house) == (True, True, False)


def test_a_grid_worker_sees_their_grid_and_sums_of_it(mixed: Desk) -> None:
    page = words(mixed.get("王海斌", "proof"))
    assert "20 = " in page
    assert "丙01" not in page
    assert mixed.post("王海斌", "proof_pdf").status_code == 404


def test_the_list_is_paged_and_nobody_is_lost_between_pages(mixed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wuyicun.domains.screening.web.proof.PAGE", 7)
    seen: list[str] = []
    query: dict[str, str] = {}
    for _page in range(10):
        response: Any = mixed.get("梁会明", "proof", **query)
        seen += re.findall(r"[甲乙丙]\d\d", words(response))
        following = response.context["next"]
        if following is None:
            break
        query = {"after": following}
    assert sorted(seen) == sorted(mixed.cast.people)


def test_counters_that_went_wrong_are_shown_and_not_printed(mixed: Desk) -> None:
    with mixed.scope():
        leaf = LeafCount.rows().filter(roll_id=mixed.round.roll_id, done=1).get()
        leaf.done = 2
        leaf.save(update_fields=["done"])
    page = words(mixed.get("梁会明", "proof"))
    assert "数目对不上" in page
    assert "打印证明" not in page
    assert "不能打印证明" in words(mixed.post("梁会明", "proof_pdf", follow=True))
    with mixed.scope():
        assert not Proof.rows().exists()


def test_somebody_of_the_registry_on_no_list_shows(mixed: Desk) -> None:
    with mixed.scope():
        one = mixed.cast.people["甲01"]
        Person(
            village_id=mixed.cast.village.pk,
            area=one.area,
            area_path=one.area_path,
            name="漏人",
            updated_at=clock.now(),
        ).save(force_insert=True)
    page = words(mixed.get("梁会明", "proof"))
    assert "名册里有、名单上没有：1 人" in page
    assert "数目对不上" in page


def test_the_paper_carries_a_code_by_which_anybody_checks_it(mixed: Desk) -> None:
    response = printed(mixed)
    assert response["Content-Type"] == "application/pdf"
    text = "\n".join(pages_of(response.content))
    code = code_of(mixed)
    assert code.split("-")[0] in text
    assert "甲01" in text
    page = words(check(code))
    assert "是真的" in page
    for part in ("西头岭村", "第 1 轮核酸检测", "名单上 30", "已采 1", "暂免 1", "待采 26", "当时本轮还没关闭"):
        assert part in page


def test_the_public_page_says_nothing_of_a_person(mixed: Desk) -> None:
    printed(mixed)
    response = check(code_of(mixed))
    page = response.content.decode()
    for name, person in mixed.cast.people.items():
        assert name not in page
        assert str(person.pk) not in page
        assert str(person.phone) not in page
    assert all(name not in page for name in mixed.cast.accounts)
    assert str(mixed.round.pk) not in page
    assert "no-store" in response["Cache-Control"]


def test_a_code_that_was_never_given_is_not_genuine(mixed: Desk) -> None:
    printed(mixed)
    code = code_of(mixed)
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    for wrong in (other, "140321201206-P" + code.split("P")[1], "999999999999-P000000000000", "x", "甲"):
        response = check(wrong)
        assert response.status_code == 404, wrong
        assert "查不到" in words(response)
        assert "第 1 轮" not in words(response)


def test_a_code_is_read_as_people_type_it(mixed: Desk) -> None:
    printed(mixed)
    code = code_of(mixed)
    number, rest = code.lower().split("-")
    assert "是真的" in words(check(f"{number}-p-{rest[1:5]}-{rest[5:9]}-{rest[9:]}"))
    found = Client().get(reverse("check"), {"code": code}, follow=True)
    assert "是真的" in words(found)  # type: ignore[arg-type]


def test_the_very_file_is_known_and_a_changed_one_is_not(mixed: Desk) -> None:
    content = printed(mixed).content
    code = code_of(mixed)
    assert "就是发出的那一份" in words(check(code, file=SimpleUploadedFile("p.pdf", content)))
    changed = io.BytesIO(content.replace(b"%%EOF", b"%%EOX")).getvalue()
    assert "不是发出的那一份" in words(check(code, file=SimpleUploadedFile("p.pdf", changed)))


def test_an_older_print_says_that_there_is_a_newer_one(mixed: Desk) -> None:
    printed(mixed)
    first = code_of(mixed)
    mixed.fill("A-2", ["甲05"])
    printed(mixed)
    assert "以新的为准" in words(check(first))
    assert "已采 1" in words(check(first))
    assert "已采 2" in words(check(code_of(mixed)))
    with mixed.scope():
        one, other = queries.proofs(mixed.cast.village.pk, mixed.round.pk)
        assert one.digest == proving.list_digest(mixed.cast.village.pk, mixed.round) != other.digest


def test_who_asks_too_often_waits(mixed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wuyicun.domains.screening.web.public.MOST", 3)
    printed(mixed)
    code = code_of(mixed)
    at = clock.now()
    monkeypatch.setattr("wuyicun.kernel.clock.now", lambda: at)
    assert [check(code).status_code for _time in range(4)] == [200, 200, 200, 429]
    monkeypatch.setattr("wuyicun.kernel.clock.now", lambda: at + timedelta(minutes=2))
    assert check(code).status_code == 200


def causes(desk: Desk) -> dict[Cause, int]:
    with desk.scope():
        areas = [area.pk for area in desk.cast.areas.values()]
        found = crosscheck.counts(desk.cast.village.pk, desk.round, areas)
    return {cause: count for cause, count in found.items() if count}


def test_who_was_missed_in_two_rounds_running_is_on_a_list_with_what_to_do(mixed: Desk) -> None:
    assert Cause.MISSED_TWICE not in causes(mixed)
    with mixed.scope():
        mixed.round = open_round(mixed.cast, title="第 2 轮核酸检测", at=clock.now() - timedelta(minutes=5))
        mixed.phone = Phone(mixed.cast, mixed.round)
    # Of the first round 甲01 was sampled and 甲02 excused.
    mixed.fill("B-1", ["甲05"], minutes_ago=4)
    mixed.send("outcome", person=mixed.person("甲03"), outcome="refused", reason="refused_other", note="")
    assert causes(mixed)[Cause.MISSED_TWICE] == 30 - 3
    page = words(mixed.get("梁会明", "crosscheck", mixed.round.pk, cause="missed_twice"))
    assert "连续两轮没采到：27 人" in page
    assert "第 1 轮核酸检测：联系不上" in page
    assert "怎么办" in page
    assert ("甲01" in page, "甲02" in page, "甲03" in page, "甲05" in page) == (False, False, True, False)


def test_what_the_round_and_the_registry_say_differently_is_on_a_list(mixed: Desk) -> None:
    with mixed.scope():
        for name, changes in {
            "甲01": {"whereabouts": "city"},
            "甲06": {"left_at": clock.now(), "left_reason": "died"},
        }.items():
            Person.rows().filter(pk=mixed.person(name)).update(**changes)
    later = clock.now() + timedelta(days=3)
    mixed.send("excuse", person=mixed.person("甲05"), reason="left", until=later, note="")
    mixed.send("excuse", person=mixed.person("甲06"), reason="died", until=later, note="")
    mixed.send("excuse", person=mixed.person("甲07"), reason="isolated", until=later, note="")
    mixed.send("outcome", person=mixed.person("甲08"), outcome="unreachable", reason="moved", note="")
    found = causes(mixed)
    assert found == {
        Cause.SAMPLED_WHILE_AWAY: 1,
        Cause.SAID_GONE: 1,
        Cause.DIED: 1,
        Cause.ISOLATED: 1,
        Cause.PERHAPS_MOVED: 1,
    }
    page = words(mixed.get("王海斌", "crosscheck", cause="said_gone"))
    assert "甲05" in page
    assert "名册里还是在册的人" in page
    assert "甲06" not in page
    assert "****" in page
    assert mixed.get("外人", "crosscheck").status_code == 404


def test_a_code_leads_to_the_address_of_the_settings_and_it_is_said_when_nobody_else_can_open_it(
    mixed: Desk, settings: Any
) -> None:
    settings.WUYI_ADDRESS, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["*"]
    assert "只有这台电脑打得开" in words(mixed.get("梁会明", "proof"))
    settings.WUYI_ADDRESS = "https://village.example"
    assert "只有这台电脑打得开" not in words(mixed.get("梁会明", "proof"))
    assert "https://village.example/check/140321201205-P" in "\n".join(pages_of(printed(mixed).content))
