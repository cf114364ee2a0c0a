"""Who lacks a sampling code is counted on the board and on each micro-grid's page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_closed_places"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("left_at__isnull", True), ("sampling_code", False)),
                fields=["village_id", "area_path"],
                name="person_without_code",
            ),
        ),
    ]
