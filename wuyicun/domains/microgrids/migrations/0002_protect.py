"""Who may touch these tables and whose rows show."""

from django.db import migrations

from wuyicun.kernel.database.migrations import protect


class Migration(migrations.Migration):
    dependencies = [
        ("microgrids", "0001_initial"),
        ("territory", "0002_protect"),
    ]
    operations = [
        *(
            protect(f"microgrids_{name}")
            for name in ("villagemap", "mappoint", "chatgroup", "happening", "rebalancing")
        ),
    ]
