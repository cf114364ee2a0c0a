"""Who may touch these tables, and whose rows show."""

from django.db import migrations

from wuyicun.kernel.database.migrations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("hygiene", "0001_initial"),
    ]
    operations = [
        protect("hygiene_due", "SELECT, INSERT, UPDATE"),
        protect("hygiene_disinfection", "SELECT, INSERT, UPDATE"),
    ]
