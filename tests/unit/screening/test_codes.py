"""Codes on paper: read as people scan and type them, never mistaken for another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wuyicun.domains.screening import codes

VILLAGE = "140321201205"


def test_a_new_code_is_read_back_however_it_is_written() -> None:
    code = codes.new(VILLAGE)
    for text in (code, code.lower(), codes.spoken(code), f" {codes.spoken(code)} ", codes.spoken(code).lower()):
        read = codes.read(text)
        assert read is not None
        assert str(read) == code


def test_signs_that_are_mistaken_for_each_other_are_the_same() -> None:
    assert str(codes.read(f"{VILLAGE}-POIL0AAAAAAAA")) == f"{VILLAGE}-P0110AAAAAAAA"


@given(st.text())
def test_what_is_no_code_is_none(text: str) -> None:
    read = codes.read(text)
    assert read is None or codes.read(str(read)) == read
