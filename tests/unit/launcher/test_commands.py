import pytest

from wuyicun.config.cli import demo, test, test_tools
from wuyicun.config.cli.services import Services
from wuyicun.config.environment import Environment, read
from wuyicun.kernel.failure import Failure


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return read({"WUYI_DATA": str(tmp_path_factory.mktemp("data"))})


@pytest.mark.parametrize(
    ("arguments", "tiers", "options"),
    [
        ([], list(test.TIERS), []),
        (["unit"], ["unit"], []),
        (["browser", "unit"], ["unit", "browser"], []),
        (["unit", "-k", "unit"], ["unit"], ["-k", "unit"]),
        (["-x"], list(test.TIERS), ["-x"]),
    ],
)
def test_tiers_come_first_and_the_rest_is_for_pytest(
    arguments: list[str], tiers: list[str], options: list[str]
) -> None:
    assert test.split(arguments) == (tiers, options)


def test_fast_tiers_come_before_slow_ones() -> None:
    assert test.split([])[0] == ["lint", "frontend", "unit", "architecture", "integration", "browser"]


def test_every_tier_has_a_command() -> None:
    for tier in test.TIERS:
        assert list(test.steps(tier, []))


def test_the_summary_names_what_failed() -> None:
    lines = test.summary([test.Outcome("mypy", False, 61.25), test.Outcome("unit", True, 3.0)]).splitlines()
    assert lines == ["✗ mypy    61.2 s", "✓ unit     3.0 s"]


def test_accounts_stand_in_columns_although_chinese_is_wide() -> None:
    accounts = [
        {"role": "书记", "user_name": "shuji", "password": "one"},
        {"role": "doctor", "user_name": "yi", "password": "two"},
    ]
    assert demo.table(accounts) == "书记    shuji  one\ndoctor  yi     two"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("10.0.0.7", "http://10.0.0.7:8123"),
    ],
)
def test_the_address_that_is_printed_can_be_opened(
    tmp_path_factory: pytest.TempPathFactory, host: str, url: str
) -> None:
    data = str(tmp_path_factory.mktemp("data"))
    assert Services(read({"WUYI_DATA": data, "WUYI_HOST": host}), 8123, None).base_url == url


@pytest.mark.parametrize(("workers", "threads"), [(1, 32), (2, 32), (8, 18), (64, 4)])
def test_all_threads_together_stay_within_the_connections_of_the_database(
    tmp_path_factory: pytest.TempPathFactory, workers: int, threads: int
) -> None:
    data = str(tmp_path_factory.mktemp("data"))
    assert read({"WUYI_DATA": data, "WUYI_WORKERS": str(workers)}).threads == threads


def test_a_missing_chromium_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_found_chromium", "_apt", "_playwright"):
        monkeypatch.setattr(test_tools, name, lambda *arguments: None)
    with pytest.raises(Failure) as said:
        test_tools.chromium()
    assert said.value.code == "chromium_missing"


def test_a_missing_chinese_font_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_tools, "_has_chinese_font", lambda: False)
    monkeypatch.setattr(test_tools, "_apt", lambda *packages: False)
    monkeypatch.setattr(test_tools.sys, "platform", "linux")
    with pytest.raises(Failure) as said:
        test_tools.chinese_font()
    assert said.value.code == "font_missing"


def test_a_chromium_that_is_there_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stub = tmp_path_factory.mktemp("bin") / "chromium"
    stub.write_text("#!/bin/sh\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(stub.parent))
    monkeypatch.setattr(test_tools, "CHROMIUM_ON_MACOS", "")
    monkeypatch.setattr(test_tools, "WHERE_PLAYWRIGHT_PUTS_IT", "")
    monkeypatch.delenv("WUYI_CHROMIUM", raising=False)
    assert test_tools._found_chromium() is None  # a script that only says how to install it
    stub.write_text("#!/bin/sh\nexit 0\n")
    assert test_tools._found_chromium() == str(stub)
