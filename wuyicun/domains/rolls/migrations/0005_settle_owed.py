"""Plainly owed entries are settled by a function of the database, which the functions of rooms above call."""

from pathlib import Path

from django.db import migrations

from wuyicun.kernel.database.migrations import functions


class Migration(migrations.Migration):
    dependencies = [("rolls", "0004_drift")]
    operations = [
        functions(
            Path(__file__).parent / "sql/settle_owed.sql",
            ["FUNCTION rolls_touch", "FUNCTION rolls_settle_owed", "TYPE rolls_settlement"],
        )
    ]
