"""The audit and its seals: none skipped, whoever writes at the same time; whatever is changed is found and named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tests.cast import Cast, make_cast
from tests.database import TestDatabase
from wuyicun.kernel import clock
from wuyicun.kernel.audit import sealer
from wuyicun.kernel.ids import uuid7

# A seal waits for the oldest open transaction of the whole cluster, those of other tests included.
pytestmark = pytest.mark.alone

Owner = psycopg.Connection[Any]
ATTEMPTS = {
    "update": 'UPDATE "{table}" SET {column} = {column}',
    "delete": 'DELETE FROM "{table}"',
    "truncate": 'TRUNCATE "{table}" CASCADE',
}


@pytest.fixture
def connected(database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    """The sealer's connection."""
    with psycopg.connect(settings.WUYI_SEALER_URL, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cast(database: TestDatabase) -> Cast:
    made = make_cast()
    connections.close_all()
    return made


@pytest.fixture
def writer(database: TestDatabase) -> Iterator[Callable[[], psycopg.Connection[Any]]]:
    """Connections as the program's role, closed after the test."""
    made: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        made.append(psycopg.connect(database.server.layout.url("wuyi_app", database.name)))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def write(connection: psycopg.Connection[Any], action: str) -> UUID:
    """A row of the audit, not committed yet."""
    row = uuid7()
    connection.execute(
        "INSERT INTO audit_auditrow (id, at, action, subject_kind, data) VALUES (%s, %s, %s, '', '{}')",
        [row, clock.now(), action],
    )
    return row


_OLDER = """
SELECT coalesce(max(xid), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM audit_auditrow
WHERE action LIKE %s
"""


def sealed(connection: psycopg.Connection[Any], actions: str = "%") -> int:
    """How many rows a seal covers, once no transaction of another test, in another database, is older than they are."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        row = connection.execute(_OLDER, [actions]).fetchone()
        if row is not None and row[0]:
            break
        time.sleep(0.05)
    return sealer.seal(connection, clock.now())


def test_every_row_is_sealed_and_the_audit_verifies(cast: Cast, connected: psycopg.Connection[Any]) -> None:
    rows = sealed(connected)
    verdict = sealer.verify(connected)
    assert (verdict.verified, verdict.first_bad, verdict.seals) == (True, None, 1)
    assert (verdict.rows, verdict.sealed, verdict.unsealed) == (rows, rows, 0)
    assert rows > 20, "the cast's accounts, grants, areas and posts"


def test_with_nothing_new_nothing_is_sealed(cast: Cast, connected: psycopg.Connection[Any]) -> None:
    sealed(connected)
    assert sealed(connected) == 0
    assert sealer.verify(connected).seals == 1


def test_a_row_that_was_written_since_is_told_as_not_sealed_yet(
    cast: Cast, connected: psycopg.Connection[Any], writer: Callable[[], psycopg.Connection[Any]]
) -> None:
    sealed(connected)
    with closing(writer()) as connection:
        write(connection, "a.late")
        connection.commit()
    verdict = sealer.verify(connected)
    assert (verdict.verified, verdict.unsealed) == (True, 1)


def test_no_writer_is_skipped_however_their_transactions_overlap(
    connected: psycopg.Connection[Any], writer: Callable[[], psycopg.Connection[Any]]
) -> None:
    """A transaction that began first and commits last: its rows are older than those that a seal covers meanwhile."""
    slow, quick, third = writer(), writer(), writer()
    write(slow, "a.slow")
    write(quick, "a.quick")
    quick.commit()
    assert sealer.seal(connected, clock.now()) == 0, "the slow one is still open, and older"
    write(third, "a.third")
    slow.commit()
    assert sealed(connected) == 2
    third.commit()
    assert sealed(connected) == 1
    verdict = sealer.verify(connected)
    assert (verdict.rows, verdict.sealed, verdict.verified) == (3, 3, True)


def test_a_writer_that_gives_up_holds_nobody_up(
    connected: psycopg.Connection[Any], writer: Callable[[], psycopg.Connection[Any]]
) -> None:
    first, second = writer(), writer()
    write(first, "a.first")
    write(second, "a.second")
    second.commit()
    first.rollback()
    assert sealed(connected) == 1
    assert sealer.verify(connected).verified


def test_two_sealers_at_once_do_not_seal_twice(cast: Cast, connected: psycopg.Connection[Any]) -> None:
    with psycopg.connect(settings.WUYI_SEALER_URL, autocommit=True) as other:
        assert sealed(connected) > 0
        assert sealed(other) == 0
    verdict = sealer.verify(connected)
    assert (verdict.seals, verdict.unsealed, verdict.verified) == (1, 0, True)


@pytest.fixture
def three_seals(
    cast: Cast, connected: psycopg.Connection[Any], writer: Callable[[], psycopg.Connection[Any]]
) -> list[UUID]:
    """Three more rows, each with a seal of its own."""
    sealed(connected)
    rows = []
    connection = writer()
    for number in range(3):
        rows.append(write(connection, f"a.row{number}"))
        connection.commit()
        assert sealed(connected) == 1
    return rows


def numbers(owner: Owner) -> list[int]:
    """The seals' numbers: the first over the cast, then one for each of the three rows."""
    return [row[0] for row in owner.execute("SELECT number FROM audit_auditseal ORDER BY number").fetchall()]


def test_a_row_that_the_owner_altered_is_named(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    owner.execute("UPDATE audit_auditrow SET action = 'a.other' WHERE id = %s", [three_seals[1]])
    verdict = sealer.verify(connected)
    assert not verdict.verified
    assert verdict.first_bad == f"row {three_seals[1].hex} (seal {numbers(owner)[2]}): altered"


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "by = gen_random_uuid()",
        "subject_id = gen_random_uuid()",
        "subject_kind = 'person'",
        "village_id = gen_random_uuid()",
        "data = '{\"n\": 1}'",
    ],
)
def test_every_column_is_guarded(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any], change: str
) -> None:
    owner.execute(f"UPDATE audit_auditrow SET {change} WHERE id = %s", [three_seals[0]])
    assert sealer.verify(connected).first_bad == f"row {three_seals[0].hex} (seal {numbers(owner)[1]}): altered"


