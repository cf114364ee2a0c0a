"""What stands in a card's code."""

from __future__ import annotations

import string

import pytest

from wuyicun.domains.registry import tokens


def test_a_token_has_130_random_bits_and_a_scanner_types_it_the_same_on_every_keyboard() -> None:
    made = {tokens.make(tokens.PERSON) for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(token) == 27 and token[0] == "P" for token in made)
    assert set("".join(made)) <= set(string.ascii_uppercase + string.digits) - set("ILOU")


def test_a_token_is_read_however_it_was_typed() -> None:
    token = tokens.make(tokens.HOUSEHOLD)
    assert tokens.read(token.lower()) == token
    assert tokens.read(f" {token[:9]} {token[9:]} ") == token
    assert tokens.read(token[:-1]) is None
    assert tokens.read("T" + token[1:]) is None


def test_the_short_code_is_the_beginning_and_is_read_with_its_spaces() -> None:
    token = "P0123456789ABCDEFGHJKMNPQRS"
    assert tokens.short(token) == "P01234567"
    assert tokens.spaced(tokens.short(token)) == "P 0123 4567"
    assert tokens.read_short("p 0123 4567") == "P01234567"
    assert tokens.read_short("P OI23 4567") == "P01234567"


@pytest.mark.parametrize("text", ["张三", "13800001111", "", "P", "X-0173"])
def test_other_texts_are_no_cards(text: str) -> None:
    assert tokens.read(text) is None
    assert tokens.read_short(text) is None
