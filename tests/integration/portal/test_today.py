"""今日: how the village stands, live, and the list behind each figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, make_cast
from tests.integration.screening.story import Story, begin
from wuyicun.domains.registry.models import Person
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening import actions as screening
from wuyicun.domains.screening import series
from wuyicun.kernel import clock, scope
from wuyicun.kernel.web.live import HEADER
from wuyicun.portal import queries


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def story(cast: Cast) -> Iterator[Story]:
    with scope.enter(cast.scope()):
        yield begin(cast)


def board(story: Story) -> queries.Board:
    return queries.board(scope.required(), story.round.village_id, clock.now())


def page(client: Client, name: str = "today", **headers: str) -> Any:
    return client.get(reverse(name), headers=headers)


def test_without_a_round_the_page_says_what_to_do(cast: Cast) -> None:
    text = page(cast.client("梁会明")).content.decode()
    assert "还没有开始检测" in text
    assert reverse("round_new") in text


def test_the_next_round_of_a_series_is_called_for_on_its_day_and_not_before(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        area, at = cast.areas["北头岭"].area_path, clock.now() - timedelta(days=2)
        series.begin(village_id=cast.village.pk, area_path=area, scheme="daily", by=None, at=at)
    text = page(cast.client("梁会明")).content.decode()
    assert "北头岭：下一轮已晚了 2 天" in text
    with scope.enter(cast.scope()):
        screening.open_round(
            village_id=cast.village.pk,
            area_path=area,
            title="第 1 轮",
            stations=[screening.NewStation("井边")],
            by=None,
            at=clock.now(),
        )
    assert "轮次安排" not in page(cast.client("梁会明")).content.decode()


def test_without_people_it_leads_to_the_import(cast: Cast) -> None:
    text = page(cast.client("外人")).content.decode()
    assert "还没有名册" in text
    assert reverse("import_start") in text


def test_who_is_behind_stands_first(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", "甲02", "甲03")
    story.fills(story.one, "X-2", "丙01", minutes=5)
    sections = board(story).coverage
    assert [section.name for section in sections] == ["北头岭", "西头岭"]
    assert [area.name for area in sections[1].below] == ["第二微网格", "第一微网格"]
    assert sum((section.counts for section in sections), Counts()) == board(story).counts


def test_every_figure_of_the_board_opens_its_list(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    text = page(story.cast.client("梁会明")).content.decode()
    for address in ("missing", "tubes", "runs", "results"):
        assert reverse(address, args=[story.round.pk]) in text, address


def test_the_live_part_is_204_until_something_changes(story: Story) -> None:
    client = story.cast.client("梁会明")
    token = queries.board_token(story.round.village_id, clock.now())
    assert page(client, "today_board", **{HEADER: token}).status_code == 204
    story.fills(story.one, "X-1", "甲01")
    changed = page(client, "today_board", **{HEADER: token})
    assert changed.status_code == 200
    assert "甲01" in changed.content.decode()


def test_the_token_changes_by_itself_since_tubes_become_late_by_themselves(story: Story) -> None:
    at = clock.now()
    village = story.round.village_id
    assert queries.board_token(village, at) != queries.board_token(village, at + timedelta(seconds=30))


def test_names_of_people_are_shown_to_who_looks_after_them_only(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    assert "甲01" in page(story.cast.client("王海斌")).content.decode()
    for stranger in ("钟花", "值守员"):
        assert "甲01" not in page(story.cast.client(stranger)).content.decode(), stranger


def test_mistakes_at_work_are_counted_and_listed(story: Story) -> None:
    """Tubes that were late or lost, people still owed at the deadline or unreachable at the closing."""
    assert board(story).mistakes == 0
    story.fills(story.one, "X-1", "甲01", minutes=1)
    assert board(story).mistakes == 1, "X-1 waits for an hour and more"
    story.fills(story.one, "X-2", "甲02", minutes=110)
    story.says("tube.end", tube="X-2", state="lost", minutes=112)
    assert board(story).mistakes == 2
    client = story.cast.client("梁会明")
    text = page(client, "mistakes").content.decode()
    for state, tube in (("late", "X-1"), ("lost", "X-2")):
        behind = f"{reverse('tubes', args=[story.round.pk])}?state={state}"
        assert behind in text
        listed = client.get(behind).content.decode()
        assert [code for code in ("X-1", "X-2") if code in listed] == [tube]


def test_who_is_still_owed_at_the_deadline_is_a_mistake(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", minutes=110)
    due = story.round.due_at + timedelta(minutes=1)
    late = queries.mistakes(story.round.village_id, due)
    assert [each.owed_late for each in late] == [29]


def test_zeros_that_are_not_counted_yet_say_so(story: Story) -> None:
    assert "要等人员健康管理建成" in page(story.cast.client("梁会明")).content.decode()


def test_where_nobody_is_missing_any_more_the_board_says_so(story: Story) -> None:
    story.fills(story.one, "X-1", *(f"丙{number:02d}" for number in range(1, 11)))
    text = page(story.cast.client("梁会明")).content.decode()
    assert "人人已采" in text
    assert "0 人未采" not in text.replace("20 人未采", "")


def test_who_could_not_be_reached_stands_out_as_on_the_rounds_page(story: Story) -> None:
    story.says("outcome", person=story.person("甲01"), outcome="unreachable", reason="nobody_home", note="")
    text = page(story.cast.client("梁会明")).content.decode()
    (figure,) = re.findall(r'class="(figure[^"]*)">\s*<span class="figure-label">联系不上', text)
    assert figure == "figure figure-owed"


def test_the_page_speaks_english_too(story: Story) -> None:
    client = story.cast.client("梁会明")
    client.cookies["django_language"] = "en"
    response = page(client)
    assert response.status_code == 200
    assert 'lang="en"' in response.content.decode()


def test_a_town_lists_the_micro_grids_that_are_furthest_behind(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.fills(story.one, "X-1", "甲01", "甲02", "甲03")
    assert board(story).furthest_behind is None
    monkeypatch.setattr(queries, "MOST_MICRO_GRIDS", 1)
    shown = board(story)
    assert shown.furthest_behind == 1
    assert sum(len(section.below) for section in shown.coverage) <= 1
    assert sum((section.counts for section in shown.coverage), Counts()) == shown.counts
    assert "最落后的 1 个" in page(story.cast.client("梁会明")).content.decode()


def test_in_a_town_where_nobody_has_a_sampling_code_the_board_counts_no_further_than_it_must(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_WITHOUT_CODE", 7)
    assert re.search(r">7\+<", page(cast.client("王海斌")).content.decode())
    monkeypatch.setattr(queries, "MOST_WITHOUT_CODE", 21)
    assert re.search(r">20<", page(cast.client("王海斌")).content.decode())


def test_who_lacks_a_sampling_code_is_counted_and_one_press_from_the_list_and_the_badges(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        person = Person.rows().get(pk=cast.people["甲01"].pk)
        person.sampling_code = True
        person.save(update_fields=["sampling_code"])
    client = cast.client("王海斌")
    text = page(client).content.decode()
    assert re.search(r">19<", text), "of the twenty in the grid worker's own grid"
    assert f'href="{reverse("ledger", args=["no-code"])}"' in text
    assert f'href="{reverse("cards")}?kind=badges"' in text
    area = cast.areas["第一微网格"]
    own = client.get(reverse("micro_grid", args=[area.pk])).content.decode()
    assert "还有 11 人没有" in own
    listed = client.get(f"{reverse('ledger', args=['no-code'])}?area={area.area_path}").content.decode()
    assert "甲02" in listed
    assert "甲01" not in listed
    badges = client.get(f"{reverse('cards')}?kind=badges&area={area.area_path}").content.decode()
    assert re.search(rf'value="{area.area_path}" checked', badges)
    assert not re.search(r"采样码", page(cast.client("值守员")).content.decode())
