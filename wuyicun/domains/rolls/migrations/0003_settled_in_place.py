"""Entries and counts are changed in place: their state is in no index, and their pages have room for it."""

from django.db import migrations, models

from wuyicun.kernel.database.migrations import leave_room


class Migration(migrations.Migration):
    dependencies = [
        ("rolls", "0002_protect"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="entry", name="entry_missing_list"),
        migrations.AddIndex(
            "entry", models.Index(fields=["village_id", "roll", "area_id", "subject_id"], name="entry_missing_list")
        ),
        leave_room("rolls_entry", 50),
        leave_room("rolls_leafcount", 50),
        leave_room("rolls_change", 50),
    ]
