"""The index of the missing list begins with the leaf, so that entries of subjects are found by the constraint's index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rolls", "0005_settle_owed"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="entry", name="entry_missing_list"),
        migrations.AddIndex(
            "entry", models.Index(fields=["village_id", "area_id", "roll", "subject_id"], name="entry_missing_list")
        ),
    ]
