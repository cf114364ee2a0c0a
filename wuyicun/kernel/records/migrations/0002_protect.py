"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"),
    ]
    operations = [
        append_only("records_record"),
        protect("records_quarantined", "SELECT, INSERT, UPDATE"),
    ]
