"""How much went wrong in a closed round stands with it, so that a quarter's rounds are not read again for every board."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

FROM_REPORTS = """
UPDATE screening_round r SET mistakes = (d.data #>> '{counts,unreachable}')::int
  + (d.data #>> '{tubes,late}')::int + (d.data #>> '{tubes,lost}')::int
FROM screening_report d WHERE d.village_id = r.village_id AND d.round_id = r.id AND r.state IN ('closed', 'amended')
  AND d.version = (SELECT max(l.version) FROM screening_report l WHERE l.village_id = r.village_id AND l.round_id = r.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0005_take_in"),
    ]
    operations = [
        migrations.AddField(
            model_name="round",
            name="mistakes",
            field=models.PositiveIntegerField(default=0),
        ),
        RunSQL(FROM_REPORTS, RunSQL.noop),
    ]
