"""Who may touch what was said at stations, and whose rows show."""

from django.db import migrations

from wuyicun.kernel.database.migrations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0021_waiting"),
    ]
    operations = [
        protect("screening_stationrecord", "SELECT, INSERT, UPDATE"),
    ]
