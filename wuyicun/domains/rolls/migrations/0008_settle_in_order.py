"""Entries are settled in the order of roll and subject, found once instead of twice."""

from pathlib import Path

from django.db import migrations

from wuyicun.kernel.database.migrations import functions


class Migration(migrations.Migration):
    dependencies = [
        ("rolls", "0007_statementrow_came_as"),
    ]
    operations = [functions(Path(__file__).parent / "sql/settle_in_order.sql", [])]
