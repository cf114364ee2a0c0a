"""What the database cannot hold is replaced; everything else travels byte for byte."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.fieldsync.texts import holdable

ODD = st.text(st.sampled_from('a\\"\x00\ud800\udc00\ud83d\ude37/u0dD9张😷\n'), max_size=20)


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        (r'"a\u0000b"', "a\ufffdb"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\uDE37x"', "\ufffdx"),
        (r'"\ud83d\ud83d\ude37"', "\ufffd\U0001f637"),
        (r'"\ud83d\ude37"', "\U0001f637"),
        (r'"\\u0000"', r"\u0000"),
        (r'"\\\u0000"', "\\\ufffd"),
        (r'"\\ud83d"', r"\ud83d"),
        ('"张\u2028"', "张\u2028"),
    ],
)
def test_only_what_cannot_be_held_is_replaced(sent: str, held: str) -> None:
    assert msgspec.json.decode(holdable(sent.encode())) == held


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert msgspec.json.decode(holdable(b'["\xff", "\xed\xa0\x80", "\xe5\xbc\xa0"]'))[2] == "张"


@given(st.lists(ODD, max_size=4))
def test_whatever_a_phone_writes_can_be_read_and_held(texts: list[str]) -> None:
    """`json.dumps` escapes as a browser does: half pairs come as escapes of their own."""
    read = msgspec.json.decode(holdable(json.dumps(texts).encode()))
    whole = [
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd") for text in texts
    ]
    assert read == whole


@given(st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"])))
def test_what_can_be_held_is_left_as_it_is(text: str) -> None:
    for body in (json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode()):
        assert holdable(body) == body
