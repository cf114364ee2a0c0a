"""What the tables keep to, so that they can be distributed by village (docs/decisions/0009)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import DO_NOTHING, PROTECT

from wuyicun.kernel.database.models import VillageModel

OURS = [model for model in apps.get_models() if model.__module__.startswith("wuyicun.")]

# Tables that stay small, or that no village owns; each with the reason why it may.
OF_THE_INSTALLATION = {
    "accounts.Account": "who logs in may work in several villages; few",
    "accounts.Grant": "read to know the scope; few",
    "accounts.SetupCode": "there is no village yet when it is made; one or two rows",
    "accounts.Village": "the register of villages",
    "audit.AuditSeal": "one chain over all villages, on the coordinator",
    "backup.Run": "backups are of the whole installation; one row a day",
    "interop.ReadToken": "read to know the scope; a few for each account",
    "fieldsync.DeviceToken": "read to know the scope; a few for each account",
    "laboratory.Token": "read to know the scope; a few for each account",
    "profiles.Profile": "reference table",
    "territory.Division": "reference table",
}
# Tables of a village without the base class, and why.
OTHER_VILLAGE_TABLES = {
    "audit.AuditRow": "rows of the installation itself have no village",
    "rolls.Change": "one row for each village: the village is the key",
}
OF_VILLAGES = [model for model in OURS if issubclass(model, VillageModel)]
WITH_ROW_SECURITY = sorted(model._meta.db_table for model in OURS if model._meta.label not in OF_THE_INSTALLATION)


def label(model: type[models.Model]) -> str:
    return model._meta.label


def links(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey)]


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: Any) -> dict[str, list[tuple[Any, ...]]]:
    """What PostgreSQL says of foreign keys, row-level security and policies."""
    questions = {
        "foreign_keys": "SELECT conrelid::regclass::text, confrelid::regclass::text, condeferrable, confdeltype::text,"
        " confupdtype::text, (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])"
        " FROM pg_constraint WHERE contype = 'f'",
        "row_security": "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        "policies": "SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE 'wuyi_app' = ANY (roles)"
        " OR 'public' = ANY (roles)",
        "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
        "primary_keys": "SELECT conrelid::regclass::text, (SELECT array_agg(attname) FROM pg_attribute"
        " WHERE attrelid = conrelid AND attnum = ANY (conkey)) FROM pg_constraint WHERE contype = 'p'",
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        found = {}
        for name, question in questions.items():
            cursor.execute(question)
            found[name] = cursor.fetchall()
        connection.close()
    return found


def test_a_table_is_a_villages_unless_it_says_why_not() -> None:
    others = {label(model) for model in OURS if not issubclass(model, VillageModel)}
    assert others == {*OF_THE_INSTALLATION, *OTHER_VILLAGE_TABLES}


@pytest.mark.parametrize("model", OF_VILLAGES, ids=label)
def test_its_key_is_a_uuid_called_id_and_it_names_its_village(model: type[VillageModel]) -> None:
    key = model._meta.pk
    assert (key.name, type(key)) == ("id", models.UUIDField)
    village = model._meta.get_field("village_id")
    assert (type(village), village.null) == (models.UUIDField, False)  # type: ignore[union-attr]


@pytest.mark.parametrize("model", OF_VILLAGES, ids=label)
def test_whatever_else_is_unique_is_unique_within_the_village(model: type[VillageModel]) -> None:
    assert not model._meta.unique_together
    for each in model._meta.total_unique_constraints + [
        each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)
    ]:
        assert "village_id" in each.fields, each.name
    alone = [each.name for each in model._meta.concrete_fields if each.unique and not each.primary_key]
    assert alone == []


@pytest.mark.parametrize("model", OF_VILLAGES, ids=label)
def test_every_index_begins_with_the_village(model: type[VillageModel]) -> None:
    for index in model._meta.indexes:
        first = index.fields[0] if index.fields else getattr(index.expressions[0], "name", "")
        assert first == "village_id", index.name
    assert [each.name for each in model._meta.concrete_fields if each.db_index] == []


@pytest.mark.parametrize("model", OF_VILLAGES, ids=label)
def test_its_links_stay_in_the_village_and_leave_the_constraint_to_the_migration(model: type[VillageModel]) -> None:
    for link in links(model):
        assert issubclass(link.remote_field.model, VillageModel), link.name
        assert link.db_constraint is False, link.name
        assert link.remote_field.on_delete is DO_NOTHING, link.name


@pytest.mark.parametrize("model", OF_VILLAGES, ids=label)
def test_each_of_its_links_is_an_immediate_foreign_key_in_the_database(
    model: type[VillageModel], catalogue: dict[str, list[tuple[Any, ...]]]
) -> None:
    here = model._meta.db_table
    found = {(row[5], row[1]): row[2:5] for row in catalogue["foreign_keys"] if row[0] == here}
    said = {(link.column, link.remote_field.model._meta.db_table) for link in links(model)}
    assert found.keys() == said, "foreign_keys(…) in the room's migration"
    assert set(found.values()) <= {(False, "a", "a")}  # not deferrable, no action on delete or update


def test_the_installations_own_links_delete_nothing_silently() -> None:
    for model in OURS:
        for link in links(model):
            assert link.remote_field.on_delete in (DO_NOTHING, PROTECT), f"{label(model)}.{link.name}"


def test_no_table_of_a_village_points_to_an_account(catalogue: dict[str, list[tuple[Any, ...]]]) -> None:
    pointing = {row[0] for row in catalogue["foreign_keys"] if str(row[1]).startswith("accounts_")}
    assert not pointing & {model._meta.db_table for model in OF_VILLAGES}


@pytest.mark.parametrize("table", WITH_ROW_SECURITY)
def test_it_has_row_level_security(table: str, catalogue: dict[str, list[tuple[Any, ...]]]) -> None:
    """ENABLE without FORCE, so that the owner's migrations and dumps see all."""
    assert {row[0]: row[1:] for row in catalogue["row_security"]}[table] == (True, False)


