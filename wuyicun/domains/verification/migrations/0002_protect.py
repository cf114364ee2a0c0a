"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import append_only, foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0001_initial"),
    ]
    operations = [
        protect("verification_plan", "SELECT, INSERT, UPDATE"),
        protect("verification_period", "SELECT, INSERT, UPDATE"),
        append_only("verification_check"),
        append_only("verification_withdrawal"),
        foreign_keys("verification_period", [("roll_id", "rolls_roll")]),
        foreign_keys("verification_check", [("household_id", "registry_household")]),
    ]
