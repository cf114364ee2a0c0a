"""What few people of a town have in common is found by an index of those few."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_ledgers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["village_id", "whereabouts", "residence"], name="person_by_stay"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("household__isnull", True)),
                fields=["village_id", "name_sort", "id"],
                name="person_alone",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("problems", []), _negated=True),
                fields=["village_id", "name_sort", "id"],
                name="person_to_check",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("left_at__isnull", False)),
                fields=["village_id", "name_sort", "id"],
                name="person_who_left",
            ),
        ),
    ]
