"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("rolls", "0001_initial"),
    ]
    operations = [
        protect("rolls_roll"),
        protect("rolls_entry"),
        protect("rolls_statementrow"),
        protect("rolls_leafcount"),
        protect("rolls_change"),
        foreign_keys("rolls_roll", [("parent_id", "rolls_roll")]),
        foreign_keys("rolls_entry", [("roll_id", "rolls_roll")]),
        foreign_keys("rolls_statementrow", [("roll_id", "rolls_roll")]),
        foreign_keys("rolls_leafcount", [("roll_id", "rolls_roll")]),
    ]
