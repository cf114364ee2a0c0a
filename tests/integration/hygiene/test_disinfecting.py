"""消杀: owed until the log says it was done, owed again when that is taken back; the ledger in Excel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.cast import Cast, make_cast
from tests.pages import words
from tests.sending import Phone, office
from wuyicun.domains.hygiene import actions, queries
from wuyicun.domains.hygiene.queries import Owed
from wuyicun.domains.hygiene.rules import Source
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.office import NotTaken


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The cast, in the village's scope."""
    cast = make_cast()
    with scope.enter(cast.scope()):
        yield cast


def _owe(cast: Cast, area: str = "西头岭") -> Owed:
    for _twice in range(2):
        actions.owe(
            village_id=cast.village.pk,
            source=Source.STATION,
            source_id=cast.areas[area].pk,
            point="大槐树下",
            place_id=None,
            area_path=cast.areas[area].area_path,
            by=None,
            at=clock.now() - timedelta(hours=1),
        )
    (due,) = queries.owed(cast.village.pk)
    return due


def _done(done_at: datetime | None = None, **more: object) -> dict[str, object]:
    told = {"point": "大槐树下", "method": "spray", "agent": "含氯消毒液 1000 mg/L", "operator": "范医生"}
    return {"done_at": done_at or clock.now(), **told, **more}


def test_what_was_done_settles_what_is_owed_and_taken_back_it_is_owed_again(cast: Cast) -> None:
    due, phone = _owe(cast), Phone(cast, "王海斌")
    line = phone.make("disinfection", **_done(due=due.id))
    phone.send(line)
    assert not queries.owed(cast.village.pk)
    phone.send(phone.make("void", record=line.id, reason="undo"))
    assert queries.owed(cast.village.pk) == [due]


def test_taken_back_before_it_arrives_it_settles_nothing(cast: Cast) -> None:
    due, phone = _owe(cast), Phone(cast, "王海斌")
    line = phone.make("disinfection", **_done(due=due.id))
    phone.send(phone.make("void", record=line.id, reason="undo"))
    phone.send(line)
    assert queries.owed(cast.village.pk) == [due]
    (kept,) = queries.log(cast.village.pk, 10)
    assert kept.voided


def test_what_was_done_before_the_closing_does_not_settle_it(cast: Cast) -> None:
    due = _owe(cast)
    office(cast, "梁会明", "disinfection", **_done(due.since - timedelta(hours=1), due=due.id))
    assert queries.count_owed(cast.village.pk) == 1


def test_the_future_somebody_elses_area_and_an_unknown_point_are_kept_aside(cast: Cast) -> None:
    due = _owe(cast, "北头岭")
    with pytest.raises(NotTaken, match="将来"):
        office(cast, "梁会明", "disinfection", **_done(clock.now() + timedelta(hours=1)))
    with pytest.raises(NotTaken, match="不在您负责的区域"):
        office(cast, "王海斌", "disinfection", **_done(due=due.id))
    with pytest.raises(NotTaken, match="没有这一处"):
        office(cast, "梁会明", "disinfection", **_done(due=uuid4()))


def test_the_page_asks_for_a_time_after_the_closing_and_writes_the_line(cast: Cast) -> None:
    due, client = _owe(cast), cast.client("采样员")
    page = f"{reverse('disinfection_new')}?due={due.id}"
    form = {**_done(), "done_at": f"{timezone.localtime(due.since - timedelta(hours=2)):%Y-%m-%dT%H:%M}"}
    assert "要填关闭以后的消杀" in words(client.post(page, form))
    form["done_at"] = f"{timezone.localtime(clock.now()):%Y-%m-%dT%H:%M}"
    shown = words(client.post(page, form, follow=True))
    assert "没有待消杀的点位" in shown
    assert "大槐树下 今天" in shown


def test_a_line_is_taken_back_by_who_wrote_it_or_looks_after_the_village(cast: Cast) -> None:
    line = office(cast, "王海斌", "disinfection", **_done())
    address = reverse("disinfection_take_back", args=[line.id])
    assert cast.client("钟花").post(address).status_code == 404
    assert "作废" in words(cast.client("梁会明").post(address, follow=True))
    (kept,) = queries.log(cast.village.pk, 10)
    assert kept.voided


def test_who_only_looks_writes_nothing(cast: Cast) -> None:
    due, client = _owe(cast), cast.client("值守员")
    page = words(client.get(reverse("disinfections")))
    assert "还有 1 处待消杀" in page
    assert "登记消杀" not in page
    assert client.get(f"{reverse('disinfection_new')}?due={due.id}").status_code == 404


def test_the_ledger_has_the_columns_of_the_plan_and_what_counts(cast: Cast) -> None:
    office(cast, "梁会明", "disinfection", **_done(point="公厕", note="两遍"))
    gone = office(cast, "梁会明", "disinfection", **_done(point="弄错的"))
    office(cast, "梁会明", "void", record=gone.id, reason="entered_twice")
    answer = cast.client("值守员").get(reverse("disinfections_export"), headers={"Accept-Language": "en"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "西头岭村消杀台账"
    assert rows[1] == ["日期", "点位", "方式", "用品", "操作人员", "备注"]
    assert rows[2][1:] == ["公厕", "喷洒", "含氯消毒液 1000 mg/L", "范医生", "两遍"]
    assert all("弄错的" not in str(row) for row in rows)
