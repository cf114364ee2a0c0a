"""Turns in villages are taken by a function of the database, so that other functions can take them too."""

from pathlib import Path

from django.db import migrations

from wuyicun.kernel.database.migrations import functions


class Migration(migrations.Migration):
    dependencies = [("records", "0003_one_index_less")]
    operations = [functions(Path(__file__).parent / "sql/turns.sql", ["FUNCTION records_take_turns"])]
