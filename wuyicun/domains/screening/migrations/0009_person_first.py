"""The index of a person's swabs begins with the person, so that a tube's swabs are found by the other index only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0008_sample_came_as"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="sample", name="sample_by_person"),
        migrations.AddIndex(
            "sample", models.Index(fields=["person_id", "village_id", "round_id"], name="sample_by_person")
        ),
    ]
