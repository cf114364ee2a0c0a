"""The profile that the plan of November 2022 stands on (二十条, 2022-11-11); figures and sources: docs/profiles.md."""

import datetime

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

from wuyicun.kernel.database.migrations import grant

COVID = {
    "pool_size": 10,
    "pool_size_single": 1,
    "round_within_hours": 24,
    "tube_leaves_within_minutes": 60,
    "result_within_hours": 8,
    "hold_hours": 24,
    "people_per_station": 2000,
    "people_per_sampler": 360,
    "proof_valid_hours": 48,
    "vaccination_defers_hours": 48,
}


def ship(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("profiles", "Profile").objects.using(editor.connection.alias).get_or_create(
        code="covid19",
        effective_from=datetime.date(2022, 11, 11),
        defaults={
            "name": "新型冠状病毒肺炎",
            "document": "关于进一步优化新冠肺炎疫情防控措施 科学精准做好防控工作的通知(联防联控机制综发〔2022〕101号)",
            "parameters": COVID,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0001_initial"),
    ]
    operations = [grant("profiles_profile", "SELECT"), RunPython(ship, RunPython.noop)]
