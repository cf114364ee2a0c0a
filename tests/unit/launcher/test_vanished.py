"""A connection is given up when nobody is left at its other end."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from wuyicun.config import vanished

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process its open files")


def test_what_comes_in_by_a_listening_socket_is_looked_after() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        vanished.ask_who_is_there()
        with socket.create_connection(listening.getsockname()) as phone, listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == vanished.SILENT_SECONDS
            assert not phone.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_the_system_is_told_once_and_every_request_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr(vanished, "ask_who_is_there", lambda: told.append(True))
    passed_on: list[tuple[str, str]] = []

    async def behind(scope: str, protocol: str) -> None:
        passed_on.append((scope, protocol))

    application = vanished.NoticingWhoVanished(behind)
    for scope in ("one", "two"):
        asyncio.run(application(scope, "protocol"))
    assert passed_on == [("one", "protocol"), ("two", "protocol")]
    assert told == [True]
