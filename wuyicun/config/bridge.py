"""Django's pages behind RSGI: the request is received whole, then answered by WSGI in a thread.

Whoever sends slowly, or vanishes in the middle of it, holds no thread. What has not arrived whole goes no further: half
a form would pass for a whole one. Hence a body must say how long it is. An answer that streams stays in one thread from
its first byte to its last, since its database connection belongs to that thread.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

MOST_BYTES = 128 * 1024 * 1024
"""A longer body is not received: the page says what is too long, from the length that was announced."""
IN_MEMORY_BYTES = 1024 * 1024

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Bridge:
    """An RSGI application that answers by a WSGI application in a few threads.

    application: what it returns may have `streaming` (as Django's responses do) and `close`.
    """

    def __init__(self, application: Wsgi, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, "pages")

    async def __call__(self, scope: Any, protocol: Any) -> None:
        if "transfer-encoding" in scope.headers:
            protocol.response_empty(HTTPStatus.LENGTH_REQUIRED, [])
            return
        announced = scope.headers.get("content-length", "")
        length = int(announced) if announced.isascii() and announced.isdigit() else 0
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body:
            if length <= MOST_BYTES and not await _receive(length, protocol, body):
                protocol.response_empty(HTTPStatus.BAD_REQUEST, [])
                return
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, self._answer, environ(scope, body, length), protocol, loop)

    def _answer(self, asked: dict[str, Any], protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        said: list[Any] = []
        answer = self._application(asked, lambda status, headers, exc_info=None: said.extend((status, headers)))
        try:
            status, headers = int(said[0][:3]), [(name.lower(), value) for name, value in said[1]]
            if getattr(answer, "streaming", False):
                _stream(protocol.response_stream(status, headers), answer, loop)
            else:
                protocol.response_bytes(status, headers, b"".join(answer))
        finally:
            if hasattr(answer, "close"):
                answer.close()


async def _receive(length: int, protocol: Any, body: Any) -> bool:
    """Write what is sent into `body`; whether all of it has come."""
    if length:
        async for chunk in protocol:
            body.write(chunk)
    arrived: int = body.tell()
    body.seek(0)
    return arrived == length


def _stream(transport: Any, answer: Iterable[bytes], loop: asyncio.AbstractEventLoop) -> None:
    async def send(chunk: bytes) -> None:
        await transport.send_bytes(chunk)

    for chunk in answer:
        asyncio.run_coroutine_threadsafe(send(chunk), loop).result()


def environ(scope: Any, body: Any, length: int) -> dict[str, Any]:
    """What PEP 3333 asks for. length: of the body in bytes."""
    server, _, port = scope.server.rpartition(":")
    found = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        found["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        key = "HTTP_" + name.upper().replace("-", "_")
        if "_" not in name:
            found[key] = f"{found[key]}{'; ' if name == 'cookie' else ','}{value}" if key in found else value
    found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE", "")
    found.pop("HTTP_CONTENT_LENGTH", None)
    if length:
        found["CONTENT_LENGTH"] = str(length)
    return found
