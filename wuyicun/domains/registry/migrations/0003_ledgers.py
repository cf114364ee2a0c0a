import datetime

import django.db.models.functions.comparison
from django.db import migrations, models

import wuyicun.kernel.ids
from wuyicun.kernel.database.migrations import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_protect"),
        ("territory", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ledger",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("title", models.CharField(max_length=60)),
                ("about", models.CharField(blank=True, default="", max_length=120)),
                ("definition", models.JSONField()),
                ("copied_from", models.CharField(blank=True, default="", max_length=40)),
                ("owner_id", models.UUIDField()),
                ("shared_path", models.CharField(blank=True, db_collation="C", default="", max_length=32)),
                ("made_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.UUIDField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerTaken",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("ledger", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=80)),
                ("how", models.CharField(max_length=10)),
                ("area_path", models.CharField(db_collation="C", max_length=32)),
                ("narrowed", models.BooleanField(default=False)),
                ("clear", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, default="", max_length=16)),
                ("note", models.CharField(blank=True, default="", max_length=120)),
                ("rows_taken", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="LedgerTemplate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("ledger", models.CharField(max_length=40)),
                ("file_name", models.CharField(max_length=120)),
                ("content_sealed", models.BinaryField()),
                ("layout", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField()),
            ],
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("left_at__isnull", True)),
                fields=["village_id", "residence", "area_path", "id"],
                name="person_by_residence",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                models.F("village_id"),
                django.db.models.functions.comparison.Coalesce(
                    models.F("birth_date"), models.Value(datetime.date(9999, 12, 31)), output_field=models.DateField()
                ),
                models.F("id"),
                condition=models.Q(("left_at__isnull", True)),
                name="person_by_birth_date",
            ),
        ),
        migrations.AddIndex(
            model_name="ledger",
            index=models.Index(fields=["village_id", "retired_at", "title"], name="ledger_by_title"),
        ),
        migrations.AddConstraint(
            model_name="ledger",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="ledger_has_a_title"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgertaken",
            index=models.Index(fields=["village_id", "id"], name="ledger_taken_by_time"),
        ),
        migrations.AddConstraint(
            model_name="ledgertaken",
            constraint=models.CheckConstraint(
                condition=models.Q(("clear", False), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="in_clear_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgertemplate",
            constraint=models.UniqueConstraint(fields=("village_id", "ledger"), name="one_template_for_a_ledger"),
        ),
        protect("registry_ledger"),
        protect("registry_ledgertemplate"),
        append_only("registry_ledgertaken"),
    ]
