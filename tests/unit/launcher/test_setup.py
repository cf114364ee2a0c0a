import errno
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from wuyicun.config.cli import setup
from wuyicun.kernel.failure import Failure


class Ran(NamedTuple):
    programs: list[str]

    def named(self, word: str) -> int:
        return sum(word in program for program in self.programs)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A small clone: locks, a front end, a translation."""
    files = {
        "requirements/base.txt": "django==5.2 \\\n    --hash=sha256:00\n",
        "requirements/test.txt": "pytest==9.2 \\\n    --hash=sha256:00\n",
        "frontend/package.json": "{}",
        "frontend/package-lock.json": "{}",
        "frontend/pages/main.ts": "export {};",
        "wuyicun/locale/en/LC_MESSAGES/django.po": "",
        "wuyicun/static/README": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def ran(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Instead of running the programs: note them, and leave behind what they would."""
    noted = Ran([])

    def work(command: Sequence[str], heard: Any, log: Path, variables: Any, folder: Path | None = None) -> None:
        noted.programs.append(" ".join(command))
        if "venv" in command:
            (clone / ".venv/lib/python3.11/site-packages").mkdir(parents=True)
            log.write_text("")
        if "ci" in command:
            (clone / "frontend/node_modules").mkdir()
        if "build" in command:
            shutil.rmtree(clone / "wuyicun/static/built", ignore_errors=True)
            (clone / "wuyicun/static/built").mkdir()
        if "--output-file" in command:
            Path(command[-1]).write_text("")

    monkeypatch.setattr(setup, "_work", work)
    return noted


def test_the_first_start_sets_up_everything(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=False, pages=True)
    assert [ran.named(word) for word in ("-m venv", "pip install", "npm ci", "npm run build", "pybabel")] == [1] * 5
    assert (clone / ".venv/lib/python3.11/site-packages/wuyicun.pth").read_text() == f"{clone}\n"


def test_the_second_start_sets_up_nothing(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=True, pages=True)
    ran.programs.clear()
    setup.prepare(clone, tests=True, pages=True)
    assert ran.programs == []


def test_a_new_lock_makes_the_environment_anew(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=False, pages=True)
    ran.programs.clear()
    (clone / "requirements/base.txt").write_text("django==5.3 \\\n    --hash=sha256:00\n")
    setup.prepare(clone, tests=False, pages=True)
    assert [ran.named(word) for word in ("-m venv", "pip install", "npm")] == [1, 1, 0]


def test_a_changed_page_is_built_again_without_installing(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=False, pages=True)
    ran.programs.clear()
    (clone / "frontend/pages/main.ts").write_text("export const changed = 1;")
    setup.prepare(clone, tests=False, pages=True)
    assert [ran.named(word) for word in ("pip", "npm ci", "npm run build")] == [0, 0, 1]


def test_the_tests_need_the_packages_of_pages_that_are_built(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=False, pages=True)
    shutil.rmtree(clone / "frontend/node_modules")
    ran.programs.clear()
    setup.prepare(clone, tests=False, pages=True)
    assert ran.named("npm") == 0
    setup.prepare(clone, tests=True, pages=True)
    assert [ran.named(word) for word in ("npm ci", "npm run build")] == [1, 0]


def test_a_command_without_pages_waits_for_no_build(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=False, pages=False)
    assert ran.named("npm") == 0


def test_what_the_tests_need_is_installed_for_them_only(clone: Path, ran: Ran) -> None:
    setup.prepare(clone, tests=False, pages=True)
    assert ran.named("test.txt") == 0
    setup.prepare(clone, tests=True, pages=True)
    assert ran.named("test.txt") == 1


def test_an_interrupted_start_is_taken_up_again(clone: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = setup._work

    def interrupted(command: Sequence[str], *rest: Any) -> None:
        if "pip" in command:
            raise KeyboardInterrupt
        whole(command, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(setup, "_work", interrupted)
        with pytest.raises(KeyboardInterrupt):
            setup.prepare(clone, tests=False, pages=False)
    setup.prepare(clone, tests=False, pages=False)
    assert ran.named("pip install") == 1


def test_a_python_without_ensurepip_is_said(clone: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Failure) as said:
        setup.prepare(clone, tests=False, pages=False)
    assert said.value.code == "ensurepip_missing"
    assert "-venv" in said.value.chinese
    assert ran.programs == []


def test_a_full_disk_is_said_before_anything_is_loaded(clone: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(clone)._replace(free=10**8)
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(Failure) as said:
        setup.prepare(clone, tests=False, pages=False)
    assert said.value.code == "disk_full"
    assert ran.programs == []


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk_full"),
        ("npm error code ENOSPC", "disk_full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "download_broken"),
        ("npm error code EINTEGRITY", "download_broken"),
        ("NewConnectionError: Failed to establish a new connection", "download_failed"),
        ("ReadTimeoutError: Read timed out.", "download_failed"),
        ("urllib3.exceptions.IncompleteRead(5 bytes read)", "download_failed"),
        ("npm error code ENOTFOUND", "download_failed"),
        (
            "The virtual environment was not created successfully because ensurepip is not available.",
            "ensurepip_missing",
        ),
        ("error TS2304: Cannot find name", "setup_failed"),
    ],
)
def test_why_a_program_failed_is_said_in_one_line(tmp_path: Path, output: str, code: str) -> None:
    command = ["sh", "-c", f"echo '{output}'; exit 1"]
    log = tmp_path / "log"
    with pytest.raises(Failure) as said:
        setup._work(command, lambda line: None, log, {})
    assert said.value.code == code
    assert "\n" not in said.value.chinese + said.value.english
    assert output in log.read_text()


def test_a_full_disk_met_by_ourselves_is_said_as_well() -> None:
    assert setup.explain_system(OSError(errno.ENOSPC, "No space left on device")).code == "disk_full"
    assert "/root: " in setup.explain_system(PermissionError(errno.EACCES, "denied", "/root")).english


def test_pip_is_heard_as_a_count_of_packages() -> None:
    heard: Callable[[str], str | None] = setup._pip_listener(2)
    lines = [
        "Collecting django==5.2.19 (from -r requirements/base.txt (line 5))",
        "  Downloading django-5.2.19-py3-none-any.whl (8.3 MB)",
        "Collecting typst==0.15.2",
        "  Using cached typst-0.15.2-cp39-abi3-manylinux.whl (34.1 MB)",
        "Installing collected packages: typst, django",
        "Successfully installed",
    ]
    said = [heard(line) for line in lines]
    assert said == [None, "  1/2 django (8.3 MB)", None, "  2/2 typst (34.1 MB)", "  写入磁盘 / Writing to disk", None]


def test_a_long_step_shows_that_it_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "TICK_SECONDS", 0.05)
    setup._work(["sleep", "0.3"], lambda line: None, tmp_path / "log", {})
    assert "…" in capsys.readouterr().err