@pytest.mark.parametrize("table", WITH_ROW_SECURITY)
def test_its_policies_show_only_the_scopes_villages(table: str, catalogue: dict[str, list[tuple[Any, ...]]]) -> None:
    conditions = [part for row in catalogue["policies"] if row[0] == table for part in row[2:] if part is not None]
    assert conditions, "protect(…) in the room's migration"
    for condition in conditions:
        assert "wuyi.villages" in condition, condition


def test_only_the_audit_may_be_written_outside_of_the_scope(catalogue: dict[str, list[tuple[Any, ...]]]) -> None:
    """A row of no village, such as a log-in's, can be added in any scope."""
    wide = {row[0] for row in catalogue["policies"] for part in row[2:] if part is not None and " OR " in part}
    assert wide == {"audit_auditrow"}


def test_there_are_no_triggers_of_ours(catalogue: dict[str, list[tuple[Any, ...]]]) -> None:
    ours = [row for row in catalogue["triggers"] if not str(row[0]).startswith("procrastinate_")]
    assert ours == []


def test_no_model_has_logic_in_save_or_delete() -> None:
    for model in OURS:
        assert not {"save", "delete"} & vars(model).keys(), label(model)


# Rooms whose things stand in areas, and what becomes of those when a micro-grid is retired or joins another.
IN_AREAS = {
    "territory": "posts and units end with their area",
    "registry": "people, households and places are moved first: microgrids.neighbourhood.is_empty, registry.empty_leaf",
}


def test_no_room_keeps_things_in_areas_of_which_a_micro_grids_end_does_not_know() -> None:
    """A room that is missing here: let `microgrids` ask whether it has anything there, and move it along."""
    area = apps.get_model("territory", "Area")
    found = {
        model._meta.app_label
        for model in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is area
    }
    assert found == set(IN_AREAS)
