"""The words of the templates pass through the catalogue."""

import io

import pytest

from tests.unit.documents.samples import ledger, pages_of
from wuyicun.kernel.documents import pdf, words

SOURCE = """
#t("甲") #text("乙") #rest("丙") #set("丁")
#(t("第 {page} 页", page: 1), t(
  "说\\"引\\"", x: 2))
"""


def test_messages_are_found_with_their_lines_and_other_calls_are_not() -> None:
    assert list(words.messages(SOURCE)) == [(2, "甲"), (3, "第 {page} 页"), (3, '说"引"')]


def test_babel_can_extract_them() -> None:
    extracted = words.extract(io.BytesIO(SOURCE.encode()), ["_"], [], options={})

    assert next(extracted) == (2, "gettext", "甲", [])


def test_a_page_speaks_the_language_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    english = {"没有符合条件的记录": "No records {match}", "{by} · {at} 打印": "Printed {at} by {by}"}
    monkeypatch.setattr(
        words.translation,
        "gettext",
        lambda message: english.get(message, message) if words.translation.get_language() == "en" else message,
    )

    (page,) = pages_of(pdf.render("ledger", ledger(count=0), language="en"))

    assert "Norecords{match}" in page
    assert "Printed2022-11-1812:05by梁会明" in page
