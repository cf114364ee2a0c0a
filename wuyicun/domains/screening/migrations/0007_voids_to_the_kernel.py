"""Voids belong to the kernel."""

from django.db import migrations
from django.db.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("screening", "0006_mistakes"), ("records", "0005_void")]
    operations = [
        RunSQL(
            "INSERT INTO records_void (id, village_id, record_id, reason, at, by)"
            " SELECT id, village_id, record_id, reason, at, by FROM screening_void",
            RunSQL.noop,
        ),
        migrations.DeleteModel(name="Void"),
    ]
