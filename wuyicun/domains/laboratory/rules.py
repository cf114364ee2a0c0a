"""The pure rules of what a laboratory says: how a result is worded, and what may stand in the way of one."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from wuyicun.domains.registry.rules import plain

AT_ONCE_LINES = 3_000
"""Deliveries of more lines are worked on by a job, so that nobody waits for an answer longer than a few seconds."""


class Source(StrEnum):
    """How results came."""

    FILE = "file"
    SCAN = "scan"
    PROGRAM = "program"


class State(StrEnum):
    """How far a delivery has come."""

    READ = "read"
    WORKING = "working"
    MATCHED = "matched"
    ENTERED = "entered"
    UNDONE = "undone"
    DROPPED = "dropped"


class Step(StrEnum):
    """What a delivery waits for while it is worked on."""

    MATCH = "match"
    ENTER = "enter"
    UNDO = "undo"


class Status(StrEnum):
    """What becomes of a line: `joined` lines say what another line of the delivery says of the same tube."""

    READY = "ready"
    JOINED = "joined"
    ASIDE = "aside"
    ENTERED = "entered"


class Cause(StrEnum):
    """Why somebody must look: each is a queue of its own."""

    UNMATCHED = "unmatched"
    WRONG_ID = "wrong_id"
    MISMATCH = "mismatch"
    DUPLICATE = "duplicate"
    LATE = "late"
    MISSING = "missing"


OF_LINES = (Cause.UNMATCHED, Cause.WRONG_ID, Cause.DUPLICATE, Cause.LATE)
"""Their queues hold lines; the others follow from the tubes as they stand."""

NEGATIVE, POSITIVE, INVALID, PENDING = "negative", "positive", "invalid", "pending"

_WORDS = {
    NEGATIVE: "阴性 阴 - neg negative 未检出 未检测到 nd notdetected 正常 阴性-",
    POSITIVE: "阳性 阳 + pos positive 检出 弱阳性 阳性+ detected 异常",
    INVALID: "无效 不合格 需重采 重采 复检 待复检 需复检 可疑 灰区 质控不合格 样本不合格 invalid retest inconclusive",
    PENDING: "待检 检测中 未出 未出结果 待出 未检测 未检 pending /",
}
_RESULT_OF = {word: result for result, words in _WORDS.items() for word in words.split()}
_NOISE = re.compile(r"[\s()\[\]【】:.。]")


@lru_cache(4096)
def read_result(text: str) -> str | None:
    """The result that a laboratory's word stands for: a tube's, PENDING, or None when it cannot be told."""
    word = _NOISE.sub("", plain(text).replace("−", "-").replace("—", "-")).lower()
    if found := _RESULT_OF.get(word):
        return found
    said = [result for result, sign in ((NEGATIVE, "阴性"), (POSITIVE, "阳性")) if sign in word]
    return said[0] if len(said) == 1 and not re.search(r"[非不无未]", word) else None


def read_code(text: str) -> str:
    """A tube's code as scanned, typed or written in a file: in plain signs and without spaces."""
    return "".join(plain(text).split())[:40]
