"""Files that are refused: quickly, with a code, and without harm to the server."""

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.unit.registry import hostile
from tests.unit.registry.clerk import HEADER, delimited, old_workbook, person, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.roster import Limits, RosterRefused

_ROOT = Path(__file__).parents[3]
_MEGABYTE = 1024 * 1024


def _refusal(path: Path, limits: Limits | None = None, name: str | None = None) -> RosterRefused:
    with pytest.raises(RosterRefused) as refused:
        roster.read(path, limits=limits, name=name)
    return refused.value


def _bytes(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def _village(path: Path) -> Path:
    return workbook(path, {"村民": [HEADER, *(person(i, f"王{chr(0x4E00 + i)}") for i in range(1, 90))]})


def _first_half(path: Path) -> Path:
    return _bytes(path, path.read_bytes()[: path.stat().st_size // 2])


_FILES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "a workbook with a password": ("encrypted", lambda at: hostile.encrypted_xlsx(at / "a.xlsx")),
    "an old workbook with a password": ("encrypted", lambda at: hostile.encrypted_xls(at / "a.xls")),
    "a workbook cut short": ("corrupt", lambda at: _first_half(_village(at / "a.xlsx"))),
    "an old workbook cut short": (
        "corrupt",
        lambda at: _first_half(old_workbook(at / "a.xls", {"村民": [HEADER, person(1, "王大明")]})),
    ),
    "a workbook without its list of sheets": (
        "corrupt",
        lambda at: hostile.with_part(at / "none", at / "a.xlsx", "xl/workbook.xml", b"<"),
    ),
    "a text renamed to .xlsx": ("not_a_workbook", lambda at: delimited(at / "a.xlsx", [HEADER])),
    "a text renamed to .xls": ("not_a_workbook", lambda at: delimited(at / "a.xls", [HEADER], encoding="gb18030")),
    "a page of HTML called .xls": ("not_a_workbook", lambda at: _bytes(at / "a.xls", b"<html><table></table></html>")),
    "a PDF": ("not_a_workbook", lambda at: _bytes(at / "a.pdf", b"%PDF-1.7\n1 0 obj\n")),
    "a PDF renamed to .csv": ("not_a_workbook", lambda at: _bytes(at / "a.csv", b"%PDF-1.7\n\x00\x01\x02\xff\xfe\x80")),
    "a picture renamed to .csv": (
        "not_a_workbook",
        lambda at: _bytes(at / "a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    ),
    "a text document of Word": (
        "not_a_workbook",
        lambda at: hostile.with_part(at / "none", at / "a.xlsx", "word/document.xml", b"<w/>"),
    ),
    "a file without a byte": ("empty", lambda at: _bytes(at / "a.xlsx", b"")),
    "a workbook without a value": ("empty", lambda at: workbook(at / "a.xlsx", {"一": [], "二": [(None, " ")]})),
    "a text of blank lines": ("empty", lambda at: _bytes(at / "a.csv", b"\xef\xbb\xbf,,,\r\n\r\n , ,\r\n")),
}


@pytest.mark.parametrize("what", _FILES)
def test_what_cannot_be_read_is_refused(tmp_path: Path, what: str) -> None:
    code, make = _FILES[what]
    path = make(tmp_path)
    begun = time.monotonic()
    assert _refusal(path).code == code
    assert time.monotonic() - begun < 5


def test_a_damaged_sheet_is_named(tmp_path: Path) -> None:
    source = _village(tmp_path / "a.xlsx")
    with zipfile.ZipFile(source) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    broken = hostile.with_part(source, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", xml[: len(xml) // 2])
    refusal = _refusal(broken)
    assert (refusal.code, refusal.sheet) == ("corrupt", "村民")


def test_a_quote_that_was_never_closed_is_refused_with_its_row(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明"), person(2, '"张三丰'), person(3, "李小花"), person(4, "赵四")]
    refusal = _refusal(delimited(tmp_path / "a.csv", rows))
    assert (refusal.code, refusal.row) == ("corrupt", 3)


def test_a_file_over_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream:
        stream.truncate(100 * _MEGABYTE + 1)
    begun = time.monotonic()
    refusal = _refusal(path)
    assert time.monotonic() - begun < 0.2
    assert (refusal.code, refusal.data["reason"]) == ("too_large", "bytes")


def test_too_many_rows_are_refused_and_blank_ones_do_not_count(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [HEADER, (), (), person(1, "王大明")], "二": [person(2, "张三丰")]})
    assert len(roster.read(path, limits=Limits(rows=3)).sheets) == 2
    refusal = _refusal(path, Limits(rows=2))
    assert (refusal.code, refusal.sheet, refusal.data["limit"]) == ("too_many_rows", "二", "2")


def test_a_stray_cell_far_below_the_list_is_named(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("村民")
        sheet.write_row(0, 0, HEADER)
        sheet.write(1_048_575, 15, "x")
    refusal = _refusal(tmp_path / "a.xlsx")
    assert (refusal.code, refusal.sheet, refusal.row) == ("too_many_rows", "村民", 1_048_576)


def test_rows_that_are_only_formatted_do_not_count(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("村民")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, person(1, "王大明"))
        sheet.set_row(1_048_575, 30, book.add_format({"border": 1}))
        sheet.write_blank(1_048_575, 0, None, book.add_format({"border": 1}))
    assert [len(sheet.rows) for sheet in roster.read(tmp_path / "a.xlsx").sheets] == [2]


def test_a_book_without_any_list_is_refused_with_the_names_of_its_sheets(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"支出": [("日期", "金额"), ("2022-11-01", 30)], "说明": [("无",)]})
    book = roster.read(path)
    with pytest.raises(RosterRefused) as refused:
        roster.parse(book, roster.propose(book))
    assert (refused.value.code, refused.value.sheet, refused.value.data["sheets"]) == (
        "no_roster_found",
        "支出",
        "支出、说明",
    )


def test_a_bomb_is_refused_by_its_table_of_contents_within_a_second(tmp_path: Path) -> None:
    path = hostile.zip_bomb(tmp_path / "a.xlsx", megabytes=200)
    assert path.stat().st_size < 700 * 1024
    seconds = []
    for _ in range(3):  # the quickest counts: other tests may keep the machine busy
        begun = time.monotonic()
        assert _refusal(path).code == "zip_bomb"
        seconds.append(time.monotonic() - begun)
    assert min(seconds) < 1


def test_parts_that_lie_over_each_other_are_a_bomb(tmp_path: Path) -> None:
    path = hostile.zip_bomb(tmp_path / "a.xlsx", megabytes=1)
    raw = path.read_bytes()
    entry = raw[raw.rfind(b"PK\1\2") : raw.rfind(b"PK\5\6")]
    size = int.from_bytes(entry[20:24], "little")
    path.write_bytes(raw.replace(entry, entry[:20] + (size * 100).to_bytes(4, "little") + entry[24:]))
    assert _refusal(path).code in {"zip_bomb", "corrupt"}


_MEASURED = """
import json, resource, sys
from pathlib import Path
from wuyicun.domains.registry import roster
try:
    roster.read(Path(sys.argv[1]), limits=roster.Limits(**json.loads(sys.argv[2])))
    code = "read"
except roster.RosterRefused as refusal:
    code = refusal.code
own = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) // 1024
print(json.dumps([code, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]))
"""


def _measured(path: Path, **limits: float) -> tuple[str, int, int]:
    """What reading came to, with the most memory, in megabytes, that the reader and its child had."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path), json.dumps(limits)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        timeout=120,
    )
    code, own, child = json.loads(done.stdout)
    return code, own, child


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell a process's greatest memory otherwise")
def test_a_bomb_that_lies_about_its_size_ends_the_child_and_not_the_server(tmp_path: Path) -> None:
    path = hostile.zip_bomb(tmp_path / "a.xlsx", megabytes=600, said_bytes=90_000)
    code, own, child = _measured(path)
    assert code in {"corrupt", "too_large", "zip_bomb"}
    assert own < 100
    assert child < 300


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell a process's greatest memory otherwise")
def test_a_child_that_needs_more_memory_than_it_may_is_told_from_a_damaged_file(tmp_path: Path) -> None:
    path = hostile.zip_bomb(tmp_path / "a.xlsx", megabytes=30)
    code, own, child = _measured(path, memory_bytes=100 * _MEGABYTE, rows=10**7)
    assert code == "too_large"
    assert own < 100
    assert child < 100


def test_reading_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    refusal = _refusal(_village(tmp_path / "a.xlsx"), Limits(seconds=0.01))
    assert time.monotonic() - begun < 2
    assert (refusal.code, refusal.data["reason"]) == ("too_large", "seconds")


def test_a_file_that_is_not_there_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        roster.read(tmp_path / "a.xlsx")


def test_the_child_is_told_no_secret_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUYI_SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    told: list[dict[str, str]] = []
    start = subprocess.Popen

    def watched(*arguments: object, env: dict[str, str], **options: object) -> object:
        told.append(env)
        return start(*arguments, env=env, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", watched)
    roster.read(_village(tmp_path / "a.xlsx"))
    assert [name for name in told[0] if "secret" in told[0][name]] == []


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    _refusal(hostile.zip_bomb(tmp_path / "a.xlsx", megabytes=2), Limits(rows=10))
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    names = (
        [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children.read_text().split()] if children.exists() else []
    )
    assert not [name for name in names if b"roster.child" in name]
