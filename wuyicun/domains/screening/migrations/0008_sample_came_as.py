"""Swabs of somebody who was merged into another follow, and know where they came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0007_voids_to_the_kernel"),
    ]

    operations = [
        migrations.AddField(
            model_name="sample",
            name="came_as",
            field=models.UUIDField(null=True),
        ),
    ]
