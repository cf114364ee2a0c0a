"""Changes of many people at once, whom they are about, and what stood there."""

import django.db.models.deletion
from django.db import migrations, models

import wuyicun.kernel.ids
from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_registered_twice"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("change", models.JSONField()),
                ("state", models.CharField(max_length=8)),
                ("total", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("restored", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["village_id", "made_at"], name="bulk_by_time")],
            },
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("changed", models.BooleanField(null=True)),
                ("before", models.JSONField(default=dict)),
                ("restored", models.BooleanField(null=True)),
                (
                    "bulk",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.bulkchange",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("village_id", "bulk", "person_id"), name="in_a_bulk_change_once")
                ],
            },
        ),
        protect("registry_bulkchange", "SELECT, INSERT, UPDATE"),
        protect("registry_bulkitem", "SELECT, INSERT, UPDATE"),
        foreign_keys("registry_bulkitem", [("bulk_id", "registry_bulkchange")]),
    ]
