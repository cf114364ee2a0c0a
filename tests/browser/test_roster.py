"""The roster comes in through the wizard and out as papers, by mouse and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

ROSTER = Path(__file__).parent.parent / "data" / "roster-village.xlsx"
LIST = "姓名,性别,身份证号码,户号,家庭住址,微网格,人员类别\n"
NEWCOMER = "欧阳试飞"


def figures(page: Page) -> dict[str, str]:
    """The big numbers by their labels."""
    shown = page.locator("main .figures .figure").all()
    return {each.locator(".figure-label").inner_text(): each.locator(".figure-number").inner_text() for each in shown}


def test_a_roster_is_looked_at_in_four_steps_and_given_up(visit: Visit) -> None:
    desk = visit("shuji")
    page = desk.open("/people/import/")
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(ROSTER)
    page.get_by_role("button", name="上传并读表").click()
    expect(page.get_by_role("button", name="下一步：看列")).to_be_visible()
    desk.check()
    expect(page.get_by_label("“西头岭”是什么")).to_have_value("people")
    page.get_by_role("button", name="下一步：看列").click()
    expect(page.get_by_role("button", name="下一步：看会怎样")).to_be_visible()
    desk.check()
    page.get_by_role("button", name="下一步：看会怎样").click()
    expect(page.get_by_text("表里共 428 人 168 户，外来务工 11 人，点位 18 处。")).to_be_visible()
    desk.check()
    page.get_by_role("link", name=re.compile("^有问题")).click()
    expect(page.get_by_role("region", name="问题")).to_be_visible()
    desk.check()
    desk.as_on_a_phone()
    desk.check()
    desk.at_the_desk()
    # Back to the columns and forward again: nothing is lost.
    page.get_by_role("link", name="列", exact=True).first.click()
    page.get_by_role("button", name="下一步：看会怎样").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载带“问题”列的表").click()
    assert download.value.suggested_filename == "roster-village（带问题）.xlsx"
    page.get_by_role("button", name="放弃").click()
    page.locator("#confirm").get_by_role("button", name="放弃").click()
    expect(page.get_by_text("已放弃，没有导入任何内容，上传的文件也已删除。")).to_be_visible()


def test_a_file_that_is_no_roster_is_refused_in_one_clear_sentence(visit: Visit, tmp_path: Path) -> None:
    desk = visit("shuji")
    page = desk.open("/people/import/")
    fake = tmp_path / "名册.xlsx"
    fake.write_text("这不是表格", encoding="utf-8")
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(fake)
    page.get_by_role("button", name="上传并读表").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("什么都没有改动。")).to_be_visible()
    desk.check()


def test_a_roster_is_imported_and_taken_back_by_keyboard_alone(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "新来的.csv"
    file.write_text(f"{LIST}{NEWCOMER},男,,999,北头岭999号,北头岭微网格,常住\n", encoding="utf-8")
    desk = visit("shuji")
    page = desk.open("/people/import/")
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(file)
    press(page, "上传并读表")
    press(page, "下一步：看列")
    press(page, "下一步：看会怎样")
    expect(page.get_by_text("导入后新增 1 人，变更 0 人")).to_be_visible()
    press(page, "导入")
    expect(page.get_by_text("已导入：新增 1 人，变更 0 人。")).to_be_visible()
    desk.check()
    page.keyboard.press("/")
    page.keyboard.type("oysf")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=NEWCOMER)).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="撤销本批").press("Enter")
    expect(page.get_by_text("撤销后去掉 2 条，恢复 0 条，0 条不动")).to_be_visible()
    desk.check()
    press(page, "撤销")
    expect(page.get_by_text("已撤销：去掉")).to_be_visible()
    desk.check()
    page.keyboard.press("/")
    page.keyboard.type("oysf")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("没有找到|没找到"))).to_be_visible()


def test_a_column_is_taken_for_something_else_and_that_is_remembered(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "另一张表.csv"
    file.write_text("户号,姓名,性别,片区,微网格,甲列\n998,欧阳改列,女,北头岭,北头岭微网格,听力不好\n", encoding="utf-8")
    desk = visit("shuji")
    page = desk.open("/people/import/")
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(file)
    page.get_by_role("button", name="上传并读表").click()
    page.get_by_role("button", name="下一步：看列").click()
    row = page.get_by_role("row").filter(has_text="甲列")
    expect(row).to_contain_text("听力不好")
    expect(row.get_by_role("combobox")).to_have_value("")
    row.get_by_role("combobox").select_option("备注")
    desk.check()
    page.get_by_role("button", name="下一步：看会怎样").click()
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("已导入：新增 1 人，变更 0 人。")).to_be_visible()

    desk.open("/people/import/")
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(file)
    page.get_by_role("button", name="上传并读表").click()
    page.get_by_role("button", name="下一步：看列").click()
    expect(page.get_by_role("row").filter(has_text="甲列").get_by_role("combobox")).to_have_value("note")
    page.get_by_role("button", name="下一步：看会怎样").click()
    expect(page.get_by_text("和名册完全一样，导入后什么都不会变。")).to_be_visible()
    page.get_by_role("button", name="放弃").click()
    page.locator("#confirm").get_by_role("button", name="放弃").click()
    page.get_by_role("link", name="另一张表.csv").first.click()
    page.get_by_role("link", name="撤销本批").click()
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("已撤销：去掉")).to_be_visible()


def press(page: Page, name: str) -> None:
    """Go to a button with Tab, as long as it takes, and press Enter."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible()
    for _ in range(60):
        if button.evaluate("(button) => button === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


def test_cards_are_printed_for_an_area(visit: Visit) -> None:
    desk = visit("wanggeyuan")
    page = desk.open("/people/cards/")
    page.get_by_label("第一微网格").check()
    page.get_by_label("只要户卡").check()
    with page.expect_response("**/cards.pdf") as answer:
        page.get_by_role("button", name="生成 PDF").click()
    assert answer.value.headers["content-type"] == "application/pdf"
