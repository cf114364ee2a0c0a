"""What was recorded stays as it was: the program's role cannot change or delete it.

That the sealer's cannot either is tried in tests/integration/kernel/test_audit.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from tests.architecture.village import FullVillage

KEPT = (
    "records_record",
    "records_void",
    "screening_report",
    "screening_proof",
    "verification_check",
    "verification_withdrawal",
    "registry_ledgertaken",
    "audit_auditrow",
    "audit_auditseal",
)
ATTEMPTS = {
    "update": 'UPDATE "{table}" SET {column} = {column}',
    "delete": 'DELETE FROM "{table}"',
    "truncate": 'TRUNCATE "{table}" CASCADE',
}
# Facts of the field that may be marked (taken back), never removed; what they say is guarded by the record behind them.
NEVER_DELETED = (
    *KEPT,
    "screening_sample",
    "screening_tuberecord",
    "screening_stationrecord",
    "hygiene_disinfection",
    "records_quarantined",
)


@pytest.fixture
def village(full_village: FullVillage) -> Iterator[FullVillage]:
    """The full village in its own scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wuyi.villages', %s, true)", ["{" + str(full_village.cast.village.pk) + "}"])
        yield full_village
        transaction.set_rollback(True)


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("table", KEPT)
def test_the_program_cannot_touch_what_is_kept(village: FullVillage, table: str, attempt: str) -> None:
    column = "number" if table == "audit_auditseal" else "id"
    with connection.cursor() as cursor:
        if table != "audit_auditseal":  # of the seals it may not even know the number
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone()[0] > 0, "there is nothing to change"
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            cursor.execute(ATTEMPTS[attempt].format(table=table, column=column))


def test_every_table_that_the_program_cannot_change_is_tried_here(village: FullVillage) -> None:
    """One that is append-only by its migration and not named above would be tried by nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND"
            " EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'village_id') AND NOT"
            " (has_any_column_privilege('wuyi_app', oid, 'UPDATE') OR has_table_privilege('wuyi_app', oid, 'DELETE'))"
        )
        found = {name for (name,) in cursor}
    assert found | {"audit_auditseal"} == set(KEPT)


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_the_program_holds_no_privilege_to_delete(village: FullVillage, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('wuyi_app', %s, 'DELETE, TRUNCATE')", [table])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("role", ["wuyi_app", "wuyi_sealer"])
@pytest.mark.parametrize("table", KEPT)
def test_no_column_of_what_is_kept_can_be_updated(village: FullVillage, table: str, role: str) -> None:
    """A privilege on a single column would slip past the tables' own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege(%s, %s, 'UPDATE')", [role, table])
        assert cursor.fetchone() == (False,)


def test_the_sealer_may_read_the_audit_add_seals_and_nothing_else(village: FullVillage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(DISTINCT p.privilege_type::text ORDER BY p.privilege_type::text)"
            " FROM pg_class c, aclexplode(c.relacl) p"
            " WHERE p.grantee = 'wuyi_sealer'::regrole AND c.relkind <> 'S' GROUP BY 1"
        )
        assert dict(cursor.fetchall()) == {"audit_auditrow": ["SELECT"], "audit_auditseal": ["INSERT", "SELECT"]}
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'wuyi_sealer'")
        assert cursor.fetchone() == (False,)


def test_the_program_cannot_say_which_transaction_wrote_a_row(village: FullVillage) -> None:
    """The sealer knows by it which rows can no longer appear."""
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO audit_auditrow (id, xid, at, action, subject_kind, data)"
            " VALUES (gen_random_uuid(), 1, now(), 'a.b', '', '{}')"
        )
