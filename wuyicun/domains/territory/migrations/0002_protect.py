"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, grant, protect


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0001_initial"),
    ]
    operations = [
        grant("territory_division", "SELECT"),
        protect("territory_area"),
        protect("territory_unit"),
        protect("territory_post"),
        foreign_keys("territory_area", [("parent_id", "territory_area")]),
        foreign_keys("territory_post", [("unit_id", "territory_unit")]),
    ]
