"""Births and deaths."""

import django.db.models.deletion
from django.db import migrations, models

import wuyicun.kernel.ids
from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_without_code"),
    ]

    operations = [
        migrations.CreateModel(
            name="LifeEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("happened_on", models.DateField()),
                ("before", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.UUIDField(null=True)),
                (
                    "mother",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mother__isnull", False)),
                        fields=["village_id", "mother"],
                        name="children_of_a_mother",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("village_id", "person", "kind"),
                        name="lives_once",
                    )
                ],
            },
        ),
        protect("registry_lifeevent", "SELECT, INSERT, UPDATE"),
        foreign_keys("registry_lifeevent", [("person_id", "registry_person"), ("mother_id", "registry_person")]),
    ]
