"""Swabs are stored in bulk: plain ids in place of foreign keys, and no index that another one covers."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState

from wuyicun.kernel.database.migrations import leave_room


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0002_protect"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="sample", name="sample_by_tube"),
        migrations.RemoveIndex(model_name="sample", name="sample_by_person"),
        migrations.RemoveIndex(model_name="tube", name="tube_by_state"),
        SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="sample", name="round"),
                migrations.RemoveField(model_name="sample", name="person"),
                migrations.AddField("sample", "round_id", models.UUIDField(), preserve_default=False),
                migrations.AddField("sample", "person_id", models.UUIDField(), preserve_default=False),
            ],
            database_operations=[
                RunSQL(
                    f'ALTER TABLE screening_sample DROP CONSTRAINT "screening_sample_{column}_fk"',
                    f'ALTER TABLE screening_sample ADD CONSTRAINT "screening_sample_{column}_fk"'
                    f" FOREIGN KEY ({column}) REFERENCES {table} (id)",
                )
                for column, table in (("round_id", "screening_round"), ("person_id", "registry_person"))
            ],
        ),
        migrations.AddIndex("sample", models.Index(fields=["village_id", "round_id", "tube"], name="sample_by_tube")),
        migrations.AddIndex(
            "sample", models.Index(fields=["village_id", "person_id", "round_id"], name="sample_by_person")
        ),
        leave_room("screening_tube", 70),
    ]
