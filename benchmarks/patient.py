"""Phones that are patient: what was not acknowledged they send again, with the same ids, until it is.

They keep what they were told, so that it can be compared with what is there in the end. Their people and tokens are
those of `load`. Their work has no end: they stop when they are told to, with nothing left unacknowledged.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count, islice
from random import Random
from typing import NamedTuple

from uuid_utils import uuid7

from benchmarks.load import Kind, Phone, Size, id_of

PATH = "/api/field/records"
ANSWER_WITHIN_SECONDS = 45  # longer than the server waits for its database
AGAIN_AFTER_SECONDS = 0.05
FINISH_WITHIN_SECONDS = 120
POOL = 10
MOST_RECORDS = 30  # in a request


class Made(NamedTuple):
    """A record as a phone keeps it: its id and the whole envelope as JSON."""

    id: str
    envelope: str


def work(size: Size, phone: Phone, round_number: int, chance: Random) -> Iterator[Made]:
    """A phone's records without end, tube after tube.

    People are anybody's in the village, so that many are sampled twice or by two phones; some tubes get a swab too
    many, a few swabs are taken back, some people were not at home.
    """
    number = round_number * size.villages + phone.village
    round_ = {"round": str(id_of(Kind.ROUND, number))}
    station = {**round_, "station": str(id_of(Kind.STATION, number))}
    per_village = size.micro_grids * size.residents
    seq = count(1)

    def made(kind: str, **data: object) -> Made:
        at = datetime.now(UTC).isoformat()
        record = {"id": str(uuid7()), "seq": next(seq), "kind": kind, "v": 1, "at": at, "data": data}
        return Made(str(record["id"]), json.dumps(record))

    def anybody() -> str:
        return str(id_of(Kind.PERSON, phone.village * per_village + chance.randrange(per_village)))

    for tube_number in count(1):
        tube = f"{str(phone.device)[-4:]}-{tube_number:05d}"
        yield made("tube.open", tube=tube, pool=POOL, **station)
        swabs = chance.randint(POOL - 3, POOL + 1)
        for _ in range(swabs):
            swab = made("sample", tube=tube, person=anybody(), retest=False, **station)
            yield swab
            if chance.random() < 0.1:
                yield made("void", record=swab.id, reason="undo")
        yield made("outcome", person=anybody(), outcome="unreachable", reason="nobody_home", **round_)
        yield made("tube.close", tube=tube, count=swabs, reason="no_more_people", **round_)


class Line:
    """A phone's connection to a server on this machine."""

    def __init__(self, phone: Phone, port: int) -> None:
        self.phone, self.port = phone, port
        self._connection: http.client.HTTPConnection | None = None

    def post(self, envelopes: Iterable[str]) -> tuple[int, bytes]:
        """Send records in one request and return status and body. Raises OSError or HTTPException when it breaks."""
        village = id_of(Kind.VILLAGE, self.phone.village)
        sender = f'"village":"{village}","sent_at":"{datetime.now(UTC).isoformat()}"'
        body = f'{{{sender},"records":[{",".join(envelopes)}]}}'
        headers = {"Authorization": f"Bearer {self.phone.token}", "Content-Type": "application/json"}
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_WITHIN_SECONDS)
        try:
            self._connection.request("POST", PATH, body.encode(), headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        """End the connection; the next request makes a new one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class PatientPhone(threading.Thread):
    """A phone that sends its records in order, a batch at a time.

    Attributes:
        told: what the server said of each record, in the order in which it was said.
        cut: ids of records that were sent without being acknowledged: the connection broke, or the server said that
            they should be sent again.
        broken: how many requests were sent and ended without an answer.
        refused: how many were answered with another status than 200, by status.
        acknowledged: of each acknowledged request, when it was sent and answered (`time.monotonic`).
        under_way: whether a request waits for its answer.
    """

    def __init__(self, phone: Phone, port: int, records: Iterator[Made], chance: Random) -> None:
        super().__init__(name=f"phone {phone.device}", daemon=True)
        self.records, self.chance = records, chance
        self.told: dict[str, list[str]] = defaultdict(list)
        self.cut: set[str] = set()
        self.broken = 0
        self.refused: Counter[int] = Counter()
        self.acknowledged: list[tuple[float, float]] = []
        self.under_way = False
        self._stopping = threading.Event()
        self._line = Line(phone, port)

    def stop(self) -> None:
        """Make no new records; send what there is until it is acknowledged."""
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            batch = list(islice(self.records, self.chance.randint(1, MOST_RECORDS)))
            self._send_until_acknowledged(batch)
            if self.chance.random() < 0.1:  # as if the answer was lost on its way
                self._send_until_acknowledged(batch)
        self._line.close()

    def _send_until_acknowledged(self, batch: Sequence[Made]) -> None:
        while not self._send(batch):
            self.cut.update(record.id for record in batch)
            time.sleep(AGAIN_AFTER_SECONDS)

    def _send(self, batch: Sequence[Made]) -> bool:
        """Send once; whether it was acknowledged."""
        began = time.monotonic()
        self.under_way = True
        try:
            status, answer = self._line.post(record.envelope for record in batch)
        except ConnectionRefusedError:
            return False
        except (OSError, http.client.HTTPException):
            self.broken += 1
            return False
        finally:
            self.under_way = False
        if status != http.client.OK:
            self.refused[status] += 1
            return False
        for outcome in json.loads(answer)["outcomes"]:
            self.told[outcome["id"]].append(outcome["outcome"])
        self.acknowledged.append((began, time.monotonic()))
        return True


class PatientPhones:
    """Several of them at once, each with work in its village's round.

    known: the devices; port: of the server on this machine; round_number: as `Loader.open_round` was told.
    """

    def __init__(self, known: Sequence[Phone], port: int, size: Size, round_number: int) -> None:
        self.phones: list[PatientPhone] = []
        for phone in known:
            chance = Random(f"{round_number} {phone.device}")  # noqa: S311 - no secret: the same work each time
            self.phones.append(PatientPhone(phone, port, work(size, phone, round_number, chance), chance))

    def start(self) -> None:
        for phone in self.phones:
            phone.start()

    def wait_until_busy(self, under_way: int) -> None:
        """Wait until so many requests are on their way at the same moment."""
        _until(lambda: sum(phone.under_way for phone in self.phones) >= under_way, "the phones send nothing")

    def wait_until_acknowledged(self, *, since: float) -> float:
        """Wait until a request that was sent after a moment is acknowledged; the seconds from that moment on."""

        def answered() -> list[float]:
            return [last[1] for phone in self.phones for last in phone.acknowledged[-1:] if last[0] > since]

        _until(lambda: bool(answered()), "no record is taken again")
        return min(answered()) - since

    def finish(self) -> None:
        """Let them send what they have and end."""
        for phone in self.phones:
            phone.stop()
        until = time.monotonic() + FINISH_WITHIN_SECONDS
        for phone in self.phones:
            phone.join(max(0.0, until - time.monotonic()))
            if phone.is_alive():
                raise TimeoutError(f"{phone.name} has records that nobody acknowledges")


def _until(there: Callable[[], bool], complaint: str) -> None:
    until = time.monotonic() + FINISH_WITHIN_SECONDS
    while not there():
        if time.monotonic() > until:
            raise TimeoutError(complaint)
        time.sleep(0.001)
