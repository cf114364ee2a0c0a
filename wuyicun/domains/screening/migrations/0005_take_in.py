"""Records of swabs and tubes are taken in by a function of the database: one call for all of a transaction."""

from pathlib import Path

from django.db import migrations

from wuyicun.kernel.database.migrations import functions

FUNCTIONS = ("take_in", "check_told", "check_swabs", "decide", "rank", "derive")
TYPES = ("finding", "touched", "told", "swab")


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0004_reason"),
        ("records", "0005_void"),
        ("registry", "0001_initial"),
        ("rolls", "0005_settle_owed"),
    ]
    operations = [
        functions(
            Path(__file__).parent / "sql/take_in.sql",
            [f"FUNCTION screening_{name}" for name in FUNCTIONS] + [f"TYPE screening_{name}" for name in TYPES],
        )
    ]
