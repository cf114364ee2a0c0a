"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, grant, protect


class Migration(migrations.Migration):
    dependencies = [
        ("laboratory", "0001_initial"),
    ]
    operations = [
        protect("laboratory_delivery", "SELECT, INSERT, UPDATE"),
        protect("laboratory_line"),
        protect("laboratory_layout", "SELECT, INSERT, UPDATE"),
        grant("laboratory_token", "SELECT, INSERT, UPDATE (revoked_at)"),
        foreign_keys("laboratory_delivery", [("round_id", "screening_round")]),
        foreign_keys("laboratory_line", [("delivery_id", "laboratory_delivery")]),
    ]
