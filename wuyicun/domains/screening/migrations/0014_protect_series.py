"""Who may touch series, whose rows show, and which rounds belong to one."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0013_series"),
    ]
    operations = [
        protect("screening_series"),
        foreign_keys("screening_round", [("series_id", "screening_series")]),
    ]
