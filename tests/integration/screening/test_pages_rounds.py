"""The pages of rounds: opening one, seeing how it stands, cancelling and reopening."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.integration.screening.desk import Desk
from tests.pages import words
from wuyicun.domains.registry.models import Place
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Round
from wuyicun.kernel import clock
from wuyicun.kernel.web.live import HEADER


def test_the_round_that_runs_stands_on_top_as_a_sentence(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"])
    due = timezone.localtime(desk.round.due_at)
    page = words(desk.cast.client("梁会明").get(reverse("rounds")))
    assert "还有 28 人未采" in page
    assert f"{due:%H:%M} 采完" in page


def test_every_figure_opens_its_list(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"])
    desk.send("outcome", person=desk.person("甲03"), outcome="refused", reason="refused_ill", note="")
    page = desk.get("梁会明", "round").content.decode()
    for state, names in {"done": "甲01 甲02", "refused": "甲03"}.items():
        url = f"{reverse('missing', args=[desk.round.pk])}?state={state}"
        assert f'href="{url}"' in page
        listed = words(desk.get("梁会明", "missing", state=state))
        assert all(name in listed for name in names.split())
        assert "甲04" not in listed


def test_who_is_furthest_behind_comes_first(desk: Desk) -> None:
    desk.fill("A-1", [f"甲{number:02d}" for number in range(1, 11)])
    desk.fill("A-2", ["乙01"])
    page = words(desk.get("梁会明", "round"))
    assert (
        page.index("北头岭 0 %")
        < page.index("西头岭 5")
        < page.index("第二微网格 12 %")
        < page.index("第一微网格 83 %")
    )


def test_a_grid_worker_sees_the_figures_of_their_own_grid(desk: Desk) -> None:
    page = words(desk.get("王海斌", "round"))
    assert "还有 20 人未采" in page
    assert "只算您负责的区域" in page
    assert "北头岭" not in page.split("各片区、微网格")[1].split("试管")[0]


def test_the_live_part_answers_nothing_until_something_was_recorded(desk: Desk) -> None:
    client = desk.cast.client("梁会明")
    url = reverse("round_live", args=[desk.round.pk])
    shown = client.get(url).context["board"].token
    assert client.get(url, headers={HEADER: shown}).status_code == 204
    desk.fill("A-1", ["甲01"])
    changed = client.get(url, headers={HEADER: shown})
    assert changed.status_code == 200
    assert "还有 29 人未采" in words(changed)


def test_opening_a_round_shows_beforehand_who_will_owe_it(desk: Desk) -> None:
    with desk.scope():
        away = desk.cast.people["甲01"]
        away.whereabouts = "city"
        away.save(update_fields=["whereabouts"])
    url = reverse("round_new")
    client = desk.cast.client("梁会明")
    assert (preview := client.get(url).context["preview"]).due == 29
    assert preview.away == 1
    below = client.get(url, {"area": desk.cast.areas["北头岭"].area_path}, headers={"HX-Request": "true"})
    assert below.context["preview"].due == 10
    assert "<html" not in below.content.decode()


def _form(desk: Desk, **changes: object) -> dict[str, object]:
    due = timezone.localtime(clock.now() + timedelta(hours=5))
    return {
        "area": desk.cast.areas["北头岭"].area_path,
        "title": "第 2 轮核酸检测",
        "home": "on",
        "other": "北头岭井边",
        "due_at": f"{due:%Y-%m-%dT%H:%M}",
        "pool_size": "5",
        **changes,
    }


def test_the_form_opens_a_round_with_its_stations(desk: Desk) -> None:
    with desk.scope():
        place = Place.rows().create(
            village_id=desk.cast.village.pk,
            area=desk.cast.areas["北头岭微网格"],
            area_path=desk.cast.areas["北头岭微网格"].area_path,
            name="北头岭采样点",
            kind="sampling_point",
        )
    response = desk.cast.client("梁会明").post(reverse("round_new"), _form(desk, places=[str(place.pk)]))
    assert response.status_code == 302
    with desk.scope():
        opened = queries.rounds(desk.cast.village.pk)[0]
        stations = queries.stations(desk.cast.village.pk, opened.pk)
        assert (opened.title, opened.pool_size) == ("第 2 轮核酸检测", 5)
        assert {(each.name, each.kind, each.place_id) for each in stations} == {
            ("北头岭采样点", "fixed", place.pk),
            ("北头岭井边", "fixed", None),
            ("上门采样", "home", None),
        }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"home": "", "other": ""}, "至少要有一个采样点"),
        ({"due_at": "2022-11-20T08:00"}, "要在现在之后"),
        ({"pool_size": "0"}, "几个人混一管"),
        ({"area": "110101001001"}, "范围"),
        ({"title": ""}, "名称"),
    ],
)
def test_the_form_says_what_is_wrong_and_opens_nothing(desk: Desk, changes: dict[str, object], said: str) -> None:
    given = {key: value for key, value in _form(desk, **changes).items() if value != ""}
    page = desk.cast.client("梁会明").post(reverse("round_new"), given)
    assert page.status_code == 200
    assert said in words(page).split("还不能保存")[1]
    with desk.scope():
        assert Round.rows().count() == 1


def test_only_who_opens_rounds_finds_the_form(desk: Desk) -> None:
    for who in ("王海斌", "范医生", "采样员", "转运员", "值守员"):
        assert desk.cast.client(who).get(reverse("round_new")).status_code == 404


def test_a_round_can_be_cancelled_with_a_reason_until_somebody_was_sampled(desk: Desk) -> None:
    assert "取消本轮" in words(desk.get("梁会明", "round"))
    refused = words(desk.post("梁会明", "round_cancel", reason=" ", follow=True))
    assert "请写明原因" in refused
    desk.fill("A-1", ["甲01"])
    assert "取消本轮" not in words(desk.get("梁会明", "round"))
    refused = words(desk.post("梁会明", "round_cancel", reason="开错了", follow=True))
    assert "本轮已有采样" in refused
    with desk.scope():
        assert queries.round_(desk.cast.village.pk, desk.round.pk).state == "open"


def test_a_cancelled_round_leaves_the_top_of_the_page(desk: Desk) -> None:
    assert desk.post("梁会明", "round_cancel", reason="开错了").status_code == 302
    page = words(desk.cast.client("梁会明").get(reverse("rounds")))
    assert "还没有检测" in page
    assert "已取消" in page


def test_a_station_can_be_added(desk: Desk) -> None:
    desk.post("梁会明", "station_add", name="学校门口", kind="fixed")
    assert "学校门口" in words(desk.get("梁会明", "round"))
    assert desk.post("王海斌", "station_add", name="他家", kind="fixed").status_code == 404


def test_a_closed_round_can_be_reopened_with_a_reason(desk: Desk) -> None:
    desk.settle_everyone()
    desk.post("梁会明", "closing")
    assert "请写明原因" in words(desk.post("梁会明", "round_reopen", reason="", follow=True))
    desk.post("梁会明", "round_reopen", reason="漏了一家")
    assert "漏了一家" in words(desk.get("梁会明", "round"))
    with desk.scope():
        assert queries.round_(desk.cast.village.pk, desk.round.pk).state == "open"


def test_pages_of_the_current_round_are_found_without_its_id(desk: Desk) -> None:
    for name in ("missing", "tubes", "runs", "results", "closing"):
        response = desk.cast.client("梁会明").get(reverse(f"current_{name}"))
        assert response.headers["Location"] == reverse(name, args=[desk.round.pk])
    assert desk.cast.client("外人").get(reverse("current_missing")).headers["Location"] == reverse("rounds")


@pytest.mark.parametrize("who", ["梁会明", "王海斌", "范医生", "采样员", "转运员", "值守员"])
def test_no_link_leads_to_a_page_that_is_not_there_for_who_looks(desk: Desk, who: str) -> None:
    desk.fill("A-1", ["甲01", "甲02", "甲03"], pool=2)
    desk.send("tube.result", tube="A-1", result="positive")
    desk.fill("A-2", ["甲04", "丙01"])
    desk.send("outcome", person=desk.person("甲05"), outcome="refused", reason="refused_ill", note="")
    client = desk.cast.client(who)
    waiting, seen, shapes = [reverse("rounds")], set[str](), Counter[str]()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        shape = re.sub("[0-9a-f-]{36}|=[^&]*", "*", url)
        shapes[shape] += 1
        if shapes[shape] > 2:
            continue
        response = client.get(url, follow=True)
        assert response.status_code == 200, url
        main = response.content.decode().split("<main")[-1]
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/screening/[^"]*)"', main)}
        waiting += sorted(link for link in links - seen - set(waiting) if not link.partition("?")[0].endswith(".pdf"))
    assert len(shapes) > 3


def test_a_cancelled_round_counts_nobody(desk: Desk) -> None:
    form = {"reason": "开错了"}
    assert "已取消" in words(desk.post("梁会明", "round_cancel", follow=True, **form))
    page = words(desk.get("梁会明", "round"))
    assert "本轮已取消，没有采过样" in page
    assert "开错了" in page
    assert "%" not in page
    assert "应采" not in page
