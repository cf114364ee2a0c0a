"""A ledger holds all its lines and nobody else's, under its title, masked unless a reason is given."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from tests.cast import Cast
from tests.integration.registry.people import add, id_number
from wuyicun.domains.registry.ledgers.builtin import BUILTIN, Shelf
from wuyicun.domains.registry.models import Person
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import Group
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow
from wuyicun.kernel.ids import uuid7


def export(cast: Cast, by: str, code: str, **asked: str) -> HttpResponse:
    response: HttpResponse = cast.client(by).post(reverse("ledger_export", args=[code]), asked)
    return response


def rows_of(response: Any) -> list[tuple[Any, ...]]:
    assert response.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def lines_of(response: Any) -> list[dict[str, Any]]:
    """The lines below the column titles."""
    rows = rows_of(response)
    head = next(number for number, row in enumerate(rows) if row[0] == "序号")
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if isinstance(row[0], int)]


def test_the_five_ledgers_of_the_plan_come_first_under_their_titles() -> None:
    with translation.override("zh-hans"):
        assert [str(each.title) for each in BUILTIN.values() if each.shelf is Shelf.FIVE] == [
            "常住人口台账",
            "流动人员台账",
            "县区居住人员台账",
            "市区及以外居住人员台账",
            "需上门核酸人员台账",
        ]
    of_groups = {group.value.replace("_", "-") for group in Group if group is not Group.OUTSIDER}
    assert {"outside", "party", *of_groups} <= set(BUILTIN)


def test_everybody_stands_in_the_ledger_of_their_residence_and_in_that_of_each_group(cast: Cast) -> None:
    for number, residence in enumerate(("floating", "county", "city", "outside")):
        add(cast, f"某{number}", residence=residence, groups=(Group.HOME_VISIT, Group.ALONE), party_member=True)
    page = cast.client("梁会明").get(reverse("ledgers")).content.decode()
    for code, people in (("resident", 30), ("floating", 1), ("home-visit", 4), ("alone", 4), ("party", 4), ("ill", 0)):
        line = page.split(reverse("ledger", args=[code]))[1].split("</li>")[0]
        assert f"<b>{people}</b>" in line, code
    names = [line["姓名"] for line in lines_of(export(cast, "梁会明", "home-visit"))]
    assert sorted(names) == ["某0", "某1", "某2", "某3"]
    assert [line["姓名"] for line in lines_of(export(cast, "梁会明", "county"))] == ["某1"]


def test_an_export_carries_title_village_who_when_and_the_masked_numbers(cast: Cast) -> None:
    add(cast, "有号", id_number=id_number(1), phone="13912345678")
    response = export(cast, "梁会明", "resident")
    assert quote("西头岭村常住人口台账.xlsx") in response["Content-Disposition"]
    rows = rows_of(response)
    assert rows[0][0] == "西头岭村常住人口台账"
    assert "梁会明 于" in rows[1][0]
    assert "号码已遮盖" in rows[1][0]
    text = repr(rows)
    assert "139****5678" in text
    assert "13912345678" not in text
    assert id_number(1) not in text
    row = AuditRow.objects.get(action="registry.export_ledger")
    assert (row.by, row.data) == (
        cast.accounts["梁会明"].pk,
        {"ledger": "resident", "area": "", "clear": False, "rows": 31},
    )


def test_whole_numbers_leave_with_a_reason_and_it_is_logged(cast: Cast) -> None:
    add(cast, "有号", id_number=id_number(1), phone="13912345678")
    client = cast.client("梁会明")
    refused = client.post(reverse("ledger_export", args=["resident"]), {"numbers": "clear"}, follow=True)
    assert "导出完整号码要说明用途" in refused.content.decode()
    assert not AuditRow.objects.filter(action="registry.export_ledger").exists()
    response = export(cast, "梁会明", "resident", numbers="clear", reason="report")
    rows = rows_of(response)
    assert "用途：上级要求报送" in rows[1][0]
    assert id_number(1) in repr(rows)
    assert "13912345678" in repr(rows)
    row = AuditRow.objects.get(action="registry.export_ledger")
    assert (row.data["clear"], row.data["reason"]) == (True, "report")
    assert "no-store" in response["Cache-Control"]


def test_who_may_not_export_whole_numbers_gets_masked_ones_of_the_own_grid_only(cast: Cast) -> None:
    assert export(cast, "王海斌", "resident", numbers="clear", reason="report").status_code == 404
    names = {line["姓名"] for line in lines_of(export(cast, "王海斌", "resident"))}
    assert names == {name for name in cast.people if name[0] in "甲乙"}
    area = cast.areas["北头岭"].area_path
    assert lines_of(export(cast, "王海斌", "resident", area=area)) == []
    assert "完整" not in cast.client("王海斌").get(reverse("ledger", args=["resident"])).content.decode()


def test_a_long_export_holds_every_line(cast: Cast) -> None:
    area = cast.areas["第一微网格"]
    Person.rows().bulk_create(
        Person(
            id=uuid7(), village_id=cast.village.pk, area=area, area_path=area.area_path, name=f"众{number:04d}",
            residence="floating", updated_at=clock.now(),
        )
        for number in range(4321)
    )  # fmt: skip
    lines = lines_of(export(cast, "王海斌", "floating"))
    assert [line["序号"] for line in lines] == list(range(1, 4322))
    assert {line["姓名"] for line in lines} == {f"众{number:04d}" for number in range(4321)}


def test_lines_stand_by_micro_grid_and_house(cast: Cast) -> None:
    names = [line["姓名"] for line in lines_of(export(cast, "梁会明", "resident"))]
    order = {"甲": 0, "乙": 1, "丙": 2}
    assert names == sorted(cast.people, key=lambda name: (order[name[0]], name))


def test_what_is_written_can_be_read_in_again_word_for_word(cast: Cast) -> None:
    for group in Group:
        add(cast, f"某{group}", groups=(group,), residence="city")
    client = cast.client("梁会明")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for group in (Group.ELDERLY, Group.INFIRM, Group.ILL, Group.DISABLED, Group.PREGNANT, Group.INFANT, Group.ALONE):
        (line,) = lines_of(client.post(reverse("ledger_export", args=[group.value])))
        assert values.groups(line["特殊人群"]) == ({group}, ())
        assert values.residence(line["人员类别"]) == "city"


def test_a_name_that_is_a_formula_stays_text(cast: Cast) -> None:
    add(cast, "=1+1")
    response = export(cast, "梁会明", "resident")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value and "1+1" in str(cell.value)]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_paper_has_the_same_lines(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def typeset(template: str, data: dict[str, Any], *, language: str) -> bytes:
        given.update(template=template, language=language, **data)
        return b"%PDF-"

    monkeypatch.setattr("wuyicun.domains.registry.web.ledgers.taking.typeset", typeset)
    response = cast.client("王海斌").post(reverse("ledger_print", args=["resident"]))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert (given["template"], given["title"], given["language"]) == ("ledger", "西头岭村常住人口台账", "zh-hans")
    assert len(given["rows"]) == 20
    assert all(len(row) == len(given["columns"]) for row in given["rows"])
    assert AuditRow.objects.get(action="registry.print_ledger").data["rows"] == 20


def test_more_than_anybody_prints_is_refused_on_the_ledgers_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wuyicun.domains.registry.web.ledgers.taking.MOST_ON_PAPER", 19)
    response = cast.client("王海斌").post(reverse("ledger_print", args=["resident"]), follow=True)
    assert response.redirect_chain[0][0].startswith(reverse("ledger", args=["resident"]))
    assert "超过 19 行" in response.content.decode()


def test_the_paper_is_typeset(cast: Cast) -> None:
    response = cast.client("王海斌").post(reverse("ledger_print", args=["resident"]))
    assert response.content.startswith(b"%PDF-")


def test_an_unknown_ledger_is_no_page(cast: Cast) -> None:
    assert cast.client("梁会明").get(reverse("ledger", args=["nothing"])).status_code == 404
    assert export(cast, "梁会明", "nothing").status_code == 404
