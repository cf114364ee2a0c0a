"""The application keeps these rows; they belong to the installation, not to a village."""

from django.db import migrations

from wuyicun.kernel.database.migrations import grant


class Migration(migrations.Migration):
    dependencies = [
        ("backup", "0001_initial"),
    ]
    operations = [grant("backup_run")]
