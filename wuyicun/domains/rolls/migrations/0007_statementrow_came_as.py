"""What was said of somebody who was merged into another follows, and knows where it came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rolls", "0006_leaf_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="statementrow",
            name="came_as",
            field=models.UUIDField(null=True),
        ),
    ]
