"""Who may touch printed proofs and whose rows show; what was printed stays as it was."""

from django.db import migrations

from wuyicun.kernel.database.migrations import append_only, foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0017_proof"),
    ]
    operations = [
        append_only("screening_proof"),
        foreign_keys("screening_proof", [("round_id", "screening_round")]),
    ]
