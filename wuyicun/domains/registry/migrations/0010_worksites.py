"""Worksites: a liaison, dormitories, a roster of workers."""

import django.db.models.deletion
from django.db import migrations, models

import wuyicun.kernel.ids
from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0009_births_and_deaths"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="liaison_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="place",
            name="liaison_phone_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="place",
            name="part_of",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.place",
            ),
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("job", models.CharField(blank=True, default="", max_length=32)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "dormitory",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.place",
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
                (
                    "place",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.place",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["village_id", "place", "ends_on"], name="workers_of_a_place")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("village_id", "person"),
                        name="works_at_one_place",
                    )
                ],
            },
        ),
        protect("registry_worker", "SELECT, INSERT, UPDATE"),
        foreign_keys(
            "registry_worker",
            [("place_id", "registry_place"), ("person_id", "registry_person"), ("dormitory_id", "registry_place")],
        ),
        foreign_keys("registry_place", [("part_of_id", "registry_place")]),
    ]
