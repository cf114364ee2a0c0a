"""Reports come out of the registry as it is, show nobody's people to others, and are written down when taken along."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

from django.urls import reverse
from openpyxl import load_workbook

from tests.cast import Cast
from tests.integration.registry.people import add
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.ledgers.conditions import years_before
from wuyicun.domains.registry.models import LedgerTaken, PersonGroup, Place
from wuyicun.domains.registry.reports.population import Wanted, population
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.registry.web.common import today
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.rules import Rank
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow


def page(cast: Cast, by: str, name: str, **asked: str) -> str:
    response = cast.client(by).get(reverse(name), asked)
    assert response.status_code == 200
    return response.content.decode()


def book(cast: Cast, by: str, name: str, **asked: str) -> Any:
    response: Any = cast.client(by).post(reverse(name), asked)
    assert response.status_code == 200, response
    return load_workbook(BytesIO(b"".join(response.streaming_content)))


def lines(sheet: Any, first: str = "序号") -> list[dict[str, Any]]:
    """The lines below the column titles."""
    rows = list(sheet.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[0] not in (None, "填表人：")]


def settle_in(cast: Cast) -> None:
    """A leader with a phone of their own, a unit that nobody leads, a shop."""
    village, path, at = cast.village.pk, cast.areas["第一微网格"].area_path, clock.now()
    leader = cast.people["甲01"]
    territory.appoint(
        village_id=village, area_path=path, role="micro_grid_leader", holder_name="甲01", person_id=leader.pk,
        account_id=None, rank=Rank.HEAD, starts_at=at, by=None, at=at,
    )  # fmt: skip
    territory.add_unit(
        village_id=village, area_path=cast.village.area_path, kind="partner", name="派出所", phone="03538812345",
        by=None, at=at,
    )  # fmt: skip
    shop = Place(
        village_id=village, area=cast.areas["第一微网格"], area_path=path, name="便民超市", kind="shop",
        contact_name="乙02", location="西街 3 号",
    )  # fmt: skip
    shop.set_phone("13912345678")
    shop.save(force_insert=True)


def test_the_working_book_names_each_area_unit_and_place_with_its_address_and_who_answers_for_it(cast: Cast) -> None:
    settle_in(cast)
    found = {each["名称"]: each for each in lines(book(cast, "梁会明", "report_book_export").worksheets[0])}
    assert {"西头岭村", "西头岭", "第一微网格", "北头岭微网格", "派出所", "便民超市"} <= set(found)
    grid = found["第一微网格"]
    assert (grid["主要负责人"], grid["联系电话"], grid["户数"], grid["人口"]) == ("甲01", "138****0000", 6, 12)
    assert grid["详细地址"].endswith("西头岭村西头岭第一微网格")
    assert found["北头岭微网格"]["详细地址"].endswith("西头岭村北头岭微网格"), "the section is in the name"
    assert found["北头岭微网格"]["主要负责人"] == "空缺"
    assert found["西头岭村"]["人口"] == 30
    assert found["派出所"]["联系电话"] == "****2345"
    assert found["派出所"]["主要负责人"] is None
    shop = found["便民超市"]
    assert (shop["类别"], shop["主要负责人"], shop["联系电话"]) == ("商户", "乙02", "139****5678")
    assert shop["详细地址"].endswith("西头岭村西街 3 号")


def test_a_grid_worker_sees_only_their_own_part_of_the_book(cast: Cast) -> None:
    settle_in(cast)
    own, other = page(cast, "王海斌", "report_book"), page(cast, "钟花", "report_book")
    assert "便民超市" in own
    assert "第一微网格" in own
    assert "派出所" not in own
    assert "北头岭微网格" in other
    assert "便民超市" not in other
    assert "第一微网格" not in other


def test_the_book_of_one_section_is_of_that_section(cast: Cast) -> None:
    settle_in(cast)
    path = cast.areas["北头岭"].area_path
    names = [each["名称"] for each in lines(book(cast, "梁会明", "report_book_export", area=path).worksheets[0])]
    assert names == ["北头岭", "北头岭微网格"]


def test_whole_phones_leave_only_with_a_reason_and_it_is_written_down(cast: Cast) -> None:
    settle_in(cast)
    asked = {"numbers": "clear", "area": cast.areas["北头岭"].area_path}
    refused = cast.client("梁会明").post(reverse("report_book_export"), asked, follow=True)
    assert "导出完整号码要说明用途" in refused.content.decode()
    assert refused.redirect_chain[-1][0] == f"{reverse('report_book')}?area={asked['area']}", "the same is shown again"
    assert cast.client("王海斌").post(reverse("report_book_export"), {"numbers": "clear"}).status_code == 404
    assert not LedgerTaken.rows().exists()
    taken = book(cast, "梁会明", "report_book_export", numbers="clear", reason="report", note="报给镇政府")
    assert "13912345678" in repr(lines(taken.worksheets[0]))
    assert "用途：上级要求报送（报给镇政府）" in taken.worksheets[0]["A2"].value
    kept = LedgerTaken.rows().get()
    assert (kept.ledger, kept.title, kept.clear, kept.reason) == ("book", "西头岭村工作底册", True, "report")
    assert AuditRow.objects.get(action="registry.export_report").data["rows"] == kept.rows_taken


def test_the_book_on_paper_is_a_pdf_that_is_written_down_too(cast: Cast) -> None:
    settle_in(cast)
    response = cast.client("王海斌").post(reverse("report_book_print"))
    assert response.content.startswith(b"%PDF")
    kept = LedgerTaken.rows().get()
    assert (kept.how, kept.area_path, kept.clear) == ("pdf", cast.areas["西头岭"].area_path, False)


def test_every_report_is_reached_from_the_menu(cast: Cast) -> None:
    shelf = page(cast, "王海斌", "reports")
    assert f'href="{reverse("report_book")}"' in shelf
    assert f'href="{reverse("reports")}"' in page(cast, "王海斌", "people")


def test_the_population_is_counted_by_age_sex_group_residence_and_micro_grid(cast: Cast) -> None:
    cast.people["甲01"].birth_date = None
    cast.people["甲01"].save()
    add(cast, "八旬", birth_date=date(1935, 1, 1), groups=(Group.ELDERLY, Group.ALONE))
    add(cast, "在外", residence="city", groups=(Group.ELDERLY,))
    file = book(cast, "梁会明", "report_population_export")
    assert file.sheetnames == ["按年龄", "按性别", "按人群", "按微网格", "按居住类别"]
    ages, _sexes, groups, areas, residences = (
        {row[0]: row[1:] for row in sheet.iter_rows(min_row=3, values_only=True)} for sheet in file.worksheets
    )
    heads = [sheet["A3"].value for sheet in file.worksheets]
    assert heads == ["年龄", "性别", "人群", "微网格", "居住类别"]
    assert sum(row[-1] for label, row in ages.items() if isinstance(row[-1], int) and label != "合计") == 32
    assert ages["合计"][-1] == 32
    assert ages["80 岁以上"][-1] == 1
    assert ages["没写出生日期"][-1] == 2
    assert groups["老人"][-1] == 2
    assert groups["独居"][-1] == 1
    assert "合计" not in groups, "who is in two groups would count twice"
    assert residences["市区及以外"][-1] == 1
    assert areas["第一微网格"][-4] == 14
    assert areas["第二微网格"][-3] == 4, "households"
    assert all(len(sheet._charts) == 1 for sheet in file.worksheets)
    assert LedgerTaken.rows().get().title == "西头岭村人口统计"


def test_who_has_left_or_is_no_longer_of_a_group_is_not_counted_and_who_comes_and_goes_is_at_home(cast: Cast) -> None:
    at = clock.now()
    actions.mark_left(person=add(cast, "走了", groups=(Group.RISK,)), reason="moved", by=None, at=at)
    once = add(cast, "从前", groups=(Group.DISABLED,), birth_date=years_before(today(), 60))
    PersonGroup.rows().filter(person=once).update(ends_on=today())
    actions.set_whereabouts(people=[cast.people["甲01"]], stay=actions.Stay("to_and_fro", ""), by=None, at=at)
    actions.set_whereabouts(people=[cast.people["甲02"]], stay=actions.Stay("city", ""), by=None, at=at)
    everyone = cast.scope()
    found = population(everyone, cast.village.pk, Wanted(today(), residence="resident"))
    before = population(everyone, cast.village.pk, Wanted(today() - timedelta(days=1)))
    first = found.areas[cast.areas["第一微网格"].area_path]
    assert (first.heads.total, first.old, first.at_home, first.households) == (13, 13, 12, 0)
    assert before.areas[cast.areas["第一微网格"].area_path].old == 12, "of sixty from the birthday on"
    assert (found.groups[Group.RISK].total, found.groups[Group.DISABLED].total) == (0, 0)
    assert "31 人：" in page(cast, "梁会明", "report_population")
    assert "户 31 人" not in page(cast, "梁会明", "report_population", residence="resident"), "no household is resident"


def test_a_chart_shows_the_lines_of_its_table_without_their_sum(cast: Cast) -> None:
    for sheet in book(cast, "梁会明", "report_population_export").worksheets:
        (chart,) = sheet._charts
        for series in chart.series:
            drawn = [row[0] for row in sheet[series.val.numRef.f.split("!")[1].replace("$", "")]]
            labels = [sheet.cell(cell.row, 1).value for cell in drawn]
            every = [cell.value for cell in sheet["A"][3:] if cell.value]
            assert labels == [each for each in every if each != "合计"], "from below the titles to above the sum"
            assert all(isinstance(cell.value, int) for cell in drawn)


def test_each_number_of_the_population_opens_the_list_of_who_is_counted(cast: Cast) -> None:
    text = page(cast, "梁会明", "report_population", area=cast.areas["第二微网格"].area_path)
    assert "4 户 8 人：男 4，女 4，在村 8" in text
    links = re.findall(r'<a href="([^"]*/ledgers/[^"]*)">(?:<b>)?(\d+)<', text)
    assert len(links) > 20
    client = cast.client("梁会明")
    for address, number in links:
        listed = client.get(unescape(address)).content.decode()
        assert listed.count('<th scope="row">') == int(number), address


def test_a_grid_worker_counts_only_their_own_people(cast: Cast) -> None:
    add(cast, "别处", beside="丙01", groups=(Group.RISK,))
    text = page(cast, "王海斌", "report_population")
    assert "10 户 20 人" in text
    assert "北头岭微网格" not in text
    assert "11 人" in page(cast, "钟花", "report_population")
