"""What follows from a positive: tasks for who must act, no case, each step timed, and holds that end by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import make_cast
from tests.integration.screening.desk import Desk
from tests.integration.screening.story import Story, begin
from tests.pages import words
from wuyicun.domains.screening import queries
from wuyicun.domains.tasks.models import Task
from wuyicun.fieldsync.queries import people_told
from wuyicun.kernel import clock, scope


@pytest.fixture
def positive(desk: Desk) -> Desk:
    """甲01, 甲02 of 第一微网格 and 丙01 of 北头岭微网格 in a positive pool."""
    desk.fill("A-1", ["甲01", "甲02", "丙01"])
    desk.send("tube.result", tube="A-1", result="positive")
    return desk


def retest(desk: Desk, name: str, tube: str, result: str = "") -> None:
    envelopes = [
        desk.phone.make("tube.open", tube=tube, pool=1),
        desk.phone.make("sample", tube=tube, person=desk.person(name), retest=True),
    ]
    envelopes += [desk.phone.make("tube.result", tube=tube, result=result)] if result else []
    with desk.scope():
        desk.phone.send(*envelopes)


def seen(desk: Desk, who: str, path: str = "/today/tasks/") -> str:
    response: Any = desk.cast.client(who).get(path)
    return words(response)


def open_tasks(desk: Desk) -> set[tuple[str, str, str]]:
    with desk.scope():
        rows = Task.rows().filter(done_at__isnull=True, withdrawn_at__isnull=True)
        names = {area.area_path: name for name, area in desk.cast.areas.items()}
        return {(row.kind, row.role, names[row.area_path]) for row in rows}


def task_of(desk: Desk, role: str, area: str = "village") -> UUID:
    with desk.scope():
        return Task.rows().get(role=role, area_path=desk.cast.areas[area].area_path).pk


def test_a_positive_pool_gives_doctor_grid_workers_and_secretary_something_to_do(positive: Desk) -> None:
    assert open_tasks(positive) == {
        ("pool_retest", "doctor", "village"),
        ("pool_know", "secretary", "village"),
        ("pool_tell", "grid_worker", "第一微网格"),
        ("pool_tell", "grid_worker", "北头岭微网格"),
    }
    page = seen(positive, "王海斌", "/")
    assert "混管 A-1 阳性：告诉 2 人留在原处" in page
    page = seen(positive, "钟花")
    assert "告诉 1 人留在原处" in page
    assert "2 人" not in page
    page = seen(positive, "范医生")
    assert "给 3 人各做一次单人复检" in page


def test_no_task_names_anybody(positive: Desk) -> None:
    with positive.scope():
        told = " ".join(str(row.about) + row.key + row.url for row in Task.rows().all())
    assert not any(name in told or str(person.pk) in told for name, person in positive.cast.people.items())


def test_retests_finish_the_tasks_by_themselves(positive: Desk) -> None:
    retest(positive, "丙01", "S-1")
    assert ("pool_tell", "grid_worker", "北头岭微网格") not in open_tasks(positive)
    assert ("pool_tell", "grid_worker", "第一微网格") in open_tasks(positive)
    retest(positive, "甲01", "S-2", "negative")
    retest(positive, "甲02", "S-3", "negative")
    assert open_tasks(positive) == set()
    assert "已自动完成" in seen(positive, "范医生")


def test_a_retest_that_is_taken_back_asks_again(positive: Desk) -> None:
    retest(positive, "丙01", "S-1")
    with positive.scope():
        envelope = positive.phone.make("tube.end", tube="S-1", state="lost", reason="")
        positive.phone.send(envelope)
    assert ("pool_tell", "grid_worker", "北头岭微网格") in open_tasks(positive)


def test_a_corrected_result_withdraws_what_was_asked(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"])
    wrong = desk.send("tube.result", tube="A-1", result="positive")
    assert open_tasks(desk)
    with desk.scope():
        desk.phone.send(desk.phone.make("void", record=wrong, reason="entered_twice"))
    assert open_tasks(desk) == set()
    assert "不用办了" in seen(desk, "范医生")
    desk.send("tube.result", tube="A-1", result="positive")
    assert ("pool_retest", "doctor", "village") in open_tasks(desk)


def test_a_single_positive_is_a_task_of_the_doctor_and_opens_no_case(positive: Desk) -> None:
    retest(positive, "甲01", "S-1", "positive")
    assert ("single_positive", "doctor", "village") in open_tasks(positive)
    page = seen(positive, "范医生")
    assert "单管 S-1 阳性" in page
    assert "系统不会自动立病例" in page


def test_somebody_says_that_it_is_done_and_takes_it_back(positive: Desk) -> None:
    task = task_of(positive, "grid_worker", "第一微网格")
    page = words(positive.post("王海斌", "task_done", task, follow=True))
    assert "最近办好的" in page
    with positive.scope():
        done = Task.rows().get(pk=task)
    assert done.done_by == positive.cast.accounts["王海斌"].pk
    assert ("pool_tell", "grid_worker", "第一微网格") not in open_tasks(positive)
    retest(positive, "甲01", "S-1")
    with positive.scope():
        assert Task.rows().get(pk=task).done_at == done.done_at, "what somebody said stays as it was said"
    positive.post("王海斌", "task_reopen", task)
    assert ("pool_tell", "grid_worker", "第一微网格") in open_tasks(positive)


def test_what_is_asked_of_others_is_not_there(positive: Desk) -> None:
    task = task_of(positive, "grid_worker", "第一微网格")
    for who in ("钟花", "范医生", "梁会明", "外人"):
        assert positive.post(who, "task_done", task).status_code == 404, who
    assert positive.cast.client("闲人").get("/today/tasks/").status_code == 404


def test_each_step_stands_on_the_tubes_page_with_its_time(positive: Desk) -> None:
    retest(positive, "甲01", "S-1", "negative")
    positive.post("王海斌", "task_done", task_of(positive, "grid_worker", "第一微网格"))
    page = words(positive.get("梁会明", "tube", positive.tube_id("A-1")))
    for part in (
        "阳性以后",
        "结果阳性，3 人留在原处",
        "最长 1 天",
        "交办：",
        "甲01 复检采样，试管 S-1",
        "甲01 复检阴性，解除",
    ):
        assert part in page, part
    assert "办好：混管 A-1 阳性：告诉 2 人留在原处" in page
    later = clock.now() + timedelta(hours=25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wuyicun.kernel.clock.now", lambda: later)
        page = words(positive.get("范医生", "tube", positive.tube_id("A-1")))
    assert page.count("到时限，自动解除") == 2
    assert "阳性以后" not in words(positive.get("梁会明", "tube", _other(positive)))


def _other(desk: Desk) -> UUID:
    desk.fill("A-9", ["甲09"])
    return desk.tube_id("A-9")


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("pool"), st.sampled_from(["positive", "negative"]), st.integers(0, 100)),
        st.tuples(
            st.sampled_from(["甲01", "甲02", "甲03"]),
            st.sampled_from(["positive", "negative", ""]),
            st.integers(0, 100),
        ),
    ),
    max_size=8,
)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, order=st.randoms(use_true_random=False))
def test_no_hold_outlives_its_retest_or_a_day_also_when_the_server_was_off(
    db: None, moves: list[tuple[str, str, int]], order: Any
) -> None:
    """Nothing runs at the end of a hold: whoever looks, at whatever moment, finds it ended."""
    with transaction.atomic():
        cast = make_cast()
        with scope.enter(cast.scope()):
            story = begin(cast)
            story.fills(story.one, "X-1", "甲01", "甲02", "甲03")
            envelopes = []
            for number, (who, result, minutes) in enumerate(moves):
                if who == "pool":
                    at = story.at(10 + minutes)
                    envelopes.append(story.one.make("tube.result", at=at, tube="X-1", result=result))
                    continue
                tube, at = f"S-{number}", story.at(10 + minutes)
                envelopes.append(story.other.make("tube.open", at=at, tube=tube, pool=1))
                envelopes.append(story.swab(story.other, tube, who, minutes=10 + minutes, retest=True))
                if result:
                    later = story.at(12 + minutes)
                    envelopes.append(story.one.make("tube.result", at=later, tube=tube, result=result))
            order.shuffle(envelopes)
            for envelope in envelopes:
                (story.other if envelope.kind != "tube.result" else story.one).send(envelope)
            own = {
                name: [story.at(12 + minutes) for who, result, minutes in moves if (who, result) == (name, "negative")]
                for name in ("甲01", "甲02", "甲03")
            }
            _no_hold_outlives(story, own)
        transaction.set_rollback(True)


def _no_hold_outlives(story: Story, own: dict[str, list[datetime]]) -> None:
    pool = story.tube("X-1")
    for name, negatives in own.items():
        for minutes in (0, 60, 120, 24 * 60, 26 * 60, 100 * 60):
            at = story.at(10 + minutes)
            held = story.standing(name, at)
            if held.held_until is None:
                continue
            assert pool.result == "positive"
            assert pool.result_at is not None
            assert at < held.held_until <= pool.result_at + timedelta(hours=24)
            assert not [negative for negative in negatives if negative <= at], "their own re-test let them go"


def test_who_samples_with_a_phone_reads_until_when_the_person_is_to_stay(positive: Desk) -> None:
    def told(name: str) -> Any:
        with positive.scope():
            areas = [positive.cast.village.area_path]
            found = people_told(positive.cast.village.pk, positive.round, [positive.person(name)], clock.now(), areas)
        return found[0]

    with positive.scope():
        until = queries.tubes(positive.cast.village.pk, positive.round, clock.now(), codes=["A-1"])[0].result_at
    assert until is not None
    assert (told("甲01").retest, told("甲01").held_until) == (True, until + timedelta(hours=24))
    assert told("甲09").held_until is None
    retest(positive, "甲01", "S-1", "negative")
    assert (told("甲01").retest, told("甲01").held_until) == (False, None)
