"""Who may touch outings, whose rows show, and what they point to."""

from django.db import migrations

from wuyicun.kernel.database.migrations import foreign_keys, protect


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0009_outing"),
    ]
    operations = [
        protect("screening_outing"),
        foreign_keys("screening_outing", [("round_id", "screening_round")]),
    ]
