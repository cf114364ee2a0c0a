"""A laboratory's files, and the pages on which they are taken in, gone through as the doctor would."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests.integration.screening.desk import Desk
from wuyicun.domains.laboratory.models import Delivery, Line

DOCTOR = "范医生"
PLAIN = ("试管编号", "检测结果")
LONG = ("序号", "样本条码", "受检者姓名", "身份证号码", "核酸检测结果(ORF1ab/N)", "审核时间")


class Bench:
    """The laboratory's bench: writes files, sends them through the pages, looks at what became of the lines."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.desk = folder, Desk()
        self.client = self.desk.cast.client(DOCTOR)

    def fill(self, tube: str, names: Sequence[str], **more: Any) -> None:
        self.desk.fill(tube, names, **more)

    def xlsx(self, titles: Sequence[str], rows: Sequence[Sequence[object]], above: Sequence[str] = ()) -> bytes:
        """A workbook; `above` are lines over the titles."""
        path = self.folder / "results.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("结果")
            for place, line in enumerate(above):
                sheet.merge_range(place, 0, place, len(titles) - 1, line)
            for place, row in enumerate([titles, *rows], len(above)):
                sheet.write_row(place, 0, row)
        return path.read_bytes()

    @staticmethod
    def csv(titles: Sequence[str], rows: Sequence[Sequence[object]], encoding: str = "gb18030") -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([titles, *rows])
        return text.getvalue().encode(encoding)

    def page(self, name: str, *arguments: object, **query: str) -> HttpResponse:
        return self.desk.get(DOCTOR, name, *(arguments or [self.desk.round.pk]), **query)

    def post(self, name: str, *arguments: object, **data: Any) -> HttpResponse:
        return self.desk.post(DOCTOR, name, *(arguments or [self.desk.round.pk]), **data)

    def upload(self, content: bytes, name: str = "结果.xlsx", laboratory: str = "县医院") -> Delivery:
        """Send a file; its delivery."""
        answer = self.post("laboratory", file=SimpleUploadedFile(name, content), laboratory=laboratory)
        assert answer.status_code == 302, answer.content.decode()
        return self.last()

    def take(self, content: bytes, name: str = "结果.xlsx", **columns: str) -> Delivery:
        """The whole way: upload, columns as they were told or as given, enter."""
        delivery = self.upload(content, name)
        self.post("laboratory_columns", delivery.pk, **columns)
        self.post("laboratory_enter", delivery.pk)
        return self.last()

    def last(self) -> Delivery:
        return Delivery.rows().latest("made_at")

    def said(self, delivery: Delivery | None = None) -> Mapping[str, tuple[str, str, str]]:
        """What became of each code: cause, detail, status; of the first line that says it."""
        rows = Line.rows().filter(delivery=delivery or self.last()).order_by("-number")
        return {row.code: (row.cause, row.detail, row.status) for row in rows}

    def line(self, code: str) -> Line:
        return Line.rows().filter(code=code).latest("id")

    def result(self, tube: str) -> str:
        return self.desk.tube(tube).result
