"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import append_only, foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0001_initial"),
        ("rolls", "0002_protect"),
        ("registry", "0002_protect"),
    ]
    operations = [
        protect("screening_round"),
        protect("screening_station"),
        protect("screening_tube"),
        protect("screening_sample", "SELECT, INSERT, UPDATE"),
        protect("screening_tuberecord", "SELECT, INSERT, UPDATE"),
        append_only("screening_void"),
        append_only("screening_report"),
        foreign_keys("screening_round", [("roll_id", "rolls_roll")]),
        foreign_keys("screening_station", [("round_id", "screening_round")]),
        foreign_keys("screening_tube", [("round_id", "screening_round")]),
        foreign_keys("screening_sample", [("round_id", "screening_round"), ("person_id", "registry_person")]),
        foreign_keys("screening_tuberecord", [("round_id", "screening_round")]),
        foreign_keys("screening_report", [("round_id", "screening_round")]),
    ]
