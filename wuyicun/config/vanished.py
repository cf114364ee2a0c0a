"""Connections whose other end has vanished: a phone that has lost its signal says no good-bye.

Granian asks nobody whether a client is still there, so that a phone that vanished in the middle of an upload would hold
one of the few threads for ever. The system is told to ask; what it is told of a listening socket holds for every
connection that comes in by it. Each of Granian's processes makes its own, after the application was loaded: hence at
the first request.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

SILENT_SECONDS = 30  # then the system asks
ASK_EVERY_SECONDS = 10
ASK_TIMES = 3
OPEN_FILES = Path("/proc/self/fd")

Application = Callable[[Any, Any], Awaitable[None]]


class NoticingWhoVanished:
    """An RSGI application in front of another one."""

    def __init__(self, behind: Application) -> None:
        self.behind = behind
        self._told = False

    async def __call__(self, scope: Any, protocol: Any) -> None:
        if not self._told:
            self._told = True
            ask_who_is_there()
        await self.behind(scope, protocol)


def ask_who_is_there() -> None:
    """Have Linux end the connections of this process's listening sockets when nobody answers at the other end."""
    if not OPEN_FILES.exists():
        return
    for entry in OPEN_FILES.iterdir():
        try:
            if stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                with socket.socket(fileno=os.dup(int(entry.name))) as found:
                    _ask(found)
        except OSError:  # closed in the meantime
            continue


def _ask(found: socket.socket) -> None:
    if found.family in {socket.AF_INET, socket.AF_INET6} and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, SILENT_SECONDS)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_EVERY_SECONDS)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, ASK_TIMES)
