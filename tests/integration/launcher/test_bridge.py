"""Django behind RSGI, over Granian itself: what a browser sends arrives as WSGI has it, and answers come back whole."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from wuyicun.config.bridge import MOST_BYTES

APPLICATION = """
import hashlib, itertools, json, threading
from wuyicun.config.bridge import Bridge

class Streamed:
    streaming = True

    def __init__(self, chunks):
        self.chunks, self.threads = chunks, set()

    def __iter__(self):
        for number in self.chunks:
            self.threads.add(threading.get_ident())
            yield b"%07d," % number
        assert len(self.threads) == 1

    def close(self):
        closed.append(True)

closed, asked = [], []

def pages(environ, start_response):
    path = environ["PATH_INFO"].encode("latin-1").decode()
    if path in ("/stream", "/endless"):
        start_response("200 OK", [("Content-Type", "text/csv")])
        return Streamed(range(20_000) if path == "/stream" else itertools.count())
    if path == "/asked":
        start_response("200 OK", [])
        return [b" ".join(asked)]
    asked.append(path.encode())
    if path == "/closed":
        start_response("200 OK", [])
        return [str(len(closed)).encode()]
    seen = {name: value for name, value in environ.items() if isinstance(value, str)}
    body = environ["wsgi.input"].read()
    seen |= {"path": path, "length": len(body), "digest": hashlib.sha256(body).hexdigest()}
    start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]

application = Bridge(pages, 2)
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("bridge")
    (folder / "bridged.py").write_text(APPLICATION, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--no-ws", "--log-level", "error"]
    command += ["--host", "127.0.0.1", "--port", str(number), "bridged:application"]
    server = subprocess.Popen(command, cwd=folder, env={"PYTHONPATH": f"{Path.cwd()}:{folder}"})
    try:
        _wait(number)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


def _ask(port: int, path: str, method: str = "GET", **options: object) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, **options)  # type: ignore[arg-type]
        with connection.getresponse() as response:
            return response, response.read()


def test_what_is_asked_arrives_as_wsgi_has_it(port: int) -> None:
    headers = {"X-One": "1", "X_Two": "2", "Cookie": "a=b", "Content-Type": "text/plain", "Host": "village.example"}
    response, body = _ask(port, "/%E6%9D%91/a%2Fb?q=%E6%9D%8E&r=1+2", "POST", body=b"x" * 3_000_000, headers=headers)
    seen = json.loads(body)
    assert response.status == 201
    assert seen["path"] == "/村/a/b"
    assert (seen["QUERY_STRING"], seen["REQUEST_METHOD"], seen["SERVER_PROTOCOL"]) == (
        "q=%E6%9D%8E&r=1+2",
        "POST",
        "HTTP/1.1",
    )
    assert (seen["HTTP_X_ONE"], seen["HTTP_COOKIE"], seen["CONTENT_TYPE"]) == ("1", "a=b", "text/plain")
    assert "HTTP_X_TWO" not in seen  # would look like X-Two, which a proxy in front may have set
    assert (seen["CONTENT_LENGTH"], seen["length"]) == ("3000000", 3_000_000)
    assert (seen["HTTP_HOST"], seen["REMOTE_ADDR"]) == ("village.example", "127.0.0.1")
    assert [value for name, value in response.getheaders() if name == "set-cookie"] == ["a=1", "b=2"]


def test_a_body_must_say_how_long_it_is(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as phone:
        phone.sendall(b"POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        assert phone.recv(65536).startswith(b"HTTP/1.1 411")
    assert b"/chunked" not in _ask(port, "/asked")[1]


def test_half_a_form_is_no_form(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as phone:
        phone.sendall(b"POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nname=abc")
        phone.shutdown(socket.SHUT_WR)
        assert phone.recv(65536).startswith(b"HTTP/1.1 400")
    assert _ask(port, "/whole", "POST", body=b"name=abc")[0].status == 201
    assert _ask(port, "/asked")[1].split()[-1] == b"/whole"
    assert b"/half" not in _ask(port, "/asked")[1]


def test_a_body_that_is_too_long_is_not_received(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as phone:
        phone.sendall(f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {MOST_BYTES + 1}\r\n\r\nabc".encode())
        answer = phone.recv(65536)
    assert answer.startswith(b"HTTP/1.1 201")


def test_who_sends_slowly_holds_no_thread(port: int) -> None:
    """Twenty in the middle of an upload, and two threads."""
    slow = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(20)]
    for phone in slow:
        phone.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
    try:
        assert _ask(port, "/")[0].status == 201
    finally:
        for phone in slow:
            phone.close()


def test_an_answer_that_streams_comes_whole_from_one_thread_and_is_closed(port: int) -> None:
    before = int(_ask(port, "/closed")[1])
    _, body = _ask(port, "/stream")
    assert body == b"".join(b"%07d," % number for number in range(20_000))
    assert int(_ask(port, "/closed")[1]) == before + 1


def test_who_hangs_up_in_the_middle_of_a_stream_frees_the_thread(port: int) -> None:
    """Four of them, and two threads."""
    for _ in range(4):
        with socket.create_connection(("127.0.0.1", port), 20) as browser:
            browser.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
            browser.recv(100)
    assert _ask(port, "/")[0].status == 201


@pytest.mark.parametrize("value", [b"\xe6\x9d\x8e", b"\xff"])
def test_a_header_that_is_no_ascii_is_no_fault(port: int, value: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Name: " + value + b"\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 201")
