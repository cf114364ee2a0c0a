"""Who may touch these tables."""

from django.db import migrations

from wuyicun.kernel.database.migrations import grant, protect


class Migration(migrations.Migration):
    dependencies = [
        ("interop", "0001_initial"),
    ]
    operations = [
        grant("interop_readtoken", "SELECT, INSERT, UPDATE (revoked_at)"),
        protect("interop_reading", "SELECT, INSERT, UPDATE (times, rows_read, last_at)"),
    ]
