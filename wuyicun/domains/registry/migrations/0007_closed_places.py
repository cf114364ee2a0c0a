"""Places that are closed stay, off the lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_many_at_once"),
    ]

    operations = [
        migrations.AddField(model_name="place", name="closed_at", field=models.DateTimeField(null=True)),
    ]
