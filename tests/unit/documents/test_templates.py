"""Every printed page, with a village's data, with data that means harm, and with none."""

import re
from pathlib import Path

import pytest

from tests.unit.documents.samples import (
    HOSTILE,
    NAMES,
    TEMPLATES,
    cards,
    codes_on,
    pages_of,
    result_slips,
    round_report,
    slips,
    tube_labels,
)
from wuyicun.kernel.documents import pdf, words

FOLDER = Path(pdf.__file__).parents[2] / "templates" / "print"
CHINESE = "zh-hans"


def printable(name: str) -> str:
    """What can be expected of a name in the text of a page."""
    return re.sub(r"[\s\u200b\u202e\ufeff\x07]", "", name)


def test_every_template_has_a_sample() -> None:
    assert set(TEMPLATES) == {path.stem for path in FOLDER.glob("*.typ")} - {"layout"}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", [CHINESE, "en"])
def test_every_name_of_a_village_is_on_the_page(template: str, language: str) -> None:
    text = "".join(pages_of(pdf.render(template, TEMPLATES[template](), language=language)))

    expected = (NAMES[0], NAMES[-1]) if template == "tube_labels" else NAMES
    assert [name for name in expected if name not in text] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_markup_in_a_name_prints_as_itself(template: str) -> None:
    text = "".join(pages_of(pdf.render(template, TEMPLATES[template](HOSTILE), language=CHINESE)))

    expected = (HOSTILE[0], HOSTILE[-1]) if template == "tube_labels" else HOSTILE[:6] + HOSTILE[-1:]
    assert [name for name in expected if printable(name) not in text] == []


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("cards", "没有要打印的卡"),
        ("badges", "没有要打印的胸牌"),
        ("slips", "没有要打印的纸条"),
        ("tube_labels", "没有要打印的标签"),
        ("handover_slip", "没有待转运的试管"),
        ("setup_sheet", "方案里没有布置清单"),
        ("call_sheet", "没有未采的人,每人都有着落"),
        ("call_up", "没有待采的人了"),
        ("slot_notices", "还没有安排时间"),
        ("visit_route", "还没有排路线"),
        ("round_report", "无"),
        ("round_proof", "0 人在名单上"),
        ("result_slips", "还没有可以打印的结果"),
        ("ledger", "没有符合条件的记录"),
        ("org_chart", "还没有区域和单位"),
    ],
)
def test_an_empty_list_says_so_on_one_page(template: str, says: str) -> None:
    (page,) = pages_of(pdf.render(template, TEMPLATES[template](count=0), language=CHINESE))

    assert says.replace(" ", "") in page.replace("\uff0c", ",")


@pytest.mark.parametrize("template", sorted(set(TEMPLATES) - {"tube_labels", "org_chart"}))
def test_every_page_says_who_printed_it_when_and_which_page_it_is(template: str) -> None:
    pages = pages_of(pdf.render(template, TEMPLATES[template](count=60), language=CHINESE))

    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "梁会明·2022-11-1812:05打印" in page
        assert f"第{number}页\uff0c共{len(pages)}页" in page


@pytest.mark.parametrize("areas", [1, 9, 40])
def test_a_villages_organisation_fits_on_one_page(areas: int) -> None:
    (page,) = pages_of(pdf.render("org_chart", TEMPLATES["org_chart"](count=areas), language=CHINESE))

    assert "梁会明·2022-11-1812:05打印" in page
    assert page.count("空缺") >= 2 * areas


def test_a_table_repeats_its_head_on_every_page() -> None:
    pages = pages_of(pdf.render("ledger", TEMPLATES["ledger"](count=300), language=CHINESE))

    assert len(pages) > 5
    assert all("序号姓名身份证号现住址" in page for page in pages)


def test_ten_cards_stand_on_a_sheet_and_each_can_be_scanned() -> None:
    printed = pdf.render("cards", cards(count=12), language=CHINESE)

    assert codes_on(printed, 0) == {f"P{number:026}" for number in range(10)}
    assert codes_on(printed, 1) == {f"P{number:026}" for number in (10, 11)}
    assert pages_of(printed)[0].count("本卡只用于核酸采样登记") == 10


def test_nine_badges_stand_on_a_sheet_and_each_can_be_scanned() -> None:
    printed = pdf.render("badges", cards(count=11), language=CHINESE)

    assert codes_on(printed, 0) == {f"P{number:026}" for number in range(9)}
    assert codes_on(printed, 1) == {f"P{number:026}" for number in (9, 10)}


def test_four_slips_stand_on_a_sheet_and_each_leads_to_the_log_in() -> None:
    printed = pdf.render("slips", slips(count=5), language=CHINESE)

    assert [page.count("首次登录") for page in pages_of(printed)] == [4, 1]
    assert codes_on(printed, 1) == {"https://village.example/account/login/"}
    assert "tds5c4qfc9" in pages_of(printed)[1]


def test_twelve_results_stand_on_a_sheet_and_each_can_be_scanned() -> None:
    printed = pdf.render("result_slips", result_slips(count=14), language=CHINESE)

    assert [page.count("阴性") for page in pages_of(printed)] == [12, 2]
    address = "https://village.example/check/140321201205-R{:039}/"
    assert codes_on(printed, 0) == {address.format(number) for number in range(12)}


def test_one_result_stands_alone_on_a_small_page() -> None:
    printed = pdf.render("result_slips", result_slips(count=1) | {"single": True}, language="en")

    assert len(pages_of(printed)) == 1
    assert len(codes_on(printed)) == 1


def test_forty_labels_stand_on_a_sheet_and_each_can_be_scanned() -> None:
    printed = pdf.render("tube_labels", tube_labels(count=41), language=CHINESE)

    assert codes_on(printed, 0) == {f"X-{number:04}" for number in range(40)}
    assert codes_on(printed, 1) == {"LAB-2022-11-18-0123456789-0123456789-XYZ"}


def test_the_report_shows_its_figures_version_and_digest() -> None:
    text = "".join(pages_of(pdf.render("round_report", round_report(), language=CHINESE)))

    for shown in ("1335人应采", "第2版", "修订", "1337", "1307", "99.8%", "0123456789abcdef" * 4, "开轮时1335人"):
        assert shown in text, shown
    assert text.count("签字") == 4


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.typ")), ids=lambda path: path.stem)
def test_no_chinese_word_of_a_template_escapes_the_catalogue(path: Path) -> None:
    source = path.read_text("utf-8")
    spoken = {message for _, message in words.messages(source)}
    code = re.sub(r"//.*", "", source)

    assert set(re.findall(r'"([^"]*[\u4e00-\u9fff][^"]*)"', code)) <= spoken
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r'"[^"]*"', "", code)) == []
