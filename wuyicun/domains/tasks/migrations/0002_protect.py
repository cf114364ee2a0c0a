"""Who may touch tasks, and whose rows show."""

from django.db import migrations

from wuyicun.kernel.database.migrations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0001_initial"),
    ]
    operations = [
        protect("tasks_task", "SELECT, INSERT, UPDATE"),
    ]
