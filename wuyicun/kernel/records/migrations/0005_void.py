"""Voids take back records of every room."""

from django.db import migrations, models

import wuyicun.kernel.ids
from wuyicun.kernel.database.migrations import append_only


class Migration(migrations.Migration):
    dependencies = [("records", "0004_turns")]
    operations = [
        migrations.CreateModel(
            name="Void",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("reason", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["village_id", "record_id"], name="void_of_a_record")]},
        ),
        append_only("records_void"),
    ]
