"""A ledger is made on the screen, given the office's own form, and comes back filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.unit.documents.filling import forms

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

TITLE = "七十岁以上妇女"


def test_a_ledger_is_made_and_the_offices_form_comes_back_filled(visit: Visit, tmp_path: Path) -> None:
    desk = visit("shuji")
    page = desk.open("/people/ledgers/")
    page.get_by_role("link", name="常住人口台账", exact=True).click()
    expect(page.get_by_text(re.compile(r"共 3\d\d 人"))).to_be_visible()  # others add people meanwhile
    page.get_by_label("性别", exact=True).select_option("女")
    page.get_by_label("年龄 从").fill("70")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^年龄：70 以上"))).to_be_visible()
    page.get_by_role("link", name="改列和条件，存成自己的").click()

    page.get_by_label("台账叫什么").fill(TITLE)
    preview = page.locator("#preview")
    before = preview.get_by_text(re.compile("^共 [0-9]+ 人$")).inner_text()
    page.get_by_label("片区", exact=True).uncheck()
    expect(preview.get_by_role("columnheader", name="片区")).to_have_count(0)
    page.get_by_label("姓名往前挪").click()
    expect(preview.get_by_role("columnheader").first).to_have_text("姓名")
    desk.check()
    desk.as_on_a_phone()
    desk.check()
    desk.at_the_desk()
    page.get_by_role("button", name="存下来").click()
    expect(page.get_by_text("存好了")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(TITLE))).to_be_visible()

    page.get_by_role("link", name="用我们自己的表").click()
    form = tmp_path / "上报表.xlsx"
    form.write_bytes(forms.of_township())
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(form)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_label("B 姓名")).to_have_value("name")
    desk.check()
    with page.expect_download() as download:
        page.get_by_role("button", name="填好下载").click()
    filled = forms.grid(download.value.path().read_bytes(), "台账")
    people = int(re.sub("[^0-9]", "", before))
    assert people > 20
    names = [filled.cell(row, 2).value for row in range(5, 5 + people)]
    assert all(isinstance(name, str) and not name.startswith("=") for name in names)
    assert filled.cell(5 + people, 1).value == "合计"
    assert filled.cell(5 + people, 2).value == f"=COUNTA(B5:B{4 + people})"
    assert "*" in filled.cell(5, 6).value

    page = desk.open("/people/ledgers/taken/")
    line = page.get_by_role("row").nth(1)
    expect(line).to_contain_text(TITLE)
    expect(line).to_contain_text("按模板填好的表")
