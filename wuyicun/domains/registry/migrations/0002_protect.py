"""Who may touch these tables, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0001_initial"),
        ("territory", "0002_protect"),
    ]
    operations = [
        *(
            protect(f"registry_{name}")
            for name in (
                "household",
                "person",
                "persongroup",
                "place",
                "card",
                "searchkey",
                "importbatch",
                "importrow",
                "importchange",
                "importproblem",
                "columnmapping",
                "conflict",
            )
        ),
        foreign_keys("registry_household", [("area_id", "territory_area")]),
        foreign_keys("registry_person", [("area_id", "territory_area"), ("household_id", "registry_household")]),
        foreign_keys("registry_persongroup", [("person_id", "registry_person")]),
        foreign_keys("registry_place", [("area_id", "territory_area")]),
        foreign_keys("registry_importrow", [("batch_id", "registry_importbatch")]),
        foreign_keys("registry_importchange", [("batch_id", "registry_importbatch")]),
        foreign_keys("registry_importproblem", [("batch_id", "registry_importbatch")]),
    ]
