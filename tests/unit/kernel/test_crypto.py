"""Fields that only the application reads: keys rotate, a value moved elsewhere or altered is refused."""

from __future__ import annotations

import os
from typing import Any

import pytest

from wuyicun.kernel.crypto import Keyring, Unreadable, blind_index, seal, unseal

ID, PHONE = "registry.person.id_number", "registry.person.phone"
OLD, NEW = os.urandom(32), os.urandom(32)


@pytest.fixture(autouse=True)
def ring(settings: Any) -> Any:
    settings.WUYI_KEYRING = Keyring({"k1": OLD}, "k1", os.urandom(32))
    return settings


def test_what_was_sealed_is_read_again() -> None:
    for text in ("", "140321195001010018", "张𠮷", "x" * 10_000):
        assert unseal(seal(text, ID), ID) == text


def test_the_same_value_is_never_sealed_to_the_same_bytes() -> None:
    assert seal("13800000000", PHONE) != seal("13800000000", PHONE)


def test_a_sealed_value_does_not_hold_the_text() -> None:
    assert b"13800000000" not in seal("13800000000", PHONE)


def test_a_value_moved_to_another_column_is_refused() -> None:
    with pytest.raises(Unreadable):
        unseal(seal("13800000000", PHONE), ID)


def test_an_altered_value_is_refused_wherever_it_was_altered() -> None:
    sealed = seal("13800000000", PHONE)
    for position in range(len(sealed)):
        altered = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises(Unreadable):
            unseal(altered, PHONE)


@pytest.mark.parametrize("length", [0, 1, 3, 10, 16, 20])
def test_a_value_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(Unreadable):
        unseal(seal("13800000000", PHONE)[:length], PHONE)


def test_after_a_rotation_old_values_are_read_and_new_ones_sealed_with_the_new_key(ring: Any) -> None:
    before = seal("old", ID)
    ring.WUYI_KEYRING = Keyring({"k1": OLD, "k2": NEW}, "k2", ring.WUYI_KEYRING.index)
    after = seal("new", ID)
    assert (unseal(before, ID), unseal(after, ID)) == ("old", "new")
    ring.WUYI_KEYRING = Keyring({"k2": NEW}, "k2", ring.WUYI_KEYRING.index)
    assert unseal(after, ID) == "new"
    with pytest.raises(Unreadable):
        unseal(before, ID)


def test_another_key_under_the_same_name_reads_nothing(ring: Any) -> None:
    sealed = seal("old", ID)
    ring.WUYI_KEYRING = Keyring({"k1": NEW}, "k1", ring.WUYI_KEYRING.index)
    with pytest.raises(Unreadable):
        unseal(sealed, ID)


def test_what_is_unreadable_does_not_say_what_it_held() -> None:
    with pytest.raises(Unreadable) as caught:
        unseal(seal("13800000000", PHONE), ID)
    assert "13800000000" not in str(caught.value)


def test_an_equal_value_has_an_equal_index_and_no_other_has() -> None:
    assert blind_index("13800000000", PHONE) == blind_index("13800000000", PHONE)
    assert blind_index("13800000000", PHONE) != blind_index("13800000001", PHONE)


def test_the_same_value_of_another_column_cannot_be_matched() -> None:
    assert blind_index("13800000000", PHONE) != blind_index("13800000000", "accounts.account.phone")


def test_without_the_key_an_index_cannot_be_made(ring: Any) -> None:
    index = blind_index("13800000000", PHONE)
    ring.WUYI_KEYRING = Keyring({"k1": OLD}, "k1", os.urandom(32))
    assert blind_index("13800000000", PHONE) != index
