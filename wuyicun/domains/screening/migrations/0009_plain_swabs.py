"""Swabs that their tubes have room for are stored without ranking the others again; tubes know their round's plain id."""

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState

from wuyicun.kernel.database.migrations import functions


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0008_sample_came_as"),
        ("rolls", "0008_settle_in_order"),
    ]
    operations = [
        functions(Path(__file__).parent / "sql/plain_swabs.sql", []),
        *(
            RunSQL(
                f'ALTER TABLE {table} DROP CONSTRAINT "{table}_round_id_fk"',
                f'ALTER TABLE {table} ADD CONSTRAINT "{table}_round_id_fk"'
                " FOREIGN KEY (round_id) REFERENCES screening_round (id)",
            )
            for table in ("screening_tube", "screening_tuberecord")
        ),
    ]
