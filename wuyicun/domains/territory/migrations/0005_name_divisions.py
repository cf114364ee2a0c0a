"""The names of the divisions above a village are typed by its office."""

from django.db import migrations

from wuyicun.kernel.database.migrations import grant


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0004_duty"),
    ]
    operations = [grant("territory_division", "INSERT, UPDATE, DELETE")]
