"""A laboratory's file, from the upload to the queue of what does not fit, as the office goes through it."""

from __future__ import annotations

import re
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_desk import OpenRound, answer, confirm, number


def file(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    path = folder / "县医院结果.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("结果")
        for place, row in enumerate([("样本条码", "受检者姓名", "检测结果"), *rows]):
            sheet.write_row(place, 0, row)
    return path


def upload(page: Page, path: Path) -> None:
    page.get_by_label("哪个实验室（可不填）").fill("县医院检验科")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并读表").click()


def test_a_file_is_read_compared_entered_and_what_does_not_fit_is_settled(
    visit: Visit, open_round: OpenRound, tmp_path: Path
) -> None:
    round_ = open_round(area="西头岭", title="送检的一轮")
    people = round_.owed()
    round_.tube("L-0001", people[:3], minutes_ago=50)
    round_.tube("L-0002", people[3:6], minutes_ago=45)
    round_.carry(["L-0001", "L-0002"])
    desk = visit("shuji")
    page = desk.open(f"/screening/{round_.id}/")
    page.get_by_role("link", name="实验室结果").last.click()
    upload(page, file(tmp_path, [("L-0001", people[0]["name"], "阴性"), ("L0002", "", "阴性"), ("K-9", "", "阴性")]))
    expect(answer(page)).to_contain_text("每一列都认出来了")
    desk.check()
    page.get_by_role("button", name="下一步：和试管核对").click()
    expect(answer(page)).to_contain_text("将录入 1 支")
    desk.check()
    page.get_by_role("button", name="录入 1 支").click()
    expect(answer(page)).to_contain_text("已录入 1 支")
    page.get_by_role("link", name="去处理").click()
    expect(answer(page)).to_contain_text("2 条要处理")
    expect(page.get_by_text("很像 L-0002")).to_be_visible()
    desk.check()
    page.get_by_role("row", name=re.compile("L0002")).get_by_role("button", name="录到这支").click()
    expect(answer(page)).to_contain_text("1 条要处理")
    page.get_by_role("row", name=re.compile("K-9")).get_by_role("button", name="不录").click()
    expect(answer(page)).to_contain_text("这里没有要处理的")
    page.get_by_role("button", name="撤销").click()
    expect(answer(page)).to_contain_text("1 条要处理")
    page.get_by_role("link", name="实验室结果").last.click()
    assert number(page, "对不上试管") == 1


def test_tubes_are_scanned_one_after_the_other_read_back_entered_and_undone(
    visit: Visit, open_round: OpenRound
) -> None:
    round_ = open_round(area="西头岭", title="扫管的一轮")
    people = round_.owed()
    round_.tube("S-0001", people[:3], minutes_ago=50)
    round_.tube("S-0002", people[3:6], minutes_ago=45)
    desk = visit("cunyi")
    page = desk.open(f"/screening/laboratory/{round_.id}/")
    page.get_by_role("link", name="扫管录入").click()
    for code in ("S-0001", "S-0002"):
        page.get_by_label("一支一支扫").press_sequentially(code)
        page.keyboard.press("Enter")
    page.get_by_label("数一数实物，共几支").fill("2")
    desk.check()
    page.get_by_role("button", name="读回核对").click()
    expect(page.get_by_text("共扫到 2 支")).to_be_visible()
    desk.check()
    page.get_by_role("button", name="录入 2 支").click()
    expect(answer(page)).to_contain_text("已录入 2 支")
    page.get_by_role("button", name="撤销这一批").click()
    confirm(page, "撤销这一批")
    expect(answer(page)).to_contain_text("这一批已撤销")
