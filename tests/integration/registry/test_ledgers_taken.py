"""Who took which ledger is kept and shown: to who exports for the area, and to everyone their own."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.test_ledgers import export, rows_of
from wuyicun.domains.registry.models import LedgerTaken


def take(cast: Cast, by: str, code: str, **asked: str) -> None:
    rows_of(export(cast, by, code, **asked))


def log(cast: Cast, by: str) -> str:
    return cast.client(by).get(reverse("ledgers_taken")).content.decode()


def test_the_secretary_sees_who_took_what_when_how_much_and_why(cast: Cast) -> None:
    take(cast, "王海斌", "resident", **{"f.sex": "female"})
    take(cast, "办公室", "elderly", numbers="clear", reason="report", note="报给镇政府")
    cast.client("钟花").post(reverse("ledger_print", args=["resident"]))
    text = log(cast, "梁会明")
    rows = [row for row in text.split("<tr>")[1:] if "scope=" in row]
    assert ["钟花" in rows[0], "办公室" in rows[1], "王海斌" in rows[2]] == [True] * 3, "latest first"
    assert all(word in rows[0] for word in ("PDF", "北头岭", ">10<"))
    assert all(word in rows[1] for word in ("老年人台账", "完整", "上级要求报送", "报给镇政府"))
    assert all(word in rows[2] for word in ("西头岭", "筛选过", ">10<", "遮盖", "Excel"))


def test_another_program_gets_the_same_lines_as_csv_masked_and_logged(cast: Cast) -> None:
    def taken(**asked: str) -> list[list[str]]:
        answer: Any = cast.client("办公室").post(reverse("ledger_csv", args=["resident"]), asked)
        return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")))

    titles, *rows, (foot,) = taken()
    phones = {row[titles.index("联系电话")] for row in rows}
    assert len(rows) == len(cast.people)
    assert "138****0000" in phones
    assert "13800000000" not in phones
    assert all(word in foot for word in ("办公室", "号码已遮盖"))
    titles, *rows, (foot,) = taken(numbers="clear", reason="report")
    assert "13800000000" in {row[titles.index("联系电话")] for row in rows}
    assert "上级要求报送" in foot
    refused = cast.client("办公室").post(reverse("ledger_csv", args=["resident"]), {"numbers": "clear"})
    assert refused.status_code == 302
    assert [(row.how, row.clear, row.rows_taken) for row in LedgerTaken.rows().order_by("id")] == [
        ("csv", False, 30),
        ("csv", True, 30),
    ]
    assert log(cast, "梁会明").count("CSV") == 2


def test_a_grid_worker_sees_only_what_they_took_themselves(cast: Cast) -> None:
    take(cast, "王海斌", "resident")
    take(cast, "钟花", "resident")
    take(cast, "办公室", "resident")
    text = log(cast, "王海斌")
    assert text.count('<th scope="row">') == 1
    assert "王海斌" in text
    assert '<th scope="row">钟花' not in text


def test_the_log_goes_on_page_by_page(cast: Cast) -> None:
    for _ in range(52):
        take(cast, "王海斌", "alone")
    text = log(cast, "梁会明")
    assert text.count('<th scope="row">') == 50
    after = text.split('rel="next" href="')[1].split('"')[0]
    rest = cast.client("梁会明").get(reverse("ledgers_taken") + after).content.decode()
    assert rest.count('<th scope="row">') == 2


def test_what_was_logged_cannot_be_changed_or_removed(cast: Cast) -> None:
    take(cast, "王海斌", "resident")
    for statement in ("UPDATE registry_ledgertaken SET note = 'x'", "DELETE FROM registry_ledgertaken"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert LedgerTaken.rows().count() == 1


def test_every_page_of_an_export_says_who_and_when(cast: Cast) -> None:
    rows = rows_of(export(cast, "王海斌", "resident"))
    assert "王海斌 于" in rows[1][0]
    assert rows[-1][0] == "填表人："
