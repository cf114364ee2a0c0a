"""The archive's seals, keys and entries: whatever is altered is noticed, and only the passphrase opens it."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.kernel.backup.archive import entries, header, key_file, keys, sealing
from wuyicun.kernel.backup.archive.header import Header
from wuyicun.kernel.backup.archive.sealing import Sealer, opened
from wuyicun.kernel.clock import now
from wuyicun.kernel.failure import Failure

PASSPHRASE = "西山 1 号院的槐树"
QUICK = 2**4  # scrypt with little memory: how long a guess takes is not tried here
KEY, BOUND = bytes(range(32)), b"header"
SEALED_CHUNK = 64 + sealing.TAG_BYTES


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHUNK_BYTES", 64)


def seal(content: bytes, *, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, key, bound)
    for start in range(0, len(content), 50):
        sealer.write(content[start : start + 50])
    sealer.close()
    return file.getvalue()


def unseal(sealed: bytes, *, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    return b"".join(opened(io.BytesIO(sealed), key, bound))


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 128, 1000])
def test_what_was_sealed_is_opened(length: int) -> None:
    content = os.urandom(length)
    assert unseal(seal(content)) == content


@pytest.mark.parametrize("kept", [0, 1, SEALED_CHUNK - 1, SEALED_CHUNK, 3 * SEALED_CHUNK, 3 * SEALED_CHUNK + 20])
def test_cut_off_anywhere_it_is_noticed(kept: int) -> None:
    """At the border of a chunk, too: the last chunk is marked."""
    with pytest.raises(sealing.Damaged):
        unseal(seal(bytes(4 * 64))[:kept])


@given(st.data())
def test_one_bit_changed_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(seal(bytes(range(200))))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(sealing.Damaged) as noticed:
        unseal(bytes(sealed))
    assert noticed.value.chunk == place // 8 // SEALED_CHUNK


def test_chunks_that_change_places_or_are_added_are_noticed() -> None:
    sealed = seal(bytes(4 * 64))
    first, second, rest = sealed[:SEALED_CHUNK], sealed[SEALED_CHUNK : 2 * SEALED_CHUNK], sealed[2 * SEALED_CHUNK :]
    for altered in (second + first + rest, first + rest, sealed + first, sealed + sealed):
        with pytest.raises(sealing.Damaged):
            unseal(altered)


def test_a_body_opens_under_its_own_header_only() -> None:
    sealed = seal(b"content")
    for wrong in ({"bound": b"other"}, {"key": bytes(32)}):
        with pytest.raises(sealing.Damaged):
            unseal(sealed, **wrong)


def test_the_passphrase_opens_the_pair_and_another_does_not() -> None:
    pair = keys.make_pair(PASSPHRASE, QUICK)
    wrapped = keys.wrap(KEY, pair.public)
    assert keys.unwrap(wrapped, keys.open_pair(pair, PASSPHRASE)) == KEY
    with pytest.raises(Failure) as refused:
        keys.open_pair(pair, PASSPHRASE + "x")
    assert refused.value.code == "backup_passphrase_wrong"


def test_full_width_digits_and_spaces_around_are_the_same_passphrase() -> None:
    pair = keys.make_pair("tree 1234567", QUICK)
    keys.open_pair(pair, "　tree　１２３４５６７ ")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(Failure) as refused:
        keys.make_pair("  123456789  ", QUICK)
    assert refused.value.code == "backup_passphrase_short"


def test_an_archive_for_one_pair_does_not_open_with_another() -> None:
    first, second = keys.make_pair(PASSPHRASE, QUICK), keys.make_pair(PASSPHRASE, QUICK)
    with pytest.raises(InvalidTag):
        keys.unwrap(keys.wrap(KEY, first.public), keys.open_pair(second, PASSPHRASE))


def test_the_pair_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    pair = keys.make_pair(PASSPHRASE, QUICK)
    key_file.keep(tmp_path, pair)
    assert key_file.load(tmp_path) == pair
    assert key_file.path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert key_file.settle(tmp_path, PASSPHRASE) == pair
    with pytest.raises(Failure) as refused:
        key_file.settle(tmp_path, "another passphrase")
    assert refused.value.code == "backup_passphrase_wrong"


def test_entries_come_back_in_their_order_and_may_be_skipped() -> None:
    file = io.BytesIO()
    entries.put(file, "first", [b"ab", b"", b"c"])
    entries.put(file, "第二", [])
    entries.put(file, "third", [b"d" * 1000])
    entries.end(file)
    raw = file.getvalue()
    chunks = [raw[start : start + 7] for start in range(0, len(raw), 7)]
    assert [(name, b"".join(blocks)) for name, blocks in entries.read(chunks)] == [
        ("first", b"abc"),
        ("第二", b""),
        ("third", b"d" * 1000),
    ]
    assert [name for name, _ in entries.read(chunks)] == ["first", "第二", "third"]


@pytest.mark.parametrize("altered", [b"", b"Q", b"E\x00\x01", b"Zmore"])
def test_bytes_that_are_no_entries_are_refused(altered: bytes) -> None:
    with pytest.raises(entries.Malformed):
        list(entries.read([altered]))


def header_of(tmp_path: Path, **changes: object) -> Path:
    pair = keys.make_pair(PASSPHRASE, QUICK)
    path = tmp_path / "a.wuyibackup"
    with path.open("w+b") as file:
        header.write(file, Header("0.1.0", now(), pair, keys.wrap(KEY, pair.public)))
    raw = path.read_bytes()
    for name, value in changes.items():
        raw = raw.replace(f'"{name}": 1,'.encode(), f'"{name}": {value},'.encode())
    path.write_bytes(raw)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(Failure) as refused, path.open("rb") as file:
        header.read(file, path)
    return refused.value.code


def test_a_header_has_a_fixed_length_and_comes_back_as_it_was(tmp_path: Path) -> None:
    path = header_of(tmp_path)
    assert path.stat().st_size == header.BYTES
    with path.open("rb") as file:
        found = header.read(file, path)
    assert found.program == "0.1.0"
    assert found.bound() != Header("0.1.1", found.made_at, found.pair, found.key).bound()


def test_a_newer_format_a_damaged_header_and_any_other_file_are_told_apart(tmp_path: Path) -> None:
    assert code_of(header_of(tmp_path, format=2)) == "backup_newer"
    assert code_of(header_of(tmp_path, format='"')) == "backup_broken"
    cut = header_of(tmp_path)
    cut.write_bytes(cut.read_bytes()[:100])
    assert code_of(cut) == "backup_broken"
    cut.write_bytes(b"PK\x03\x04")
    assert code_of(cut) == "backup_no_archive"
