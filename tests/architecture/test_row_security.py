"""Whose rows show: tried table by table, as the role that the program runs as."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from tests.architecture.village import FullVillage
from wuyicun.kernel import scope

# Tables without a village: each belongs to the installation, and says why no village's data lies in it.
OF_NO_VILLAGE = {
    "accounts_account": "who logs in; a person may work in several villages",
    "accounts_grant": "what the scope is read from, before there is a scope",
    "accounts_setupcode": "a digest, of no use once there is an account",
    "accounts_village": "the register of the villages themselves",
    "audit_auditseal": "seals over the audit of all villages; the application can't even read them",
    "backup_run": "when backups of the whole installation were made; figures only",
    "interop_readtoken": "what a program's scope is read from, before there is a scope",
    "fieldsync_devicetoken": "what a phone's scope is read from, before there is a scope",
    "laboratory_token": "what a laboratory's scope is read from, before there is a scope",
    "profiles_profile": "a small reference table",
    "territory_division": "a small reference table",
}
OF_VILLAGES = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if model.__module__.startswith("wuyicun.") and model._meta.db_table not in OF_NO_VILLAGE
)


@pytest.fixture
def village(full_village: FullVillage) -> Iterator[FullVillage]:
    """The full village; what a test does is taken back after it."""
    with transaction.atomic():
        yield full_village
        transaction.set_rollback(True)


def show(*villages: UUID) -> None:
    """Let PostgreSQL show these villages, none when none is named."""
    value = "{" + ",".join(map(str, villages)) + "}" if villages else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wuyi.villages', %s, true)", [value])


def count(table: str, condition: str = "true", *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {condition}', values)
        return int(cursor.fetchone()[0])


def test_every_table_is_either_a_villages_or_named_above() -> None:
    with_column = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("wuyicun.") and any(f.name == "village_id" for f in model._meta.get_fields())
    }
    assert set(OF_VILLAGES) <= with_column
    assert with_column - set(OF_VILLAGES) == {"accounts_grant"}


@pytest.mark.parametrize("table", OF_VILLAGES)
def test_the_table_has_something_to_hide(village: FullVillage, table: str) -> None:
    show(village.cast.village.pk)
    assert count(table) > 0, "let tests/architecture/village.py put a row into it"


@pytest.mark.parametrize("table", OF_VILLAGES)
def test_without_a_scope_no_row_shows(village: FullVillage, table: str) -> None:
    show()
    assert count(table) == 0


@pytest.mark.parametrize("table", OF_VILLAGES)
def test_in_another_villages_scope_none_of_ours_shows(village: FullVillage, table: str) -> None:
    show(village.cast.neighbour.pk)
    assert count(table, "village_id = %s", village.cast.village.pk) == 0


@pytest.mark.parametrize("table", OF_VILLAGES)
def test_no_row_of_another_village_can_be_added(village: FullVillage, table: str) -> None:
    """The policy refuses it whatever the row's other columns say."""
    mine = village.cast.village.pk
    show(mine)
    columns = [name for name in _columns(table) if name not in {"village_id", "id"}]
    copied = ", ".join(f'"{name}"' for name in columns)
    names = "village_id, id, " if "id" in _columns(table) else "village_id, "
    values = "%s, %s, " if "id" in _columns(table) else "%s, "
    statement = f'INSERT INTO "{table}" ({names}{copied}) SELECT {values}{copied} FROM "{table}" LIMIT 1'
    parameters = [uuid4()] if names == "village_id, " else [village.cast.neighbour.pk, uuid4()]
    with pytest.raises(Error, match="row-level security"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("table", OF_VILLAGES)
def test_no_row_can_be_moved_to_another_village(village: FullVillage, table: str) -> None:
    show(village.cast.village.pk)
    with (
        pytest.raises(Error, match=r"row-level security|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'UPDATE "{table}" SET village_id = %s', [village.cast.neighbour.pk])


def _columns(table: str) -> list[str]:
    """The columns that the role may write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
            " AND has_column_privilege(%s, column_name::text, 'INSERT') ORDER BY ordinal_position",
            [table, table],
        )
        return [name for (name,) in cursor.fetchall()]


def test_a_scope_shows_its_villages_and_leaving_it_hides_them(village: FullVillage) -> None:
    show()
    with scope.enter(village.cast.scope()):
        assert count("registry_person") > 0
    assert count("registry_person") == 0


def test_the_programs_role_is_neither_mighty_nor_an_owner(village: FullVillage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("wuyi_app", False, False, False, False)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE pg_has_role('wuyi_app', relowner, 'MEMBER')"
            " AND relnamespace = 'public'::regnamespace"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_schema_privilege('wuyi_app', 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)
