"""How rounds may follow each other; sources: docs/profiles.md."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

SCHEMES = [
    {"code": "daily", "every_days": 1, "clean_rounds": 0, "gap_days": 0},
    {"code": "three_and_one", "every_days": 1, "clean_rounds": 3, "gap_days": 3},
]


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for profile in apps.get_model("profiles", "Profile").objects.using(editor.connection.alias).all():
        profile.parameters = {"schemes": SCHEMES, **profile.parameters}
        profile.save(update_fields=["parameters"])


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0004_planning"),
    ]
    operations = [RunPython(add, RunPython.noop)]
