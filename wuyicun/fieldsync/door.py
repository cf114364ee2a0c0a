"""`POST /api/field/records`, answered before Django's request stack: decode, know the sender, hand to the writer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
from django.db import Error as DatabaseAway
from django.utils import translation

from wuyicun.fieldsync import tokens
from wuyicun.fieldsync.texts import holdable
from wuyicun.fieldsync.writer import WRITER, TryAgain
from wuyicun.kernel import clock
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.records.words import of_code

PATH = "/api/field/records"
MOST_BYTES = 1_000_000
MOST_RECORDS = 500
MOST_GAPS = 50
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Of a phone's clock; a time beyond may be one that Python or PostgreSQL cannot say in every time zone."""


class Sent(msgspec.Struct, frozen=True):
    """What a phone sends at once."""

    village: UUID
    sent_at: datetime
    records: list[Envelope]


class Answered(msgspec.Struct, frozen=True):
    """What became of one record."""

    id: UUID
    outcome: str
    code: str
    words: str
    flags: list[str]


class Answer(msgspec.Struct, frozen=True):
    """The answer to a batch: an outcome for each record in the order they were sent, and the numbers not seen yet."""

    received_at: datetime
    offset_ms: int
    gap: list[int]
    outcomes: list[Answered]


_decode = msgspec.json.Decoder(Sent).decode
_encode = msgspec.json.Encoder().encode

Application = Callable[[Any, Any], Awaitable[None]]
"""As RSGI has it: a scope, which says what is asked, and a protocol, which reads and answers."""

Header = Callable[[str, str], str]
"""The value of a header (its name in small letters), or the other string."""


class FieldDoor:
    """An RSGI application that answers the phones' records and leaves everything else to the one behind it."""

    def __init__(self, behind: Application) -> None:
        self.behind = behind

    async def __call__(self, scope: Any, protocol: Any) -> None:
        if scope.path != PATH:
            await self.behind(scope, protocol)
            return
        status, body = await answer(scope.method, scope.headers.get, protocol)
        headers = [("content-type", "application/json"), ("cache-control", "no-store")]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("retry-after", "5"))
        protocol.response_bytes(int(status), headers, body)


async def answer(method: str, header: Header, body: Callable[[], Awaitable[bytes]]) -> tuple[HTTPStatus, bytes]:
    """The status and the body for a request, whose own body is read only when it is not too long."""
    if method != "POST":
        return _refused(HTTPStatus.METHOD_NOT_ALLOWED, "method")
    received_at = clock.now()
    token = header("authorization", "").removeprefix("Bearer ").strip()
    try:
        sender = await tokens.sender_for_loop(token, received_at)
    except DatabaseAway:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "try_again")
    if sender is None:
        return _refused(HTTPStatus.UNAUTHORIZED, "unknown_token")
    length = header("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return _refused(HTTPStatus.BAD_REQUEST, "unreadable")
    if int(length) > MOST_BYTES:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    try:
        sent = _decode(holdable(await body()))
    except msgspec.DecodeError:
        return _refused(HTTPStatus.BAD_REQUEST, "unreadable")
    if len(sent.records) > MOST_RECORDS:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    if sent.village not in sender.villages:
        return _refused(HTTPStatus.NOT_FOUND, "not_found")
    offset = received_at - sent.sent_at if sent.sent_at.tzinfo else timedelta(0)
    records = [_dated(envelope) for envelope in sent.records]
    batch = Batch(
        sent.village, sender.device, sender.account_id, sender.may_in(sent.village), records, received_at, offset
    )
    try:
        outcomes = await WRITER.submit(batch) if records else []
    except TryAgain:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "try_again")
    return HTTPStatus.OK, _answer(header, batch, outcomes)


def _dated(envelope: Envelope) -> Envelope:
    """A device that says no offset means UTC; one whose clock has gone mad, the nearest year that can be kept."""
    at = envelope.at if envelope.at.tzinfo else envelope.at.replace(tzinfo=UTC)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        at = at.replace(year=min(max(at.year, FIRST_YEAR), LAST_YEAR), month=1, day=1)
    return envelope if at is envelope.at else msgspec.structs.replace(envelope, at=at)


def _answer(header: Header, batch: Batch, outcomes: Sequence[Outcome]) -> bytes:
    words = _words(header, {each.code for each in outcomes})
    answered = [Answered(each.id, each.outcome, each.code, words[each.code], each.flags) for each in outcomes]
    offset_ms = round(batch.offset.total_seconds() * 1000)
    return _encode(Answer(batch.received_at, offset_ms, _gap(batch.envelopes), answered))


def _words(header: Header, codes: Set[str]) -> Mapping[str, str]:
    """What the codes mean, in the language of who asked."""
    if codes <= {""}:
        return {"": ""}
    language = "en" if header("accept-language", "").lower().startswith("en") else "zh-hans"
    with translation.override(language):
        return {code: str(of_code(code)) for code in codes}


def _gap(envelopes: Sequence[Envelope]) -> list[int]:
    """Numbers that are missing inside what was sent; told, never waited for."""
    if len(envelopes) < 2:
        return []
    numbers = sorted({envelope.seq for envelope in envelopes})
    found: list[int] = []
    for before, after in pairwise(numbers):
        found.extend(range(before + 1, min(after, before + 51)))
    return found[:MOST_GAPS]


def _refused(status: HTTPStatus, code: str) -> tuple[HTTPStatus, bytes]:
    return status, _encode({"code": code})
