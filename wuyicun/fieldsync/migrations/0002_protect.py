"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import grant


class Migration(migrations.Migration):
    dependencies = [
        ("fieldsync", "0001_initial"),
    ]
    operations = [
        grant("fieldsync_devicetoken", "SELECT, INSERT, UPDATE"),
    ]
