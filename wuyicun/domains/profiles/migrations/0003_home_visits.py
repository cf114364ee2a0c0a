"""How many a team visits at home, and how long that takes; figures and sources: docs/profiles.md."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

NUMBERS = {"people_per_outing": 20, "minutes_per_home_visit": 3}


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for profile in apps.get_model("profiles", "Profile").objects.using(editor.connection.alias).all():
        profile.parameters = {**NUMBERS, **profile.parameters}
        profile.save(update_fields=["parameters"])


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0002_shipped"),
    ]
    operations = [RunPython(add, RunPython.noop)]
