"""Phones that send as fast as they are answered: a process of its own, one connection for each phone.

Everything is made before the clock starts: swabs of people through the phone's own micro-grids, ten in a tube, each
tube opened in the same stream. It reads what to do as JSON from its standard input and prints what came of it.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from uuid_utils import uuid7

from benchmarks.load import Kind, Phone, Size, id_of

POOL = 10
READ_BYTES = 1 << 18
HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True)
class Task:
    """What to send.

    Attributes:
        port: of the server on this machine.
        per_request: records in a request.
        round: the number of the round, as `Loader.open_round` was told.
        most_seconds: when to stop.
        most_records: how many to make ready for each phone.
    """

    port: int
    per_request: int
    round: int
    most_seconds: float
    most_records: int
    size: Size
    phones: list[Phone]


@dataclass(frozen=True)
class Outcome:
    """What was acknowledged in which time. not_accepted: records with another outcome than plainly accepted."""

    records: int
    swabs: int
    seconds: float
    requests: int
    not_accepted: int


@dataclass
class _Line:
    """One phone's connection with what it has still to send."""

    socket: socket.socket
    requests: Iterator[tuple[int, int, bytes]]
    waiting: tuple[int, int] = (0, 0)  # records and swabs that are under way
    answer: bytearray = field(default_factory=bytearray)
    needed: int = 0  # bytes of the whole answer, once its head is there


def send(task: Task) -> Outcome:
    """Let all phones send until the time is over or the first of them has nothing left."""
    prepared = [list(_requests(task, number)) for number in range(len(task.phones))]
    with selectors.DefaultSelector() as selector:
        lines = [_Line(_connect(task.port), iter(requests)) for requests in prepared]
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        try:
            return _run(task, selector, lines)
        finally:
            for line in lines:
                line.socket.close()


def _run(task: Task, selector: selectors.BaseSelector, lines: list[_Line]) -> Outcome:
    records = swabs = requests = not_accepted = 0
    began = time.perf_counter()
    until = began + task.most_seconds
    for line in lines:
        _send_next(line)
    last = began
    while time.perf_counter() < until:
        for key, _events in selector.select(1.0):
            line = key.data
            answer = _receive(line)
            if answer is None:
                continue
            records, swabs, requests = records + line.waiting[0], swabs + line.waiting[1], requests + 1
            not_accepted += line.waiting[0] - answer.count(b'"outcome":"accepted","code":"","words":"","flags":[]')
            last = time.perf_counter()
            if not _send_next(line):
                return Outcome(records, swabs, last - began, requests, not_accepted)
    return Outcome(records, swabs, last - began, requests, not_accepted)


def _requests(task: Task, number: int) -> Iterator[tuple[int, int, bytes]]:
    """How many records and swabs, and the request, one after the other."""
    phone = task.phones[number]
    village = id_of(Kind.VILLAGE, phone.village)
    head = (
        f"POST /api/field/records HTTP/1.1\r\nHost: 127.0.0.1:{task.port}\r\nAuthorization: Bearer {phone.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    left, waiting, swabs = task.most_records, [], 0
    for record, swab in _records(task, number):
        waiting.append(record)
        swabs += swab
        left -= 1
        if len(waiting) == task.per_request or left == 0:
            sent_at = datetime.now(UTC).isoformat(timespec="milliseconds")
            sender = f'"village":"{village}","device":"{phone.device}","sent_at":"{sent_at}"'
            body = f'{{{sender},"records":[{",".join(waiting)}]}}'
            yield len(waiting), swabs, f"{head}{len(body)}\r\n\r\n{body}".encode()
            waiting, swabs = [], 0
        if left == 0:
            return


def _records(task: Task, number: int) -> Iterator[tuple[str, bool]]:
    """The records of a phone, and whether each is a swab."""
    size, phone, seq = task.size, task.phones[number], 0
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    round_number = task.round * size.villages + phone.village
    place = f'"round":"{id_of(Kind.ROUND, round_number)}","station":"{id_of(Kind.STATION, round_number)}"'
    for count, person in enumerate(_people(task, number)):
        tube = f"R{task.round}-{number}-{count // POOL:06d}"
        if count % POOL == 0:
            seq += 1
            yield _envelope("tube.open", seq, at, f'{place},"tube":"{tube}","pool":{POOL}'), False
        seq += 1
        yield _envelope("sample", seq, at, f'{place},"tube":"{tube}","person":"{person}","retest":false'), True


def _envelope(kind: str, seq: int, at: str, data: str) -> str:
    return f'{{"id":"{uuid7()}","seq":{seq},"kind":"{kind}","v":1,"at":"{at}","data":{{{data}}}}}'


def _people(task: Task, number: int) -> Iterator[object]:
    """The people of the phone's own micro-grids: every n-th of its village, for n phones that share it."""
    size, village = task.size, task.phones[number].village
    sharing = [other for other, phone in enumerate(task.phones) if phone.village == village]
    for leaf in range(sharing.index(number), size.micro_grids, len(sharing)):
        first = (village * size.micro_grids + leaf) * size.residents
        for person in range(first, first + size.residents):
            yield id_of(Kind.PERSON, person)


def _connect(port: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port), timeout=60)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def _send_next(line: _Line) -> bool:
    following = next(line.requests, None)
    if following is None:
        return False
    line.waiting = following[:2]
    line.socket.sendall(following[2])
    return True


def _receive(line: _Line) -> bytes | None:
    """The whole answer, None while a part of it is missing. Raises ConnectionError when the server is not content."""
    line.answer += line.socket.recv(READ_BYTES)
    if not line.needed:
        ends = line.answer.find(HEAD_ENDS)
        if ends < 0:
            if not line.answer:
                raise ConnectionError("the server has hung up")
            return None
        head = bytes(line.answer[:ends]).lower()
        if not head.startswith(b"http/1.1 200"):
            raise ConnectionError(bytes(line.answer[:400]).decode(errors="replace"))
        line.needed = ends + len(HEAD_ENDS) + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    if len(line.answer) < line.needed:
        return None
    answer = bytes(line.answer)
    line.answer.clear()
    line.needed = 0
    return answer


if __name__ == "__main__":
    print(msgspec.json.encode(send(msgspec.json.decode(sys.stdin.buffer.read(), type=Task))).decode())
