"""Swabs that their tubes have room for are stored without ranking the others again; tubes name their round by its id."""

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState

from wuyicun.kernel.database.migrations import functions


def plain_round(model: str) -> SeparateDatabaseAndState:
    table = f"screening_{model}"
    return SeparateDatabaseAndState(
        state_operations=[
            migrations.RemoveField(model_name=model, name="round"),
            migrations.AddField(model, "round_id", models.UUIDField(), preserve_default=False),
        ],
        database_operations=[
            RunSQL(
                f'ALTER TABLE {table} DROP CONSTRAINT "{table}_round_id_fk"',
                f'ALTER TABLE {table} ADD CONSTRAINT "{table}_round_id_fk"'
                " FOREIGN KEY (round_id) REFERENCES screening_round (id)",
            )
        ],
    )


ONCE = models.UniqueConstraint(fields=["village_id", "round_id", "code"], name="tube_code_once")
BY_TUBE = models.Index(fields=["village_id", "round_id", "tube", "kind", "at"], name="tuberecord_by_tube")


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0014_protect_series"),
        ("rolls", "0008_settle_in_order"),
    ]
    operations = [
        functions(Path(__file__).parent / "sql/plain_swabs.sql", []),
        migrations.RemoveConstraint("tube", "tube_code_once"),
        migrations.RemoveIndex("tuberecord", "tuberecord_by_tube"),
        plain_round("tube"),
        plain_round("tuberecord"),
        migrations.AddConstraint("tube", ONCE),
        migrations.AddIndex("tuberecord", BY_TUBE),
    ]
