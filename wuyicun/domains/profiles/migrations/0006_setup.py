"""What is seen to before a station opens; sources: docs/profiles.md."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

SETUP = [
    "zones",
    "tent",
    "lines",
    "signs",
    "ventilation",
    "order",
    "protection",
    "hand_rub",
    "disinfectant",
    "kit",
    "phones",
    "waste",
]


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for profile in apps.get_model("profiles", "Profile").objects.using(editor.connection.alias).all():
        profile.parameters = {"setup": SETUP, **profile.parameters}
        profile.save(update_fields=["parameters"])


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0005_schemes"),
    ]
    operations = [RunPython(add, RunPython.noop)]
