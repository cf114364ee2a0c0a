"""Who may touch plans and their slots, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0011_plan"),
    ]
    operations = [
        protect("screening_plan"),
        protect("screening_slot"),
        foreign_keys("screening_plan", [("round_id", "screening_round")]),
        foreign_keys("screening_slot", [("plan_id", "screening_plan"), ("station_id", "screening_station")]),
    ]
