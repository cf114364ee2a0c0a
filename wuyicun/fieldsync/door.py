"""`POST /api/field/records`, answered before Django's request stack: decode, know the sender, hand to the writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
from django.db import DatabaseError, connection
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

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


class FieldDoor:
    """A WSGI application that answers the phones' records and leaves everything else to the one behind it."""

    def __init__(self, behind: Application) -> None:
        self.behind = behind

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return self.behind(environ, start_response)
        status, body = answer(environ)
        headers = [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
        ]
        if status.startswith("503"):
            headers.append(("Retry-After", "5"))
        start_response(status, headers)
        return [body]


def answer(environ: dict[str, Any]) -> tuple[str, bytes]:
    """The status line and the body for a request."""
    if environ.get("REQUEST_METHOD") != "POST":
        return _refused("405 Method Not Allowed", "method")
    received_at = clock.now()
    try:
        sender = tokens.sender(_token(environ), received_at)
    except DatabaseError:
        connection.close()
        return _refused("503 Service Unavailable", "try_again")
    if sender is None:
        return _refused("401 Unauthorized", "unknown_token")
    length = _length(environ)
    if length > MOST_BYTES:
        return _refused("413 Content Too Large", "too_large")
    try:
        sent = _decode(holdable(environ["wsgi.input"].read(length)))
    except msgspec.DecodeError:
        return _refused("400 Bad Request", "unreadable")
    if len(sent.records) > MOST_RECORDS:
        return _refused("413 Content Too Large", "too_large")
    if sent.village not in sender.villages:
        return _refused("404 Not Found", "not_found")
    may = sender.may_in(sent.village)
    offset = received_at - sent.sent_at if sent.sent_at.tzinfo else timedelta(0)
    records = [_aware(envelope) for envelope in sent.records]
    batch = Batch(sent.village, sender.device, sender.account_id, may, records, received_at, offset)
    try:
        outcomes = WRITER.submit(batch) if records else []
    except TryAgain:
        return _refused("503 Service Unavailable", "try_again")
    return "200 OK", _answer(environ, batch, outcomes)


def _token(environ: dict[str, Any]) -> str:
    return str(environ.get("HTTP_AUTHORIZATION", "")).removeprefix("Bearer ").strip()


def _length(environ: dict[str, Any]) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() else 0


def _aware(envelope: Envelope) -> Envelope:
    """A device that says no offset means UTC."""
    return envelope if envelope.at.tzinfo else msgspec.structs.replace(envelope, at=envelope.at.replace(tzinfo=UTC))


def _answer(environ: dict[str, Any], batch: Batch, outcomes: Sequence[Outcome]) -> bytes:
    words = _words(environ, {each.code for each in outcomes})
    answered = [Answered(each.id, each.outcome, each.code, words[each.code], each.flags) for each in outcomes]
    offset_ms = round(batch.offset.total_seconds() * 1000)
    return _encode(Answer(batch.received_at, offset_ms, _gap(batch.envelopes), answered))


def _words(environ: dict[str, Any], codes: Set[str]) -> Mapping[str, str]:
    """What the codes mean, in the language of who asked."""
    if codes <= {""}:
        return {"": ""}
    language = "en" if str(environ.get("HTTP_ACCEPT_LANGUAGE", "")).lower().startswith("en") else "zh-hans"
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


def _refused(status: str, code: str) -> tuple[str, bytes]:
    return status, _encode({"code": code})
