"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("standing", "0001_initial"),
    ]
    operations = [
        protect("standing_standing"),
    ]
