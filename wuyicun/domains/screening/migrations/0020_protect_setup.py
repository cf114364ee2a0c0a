"""Who may touch the setting-up of stations, whose rows show, and what it belongs to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0019_setup"),
    ]
    operations = [
        protect("screening_setup", "SELECT, INSERT, UPDATE"),
        protect("screening_setuptick", "SELECT, INSERT, UPDATE"),
        foreign_keys("screening_setup", [("station_id", "screening_station")]),
        foreign_keys("screening_setuptick", [("setup_id", "screening_setup")]),
    ]
