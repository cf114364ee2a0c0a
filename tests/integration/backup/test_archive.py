"""An archive of a real database: read back, and refused with one line for whatever is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.cast import Cast
from tests.database import TestDatabase
from tests.integration.backup.conftest import PASSPHRASE, Installation
from wuyicun.kernel.backup.archive import checking, header, making, programs
from wuyicun.kernel.backup.archive.sealing import Sealer
from wuyicun.kernel.failure import Failure


def silent(phase: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def archive(installation: Installation) -> Path:
    return installation.make("a.wuyibackup")


def refusal(act: Callable[[], object]) -> Failure:
    with pytest.raises(Failure) as refused:
        act()
    assert "\n" not in refused.value.chinese + refused.value.english
    return refused.value


def check(path: Path, passphrase: str = PASSPHRASE) -> checking.Checked:
    return checking.check(path, checking.own_key(path, passphrase), silent)


def test_it_is_read_back_and_says_what_it_holds(archive: Path, cast: Cast) -> None:
    checked = check(archive)
    assert (checked.people, checked.villages, checked.files) == (len(cast.people), 2, 1)
    assert checked.rows > checked.people
    assert [path.name for path in archive.parent.glob("*.wuyibackup*")] == [archive.name]
    assert archive.stat().st_mode & 0o777 == 0o600


def test_without_the_passphrase_nothing_personal_can_be_read(
    archive: Path, cast: Cast, installation: Installation
) -> None:
    """Names, phones, villages, user names and keys, in every encoding they might stand in."""
    words = [*cast.people, *cast.accounts, "西头岭", "邻村", "registry_person", *installation.source.keys.values()]
    words += ["13800000000", str(cast.village.pk), *(str(person.pk) for person in cast.people.values())]
    spellings = {spelt for word in words for spelt in (word.encode(), word.encode("utf-16-le"), word.encode("gb18030"))}
    raw = archive.read_bytes()
    assert [spelt for spelt in spellings if len(spelt) > 3 and spelt in raw] == []
    clear = _in_clear(archive)
    assert "甲01".encode() in clear, "what is looked for is in it, else the above would prove nothing"
    assert installation.source.keys["index_key"].encode() in clear


def _in_clear(archive: Path) -> bytes:
    """What whoever knows the passphrase can read, the compressed parts of the dump as well."""
    found = []
    with checking.opened(archive, checking.own_key(archive, PASSPHRASE), silent) as inside:
        for name, blocks in inside:
            content = b"".join(blocks)
            found.append(content)
            if name == "database.dump":
                found.append(_script(content))
    return b"".join(found)


def _script(dump: bytes) -> bytes:
    command = [str(programs.find("pg_restore", 18)), "--file=-"]
    with programs.turning(command, [dump]) as script:
        return script.read()


def test_another_passphrase_does_not_open_it(archive: Path) -> None:
    assert refusal(lambda: check(archive, "西山 2 号院的槐树")).code == "backup_passphrase_wrong"


@pytest.mark.parametrize("missing", [1, 1000, 100_000])
def test_cut_off_it_is_refused(archive: Path, missing: int) -> None:
    archive.write_bytes(archive.read_bytes()[:-missing])
    refused = refusal(lambda: check(archive))
    assert refused.code == "backup_broken"
    assert "complete" in refused.english


def test_one_bit_changed_is_refused_also_when_the_checksum_was_mended(archive: Path) -> None:
    raw = bytearray(archive.read_bytes())
    raw[len(raw) // 2] ^= 1
    archive.write_bytes(raw)
    assert "checksum" in refusal(lambda: check(archive)).english
    digest = hashlib.sha256(raw[header.BYTES :]).hexdigest()
    before = checking.read_header(archive).body_sha256
    archive.write_bytes(raw.replace(before.encode(), digest.encode()))
    assert "part 1" in refusal(lambda: check(archive)).english


def test_a_header_that_was_altered_is_refused(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes().replace(b'"made_at": "2', b'"made_at": "1', 1))
    assert refusal(lambda: check(archive)).code == "backup_broken"


def test_rows_that_are_missing_are_noticed(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are those of the database, not of the dump: a table that is left out by mistake is missed."""
    command = "--exclude-table-data=registry_person"
    monkeypatch.setattr(making, "DUMP_OPTIONS", (*making.DUMP_OPTIONS, command))
    refused = refusal(lambda: installation.make("b.wuyibackup"))
    assert (refused.code, "registry_person" in refused.english) == ("backup_counts_differ", True)
    assert list(installation.place.glob("b.wuyibackup*")) == []


def test_what_is_there_is_not_overwritten(archive: Path, installation: Installation) -> None:
    before = archive.read_bytes()
    refused = refusal(lambda: installation.make(archive.name))
    assert refused.code == "backup_there_already"
    assert archive.read_bytes() == before


def test_without_room_on_the_disk_nothing_is_left_behind(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LEAST_FREE_BYTES", 10**18)
    refused = refusal(lambda: installation.make("b.wuyibackup"))
    assert refused.code == "disk_full"
    assert list(installation.place.glob("b.wuyibackup*")) == []


def test_a_database_that_does_not_answer_is_said_in_one_line(installation: Installation) -> None:
    nowhere = replace(installation.source, owner_url="postgresql://nobody@127.0.0.1:1/nothing")
    refused = refusal(lambda: replace(installation, source=nowhere).make("b.wuyibackup"))
    assert refused.code == "backup_program_failed"
    assert list(installation.place.glob("b.wuyibackup*")) == []


def test_no_password_stands_in_the_arguments_of_a_program(installation: Installation, database: TestDatabase) -> None:
    password = psycopg.conninfo.conninfo_to_dict(installation.source.owner_url)["password"]
    variables = programs.Database(installation.source.owner_url).variables()
    assert variables["PGPASSWORD"] == password
    assert variables["PGDATABASE"] == database.name


def test_a_body_that_is_none_of_ours_is_refused(archive: Path) -> None:
    key, head = checking.own_key(archive, PASSPHRASE), checking.read_header(archive)
    with archive.open("w+b") as file:
        header.write(file, head)
        sealer = Sealer(file, key, head.bound())
        sealer.write(b"something else")
        digest = sealer.close()
        header.write(file, replace(head, body_bytes=sealer.bytes, body_sha256=digest))
    assert "content" in refusal(lambda: check(archive)).english
