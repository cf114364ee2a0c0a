import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wuyicun.kernel.database import system_user
from wuyicun.kernel.database.cluster import _memory_mb
from wuyicun.kernel.database.layout import LONGEST_SOCKET_FOLDER, Layout
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.secret_files import make_passable, read_or_make


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can pass; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder).resolve()


def test_the_socket_lies_in_the_data_folder_while_its_path_is_short_enough() -> None:
    assert Layout(Path("/srv/wuyicun")).socket == Path("/srv/wuyicun/postgresql/socket")


def test_a_long_path_gets_a_short_folder_of_its_own_for_the_socket() -> None:
    one, other = Layout(Path("/srv") / ("x" * 90)).socket, Layout(Path("/srv") / ("y" * 90)).socket
    assert one != other
    assert one.parent == Path("/tmp")
    assert len(os.fsencode(one)) <= LONGEST_SOCKET_FOLDER


def test_the_length_of_a_path_counts_bytes() -> None:
    assert Layout(Path("/srv") / ("村" * 30)).socket.parent == Path("/tmp")


def test_a_closed_folder_on_the_way_is_found(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    assert system_user.obstacle(closed / "a" / "b") == closed
    assert system_user.obstacle(closed, uid=closed.stat().st_uid) is None
    closed.chmod(0o710)
    assert system_user.obstacle(closed) == closed
    assert system_user.obstacle(closed, uid=1, gid=closed.stat().st_gid) is None
    closed.chmod(0o711)
    assert system_user.obstacle(closed / "a" / "b") is None


def test_a_link_leads_to_where_it_points(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    (open_folder / "link").symlink_to(closed)
    assert system_user.obstacle(open_folder / "link" / "data") == closed


def test_root_is_told_which_data_folder_to_use(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(system_user, "_existing", lambda: None)
    monkeypatch.setattr(system_user.os, "geteuid", lambda: 0)
    with pytest.raises(Failure) as said:
        system_user.check_data_folder(Layout(closed / "var"))
    assert said.value.code == "data_folder_closed"
    assert str(closed) in said.value.english
    assert "WUYI_DATA=/var/lib/wuyicun" in said.value.chinese
    assert closed.stat().st_mode & 0o777 == 0o700


def test_nobody_but_root_needs_an_open_way(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(system_user.os, "geteuid", lambda: 1000)
    system_user.check_data_folder(Layout(closed / "var"))


def test_a_user_without_an_account_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_user.os, "geteuid", lambda: 4_000_000)
    with pytest.raises(Failure) as said:
        system_user.choose(Layout(tmp_path))
    assert said.value.code == "system_user_unknown"


def _secret(path: Path, word: str, queue: "multiprocessing.Queue[str]") -> None:
    queue.put(read_or_make(path, lambda: word))


def test_processes_that_start_together_get_the_same_secret(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[str] = spawn.Queue()
    path = tmp_path / "data" / "secrets" / "key"
    together = [spawn.Process(target=_secret, args=(path, f"word{number}", queue)) for number in range(4)]
    for process in together:
        process.start()
    found = {queue.get(timeout=30) for _ in together}
    for process in together:
        process.join()
    queue.close()
    queue.join_thread()
    assert len(found) == 1
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_the_data_folder_can_be_passed_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        make_passable(tmp_path / "data")
    finally:
        os.umask(before)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o711


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    make_passable(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_memory_is_counted_in_megabytes() -> None:
    assert 100 < _memory_mb() < 100_000_000
