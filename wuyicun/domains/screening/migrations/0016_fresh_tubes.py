"""Tubes that a batch opens and fills are stored at once as they will be."""

from pathlib import Path

from django.db import migrations

from wuyicun.kernel.database.migrations import functions


class Migration(migrations.Migration):
    dependencies = [("screening", "0015_plain_swabs")]
    operations = [functions(Path(__file__).parent / "sql/fresh_tubes.sql", ["FUNCTION screening_sum_up"])]