def test_a_row_that_the_owner_deleted_is_named(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    owner.execute("DELETE FROM audit_auditrow WHERE id = %s", [three_seals[0]])
    assert sealer.verify(connected).first_bad == f"row {three_seals[0].hex} (seal {numbers(owner)[1]}): removed"


def test_a_row_that_the_owner_slipped_in_is_named(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    new = uuid7()
    owner.execute(
        "INSERT INTO audit_auditrow (id, xid, at, action, subject_kind, data)"
        " SELECT %s, xid, at, 'a.false', '', '{}' FROM audit_auditrow WHERE id = %s",
        [new, three_seals[2]],
    )
    assert sealer.verify(connected).first_bad == f"row {new.hex} (seal {numbers(owner)[3]}): slipped in"


def test_a_row_that_was_moved_to_another_transaction_is_named(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    owner.execute("UPDATE audit_auditrow SET xid = xid + 1000000 WHERE id = %s", [three_seals[0]])
    assert sealer.verify(connected).first_bad == f"row {three_seals[0].hex} (seal {numbers(owner)[1]}): removed"


def test_the_first_bad_row_is_named_and_not_a_later_one(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    for row in (three_seals[2], three_seals[1]):
        owner.execute("UPDATE audit_auditrow SET action = 'a.other' WHERE id = %s", [row])
    assert sealer.verify(connected).first_bad == f"row {three_seals[1].hex} (seal {numbers(owner)[2]}): altered"


def test_a_seal_that_was_deleted_breaks_the_chain_at_the_next(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    _, second, third, _ = numbers(owner)
    owner.execute("DELETE FROM audit_auditseal WHERE number = %s", [second])
    assert sealer.verify(connected).first_bad == f"seal {third}"


def test_a_seal_that_was_written_anew_over_an_altered_row_breaks_the_chain(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    second = numbers(owner)[1]
    owner.execute("UPDATE audit_auditseal SET content = content || '\\x00' WHERE number = %s", [second])
    assert sealer.verify(connected).first_bad == f"seal {second}"


def test_the_last_seals_hash_is_told_so_that_it_can_be_kept_outside(
    three_seals: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    """Cut off at its end, the chain still verifies: only the head that was kept outside tells."""
    before = sealer.verify(connected).head
    owner.execute("DELETE FROM audit_auditseal WHERE number = %s", [numbers(owner)[3]])
    owner.execute("DELETE FROM audit_auditrow WHERE id = %s", [three_seals[2]])
    after = sealer.verify(connected)
    assert after.verified
    assert after.head != before


@pytest.fixture
def restored(three_seals: list[UUID], owner: Owner) -> list[UUID]:
    """What was written so far came from another cluster, the last row unsealed; transactions begin again here."""
    owner.execute("DELETE FROM audit_auditseal WHERE number = %s", [numbers(owner)[3]])
    for table in ("audit_auditrow", "audit_auditseal"):
        owner.execute(f"UPDATE {table} SET cluster = 1")
    owner.execute(
        "INSERT INTO audit_auditrow (id, at, action, subject_kind, data) VALUES (%s, now(), 'a.new', '', '{}')",
        [uuid7()],
    )
    return three_seals


def test_after_a_restore_the_rest_is_sealed_and_a_new_epoch_begins(
    restored: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    assert sealed(connected, "a.new") == 2
    epochs = owner.execute("SELECT epoch, cluster = 1 FROM audit_auditseal ORDER BY number").fetchall()
    assert epochs == [(1, True), (1, True), (1, True), (1, True), (2, False)]
    verdict = sealer.verify(connected)
    assert (verdict.verified, verdict.unsealed) == (True, 0)


def test_what_was_written_before_a_restore_is_guarded_after_it(
    restored: list[UUID], owner: Owner, connected: psycopg.Connection[Any]
) -> None:
    sealed(connected, "a.new")
    owner.execute("UPDATE audit_auditrow SET action = 'a.other' WHERE id = %s", [restored[1]])
    assert sealer.verify(connected).first_bad == f"row {restored[1].hex} (seal {numbers(owner)[2]}): altered"


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("table", ["audit_auditrow", "audit_auditseal"])
def test_the_sealer_cannot_touch_what_is_kept(connected: psycopg.Connection[Any], table: str, attempt: str) -> None:
    column = "number" if table == "audit_auditseal" else "id"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connected.execute(ATTEMPTS[attempt].format(table=table, column=column))


def test_the_sealer_cannot_add_rows_to_the_audit(connected: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connected.execute(
            "INSERT INTO audit_auditrow (id, at, action, subject_kind, data)"
            " VALUES (gen_random_uuid(), now(), 'a.b', '', '{}')"
        )


def test_the_sealer_reads_nothing_but_the_audit(connected: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connected.execute("SELECT count(*) FROM registry_person")
