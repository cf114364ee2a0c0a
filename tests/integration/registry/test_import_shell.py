"""`./wuyi roster import`: the village is found or founded, the result is JSON, a refusal is one line."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.registry.rosters import TRUTH_FILE, VILLAGE_FILE, Shelf, person
from wuyicun.config.cli import roster as command
from wuyicun.domains.registry.importing import shell
from wuyicun.domains.registry.models import Person
from wuyicun.domains.territory import actions as territory
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts.models import Village

KEYS = {
    "people", "households", "categories", "groups", "home_visit", "party", "workers", "places", "created", "updated",
    "unchanged", "conflicts", "refused", "problems",
}  # fmt: skip


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(["import", *words]))


def _people(village: Village) -> int:
    with scope.enter(scope.of_system([village.pk])):
        return Person.rows().filter(village_id=village.pk).count()


def test_an_empty_registry_is_no_obstacle(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(str(VILLAGE_FILE), "--json") == 0

    result = json.loads(capsys.readouterr().out)
    truth = json.loads(TRUTH_FILE.read_text(encoding="utf-8"))
    del truth["faults"]
    assert set(result) == KEYS
    assert {key: result[key] for key in truth} == truth
    assert all(
        set(each) == {"code", "severity", "sheet", "row", "column", "name", "message"} for each in result["problems"]
    )
    village = Village.objects.get()
    assert village.name == "西头岭村"
    assert village.area_path.startswith(shell.PLACEHOLDER)
    assert _people(village) == 439


def test_a_dry_run_founds_no_village(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(str(VILLAGE_FILE), "--dry-run", "--json") == 0

    assert json.loads(capsys.readouterr().out)["created"] == 439
    assert not Village.objects.exists()


def test_the_village_of_the_files_name_is_found(db: None) -> None:
    known = territory.found_village(code="140321201205", name="西头岭村", by=None, at=clock.now())
    territory.found_village(code="140321201206", name="邻村", by=None, at=clock.now())

    assert _run(str(VILLAGE_FILE)) == 0
    assert _people(known) == 439
    assert Village.objects.count() == 2


def test_the_code_names_the_village(db: None, tmp_path: Path) -> None:
    other = territory.found_village(code="140321201206", name="邻村", by=None, at=clock.now())

    assert _run(str(VILLAGE_FILE), "--village", "140321201206") == 0
    assert _people(other) == 439
    assert _run(str(VILLAGE_FILE), "--village", "140321201207") == 0
    assert Village.objects.get(area_path="140321201207").name == "西头岭村"


def test_a_code_of_other_than_twelve_digits_is_refused(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(str(VILLAGE_FILE), "--village", "14") == 1
    assert "12 位" in capsys.readouterr().err


def test_a_csv_carries_the_village_in_its_name(db: None, tmp_path: Path) -> None:
    path = tmp_path / "平坦镇杨树沟村名册.csv"
    shutil.copy(Shelf(tmp_path).write([person("张三")]), path)

    assert _run(str(path)) == 0
    assert Village.objects.get().name == "杨树沟村"


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_what_cannot_be_read_is_one_clear_line(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("姓名", encoding="utf-8")
    assert _run(str(path), *flags) == 1

    said = capsys.readouterr()
    assert "不是 Excel 表格" in said.err
    assert said.err.count("\n") == 1
    if flags:
        refused: dict[str, Any] = json.loads(said.out)["refused_file"]
        assert refused["code"] == "not_a_workbook"
        assert refused["message"]
    assert not Village.objects.exists()


def test_a_file_that_is_not_there_is_one_clear_line(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("nowhere.xlsx", "--json") == 1

    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert json.loads(said.out)["refused_file"]["code"] == "unreadable"


def test_what_takes_long_is_said_on_the_error_stream(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "SAY_AFTER_SECONDS", 0.05)
    assert _run(str(VILLAGE_FILE), "--dry-run") == 0

    assert "正在导入" in capsys.readouterr().err
