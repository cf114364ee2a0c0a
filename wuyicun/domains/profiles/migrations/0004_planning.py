"""How fast a window samples, who works at a station and what it brings; figures and sources: docs/profiles.md."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

NUMBERS = {"people_per_window_hour": 100, "staff_per_window": 2, "staff_per_station": 2, "spare_percent": 10}
KIT = (
    ("swab", "person", 1),
    ("tube", "tube", 1),
    ("label", "tube", 1),
    ("gown", "staff", 1),
    ("mask", "staff", 2),
    ("face_shield", "staff", 1),
    ("gloves", "staff", 4),
    ("hand_rub", "window", 2),
    ("disinfectant", "station", 2),
    ("waste_bag", "station", 4),
    ("carrier", "station", 1),
    ("thermometer", "station", 2),
    ("signs", "station", 1),
)


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    kit = [{"code": code, "per": per, "amount": amount} for code, per, amount in KIT]
    for profile in apps.get_model("profiles", "Profile").objects.using(editor.connection.alias).all():
        profile.parameters = {**NUMBERS, "kit": kit, **profile.parameters}
        profile.save(update_fields=["parameters"])


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0003_home_visits"),
    ]
    operations = [RunPython(add, RunPython.noop)]
