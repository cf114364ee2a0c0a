"""Who was registered twice is merged into one row, and what was decided of pairs is kept."""

from django.db import migrations, models

import wuyicun.domains.registry.rules
import wuyicun.kernel.ids
from wuyicun.kernel.database.migrations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_few_in_common"),
        ("territory", "0003_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pairing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wuyicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("village_id", models.UUIDField()),
                ("kept_id", models.UUIDField()),
                ("other_id", models.UUIDField()),
                ("verdict", models.CharField(max_length=8)),
                ("taken_sealed", models.BinaryField(null=True)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("merged_into_id__isnull", False)),
                fields=["village_id", "merged_into_id"],
                name="person_merged_into",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into_id__isnull", True), ("left_at__isnull", False), _connector="OR"),
                name="merged_is_off_the_list",
            ),
        ),
        migrations.AddIndex(
            model_name="pairing",
            index=models.Index(fields=["village_id", "verdict", "decided_at"], name="pairing_by_time"),
        ),
        migrations.AddIndex(
            model_name="pairing",
            index=models.Index(fields=["village_id", "kept_id"], name="pairing_by_kept"),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("undone_at__isnull", True), ("verdict", wuyicun.domains.registry.rules.Verdict["SAME"])
                ),
                fields=("village_id", "other_id"),
                name="merged_into_one_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept_id", models.F("other_id")), _negated=True), name="a_pair_is_two_rows"
            ),
        ),
        protect("registry_pairing", "SELECT, INSERT, UPDATE"),
    ]
