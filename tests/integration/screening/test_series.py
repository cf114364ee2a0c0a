"""轮次安排: begun with a round, its rounds follow each other by the scheme; a positive begins the count again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.integration.screening.desk import Desk
from tests.integration.screening.sending import Phone
from tests.pages import words
from wuyicun.domains.screening import actions, queries, series
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import SeriesView
from wuyicun.domains.screening.schemes import Stage, Standing
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow


def _open(desk: Desk, scheme: str = "") -> str:
    due = timezone.localtime(clock.now() + timedelta(hours=5))
    told = {
        "area": desk.cast.areas["village"].area_path,
        "title": "下一轮",
        "other": "井边",
        "due_at": f"{due:%Y-%m-%dT%H:%M}",
        "pool_size": "10",
        "scheme": scheme,
    }
    return words(desk.cast.client("梁会明").post(reverse("round_new"), told, follow=True))


def _series(desk: Desk) -> SeriesView:
    with desk.scope():
        (found,) = queries.running_series(desk.cast.village.pk)
    return found


def _stands(desk: Desk) -> Standing:
    with desk.scope():
        found = series.stands(_series(desk))
    assert found is not None
    return found


def _close(desk: Desk) -> None:
    """Everybody of the round that runs is sampled and negative."""
    desk.settle_everyone()
    with desk.scope():
        actions.close_round(village_id=desk.cast.village.pk, round_id=desk.round.pk, by=None, at=clock.now())


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The round that runs is the first of a series of three and one."""
    with desk.scope():
        begun = series.begin(
            village_id=desk.cast.village.pk,
            area_path=desk.cast.village.area_path,
            scheme="three_and_one",
            by=None,
            at=clock.now(),
        )
        Round.rows().filter(pk=desk.round.pk).update(series=begun, opened_at=clock.now())
    return desk


def test_a_series_begins_with_its_first_round(desk: Desk) -> None:
    with desk.scope():
        series.end(series=series_row(desk), reason="重来", by=None, at=clock.now())
    _open(desk, "daily")
    begun = _series(desk)
    assert begun.scheme == "daily"
    assert [each.clean for each in begun.held] == [None]
    assert "每天一轮，直到决定停" in words(desk.cast.client("梁会明").get(reverse("rounds")))


def series_row(desk: Desk) -> queries.SeriesRow:
    row = queries.a_series(desk.cast.village.pk, _series(desk).id)
    assert row is not None
    return row


def test_a_clean_round_makes_the_next_one_due_tomorrow(desk: Desk) -> None:
    assert _stands(desk).stage is Stage.RUNNING
    _close(desk)
    today = timezone.localtime(clock.now()).date()
    assert _stands(desk) == Standing(Stage.DUE, 1, today + timedelta(days=1))
    page = words(desk.cast.client("梁会明").get(reverse("rounds")))
    assert "已连续 1 轮没有阳性" in page
    assert "开始下一轮" not in page  # not before its day


def test_a_round_over_the_same_area_belongs_to_the_series_and_no_second_one_begins(desk: Desk) -> None:
    _close(desk)
    with desk.scope():
        Round.rows().filter(pk=desk.round.pk).update(opened_at=clock.now() - timedelta(days=3))
    late = words(desk.cast.client("梁会明").get(reverse("rounds")))
    assert "下一轮已晚了 2 天" in late
    assert "开始下一轮" in late
    assert "已经有一套轮次安排" in _open(desk, "daily")
    _open(desk)
    assert [each.clean for each in _series(desk).held] == [True, None]


def _negative_again(desk: Desk, *names: str) -> None:
    """Single re-tests of these people, all negative."""
    for name in names:
        at, code = clock.now(), f"R-{list(desk.cast.people).index(name)}"
        with desk.scope():
            desk.phone.send(
                desk.phone.make("tube.open", at=at, tube=code, pool=1),
                desk.phone.make("sample", at=at, tube=code, person=desk.person(name), retest=True),
                desk.phone.make("tube.result", at=at, tube=code, result="negative"),
            )


@pytest.mark.parametrize(("single", "in_the_end"), [("negative", 1), ("positive", 0)])
def test_a_positive_pool_counts_as_clean_once_its_people_are_negative_unless_a_single_is_positive(
    desk: Desk, single: str, in_the_end: int
) -> None:
    desk.fill("P-1", ["甲01"], pool=1)
    desk.fill("P-2", ["甲02", "甲03"])
    desk.hand_over("P-1", "P-2")
    desk.send("tube.result", tube="P-2", result="positive")
    desk.send("tube.result", tube="P-1", result=single)
    _close(desk)
    assert _stands(desk).clean == 0
    _negative_again(desk, "甲02")
    assert _stands(desk).clean == 0
    _negative_again(desk, "甲03")
    assert _stands(desk).clean == in_the_end


def test_more_rounds_without_a_positive_are_no_more_queries(
    desk: Desk, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    """Today asks this for everybody."""
    for number in range(2):
        _close(desk)
        _open(desk)
        with desk.scope():
            desk.round = queries.open_rounds(desk.cast.village.pk)[0]
            desk.phone = Phone(desk.cast, desk.round)
            with django_assert_num_queries(3):
                (found,) = queries.running_series(desk.cast.village.pk)
        assert [each.clean for each in found.held] == [True] * (number + 1) + [None]


def test_a_series_is_ended_with_a_reason_and_its_rounds_stay(desk: Desk) -> None:
    found = _series(desk)
    refused = words(desk.post("梁会明", "series_end", found.id, reason=" ", follow=True))
    assert "请写明原因" in refused
    assert "轮次安排已结束" in words(desk.post("梁会明", "series_end", found.id, reason="解封", follow=True))
    with desk.scope():
        assert queries.running_series(desk.cast.village.pk) == []
        assert Round.rows().filter(series_id=found.id).count() == 1
        assert AuditRow.objects.filter(action="screening.end_series").count() == 1


def test_only_who_opens_rounds_ends_their_series(desk: Desk) -> None:
    assert "结束这套安排" not in words(desk.cast.client("范医生").get(reverse("rounds")))
    assert desk.post("范医生", "series_end", _series(desk).id, reason="解封").status_code == 404
