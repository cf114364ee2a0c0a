"""The report as a Word file, and the pace of a round beside its plan, on the page and on paper."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import docx
import pytest

from tests.integration.screening.desk import Desk
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.screening import plans, queries
from wuyicun.domains.screening.plans import Wish
from wuyicun.kernel import clock


@pytest.fixture
def closed(desk: Desk) -> Desk:
    """Everybody sampled but 甲01, who refused; the round is closed."""
    desk.send("outcome", person=desk.person("甲01"), outcome="refused", reason="refused_ill", note="")
    desk.settle_everyone()
    desk.post("梁会明", "closing")
    return desk


def test_the_word_file_says_what_the_report_says(closed: Desk) -> None:
    response: Any = closed.get("梁会明", "report_word", closed.round.pk, 1)
    assert ".docx" in response["Content-Disposition"]
    file = docx.Document(io.BytesIO(b"".join(response.streaming_content)))
    text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert "30 人应采，每人都有着落" in text
    cells = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    assert ["合计", "30", "29", "0", "1", "0", "96.6 %"] in cells
    assert ["1", "甲01", "北头岭 1 号", "说身体不适", "找过 1 次"] in cells or any("甲01" in row for row in cells)
    assert len(file.inline_shapes) == 1
    with closed.scope():
        digest = queries.reports(closed.cast.village.pk, closed.round.pk)[0].digest
    assert digest in text


def test_names_stay_with_who_may_see_them_in_the_word_file_too(closed: Desk) -> None:
    response: Any = closed.get("值守员", "report_word", closed.round.pk, 1)
    file = docx.Document(io.BytesIO(b"".join(response.streaming_content)))
    assert not any("甲01" in cell.text for table in file.tables for row in table.rows for cell in row.cells)
    assert closed.get("外人", "report_word", closed.round.pk, 1).status_code == 404
    assert closed.get("梁会明", "report_word", closed.round.pk, 9).status_code == 404


def test_the_pace_stands_on_the_round_and_in_the_report(closed: Desk) -> None:
    page = closed.get("梁会明", "round")
    assert "采了 29 人" in words(page)
    assert 'class="pace-done"' in page.content.decode()
    assert "进度和计划" in words(closed.get("梁会明", "report"))
    text = "\n".join(pages_of(closed.get("梁会明", "report_pdf", closed.round.pk, 1).content))
    assert "采了29人" in text


def test_before_the_first_swab_there_is_no_chart(desk: Desk) -> None:
    assert "进度和计划" not in words(desk.get("梁会明", "round"))


def test_the_pace_counts_each_person_once_and_ends_at_all_of_them(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"], minutes_ago=60)
    desk.fill("A-2", ["甲01", "甲03"], minutes_ago=20)
    with desk.scope():
        pace = queries.pace(desk.cast.village.pk, desk.round)
    numbers = [number for _at, number in pace.done]
    assert numbers[0] == 0
    assert numbers[-1] == 3
    assert numbers == sorted(numbers)
    assert not pace.planned
    assert pace.planned_at(clock.now()) is None


def test_an_adopted_plan_says_how_far_it_should_be(desk: Desk) -> None:
    with desk.scope():
        village, now = desk.cast.village.pk, clock.now()
        wish = Wish(now - timedelta(minutes=60), None, {})
        plans.propose(village_id=village, round_=desk.round, wish=wish, by=None, at=now)
        assert not queries.pace(village, desk.round).planned
        plans.adopt(round_=desk.round, by=None, at=now)
        pace = queries.pace(village, desk.round)
        begins, finish = pace.planned[0], pace.planned[-1]
        assert begins[1] == 0
        assert finish[1] == 30
        half = pace.planned_at(begins[0] + (finish[0] - begins[0]) / 2)
        assert half is not None
        assert 5 < half < 25
        assert pace.planned_at(finish[0] + timedelta(hours=1)) == 30
    desk.fill("A-1", ["甲01"], minutes_ago=10)
    page = words(desk.get("梁会明", "round"))
    assert re.search(r"采了 1 人，计划到这时 \d+ 人，落后 \d+ 人", page)


def test_a_plan_that_is_made_half_way_begins_with_those_who_were_sampled(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02", "甲03"], minutes_ago=60)
    with desk.scope():
        village, now = desk.cast.village.pk, clock.now()
        plans.propose(village_id=village, round_=desk.round, wish=Wish(now, None, {}), by=None, at=now)
        plans.adopt(round_=desk.round, by=None, at=now)
        planned = queries.pace(village, desk.round).planned
    assert (planned[0][1], planned[-1][1]) == (3, 30)
