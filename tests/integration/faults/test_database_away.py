"""While the database is away pages and phones are told to come back, and everything goes on by itself afterwards."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing

import pytest

from benchmarks.patient import Line
from tests.integration.faults.ground import Ground

pytestmark = pytest.mark.alone


def ask(ground: Ground, path: str) -> tuple[int, Mapping[str, str], str]:
    """What somebody gets whose session has to be looked up."""
    url = f"http://127.0.0.1:{ground.served.port}{path}"
    request = urllib.request.Request(url, headers={"Cookie": "sessionid=0123456789abcdef0123456789abcdef"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def comes_back(ground: Ground) -> None:
    ground.served.wait_for(lambda: ask(ground, "/healthz")[0] == 200)
    assert ask(ground, "/")[0] == 200


def test_pages_ask_again_by_themselves_and_phones_keep_their_records(ground: Ground) -> None:
    with ground.served.unwatched():
        ground.served.kill_database()
        status, headers, page = ask(ground, "/")
        assert (status, headers["Retry-After"]) == (503, "5")
        assert "系统正在启动或恢复" in page
        with closing(Line(ground.phones[0], ground.served.port)) as line:
            assert line.post([]) == (503, b'{"code":"try_again"}')
    comes_back(ground)


def test_a_full_disk_is_waited_for_and_said(ground: Ground) -> None:
    options = ground.layout.cluster / "postmaster.opts"
    options.unlink()
    options.symlink_to("/dev/full")
    ground.served.kill_database()
    ground.served.wait_for(lambda: ground.served.has_said("No space left on the disk"))
    assert ask(ground, "/")[0] == 503
    options.unlink()
    comes_back(ground)
