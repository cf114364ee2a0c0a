"""Nobody asks for records by device and number."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_protect"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="record", name="record_by_device"),
    ]
