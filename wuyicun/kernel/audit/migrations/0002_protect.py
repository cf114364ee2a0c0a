"""The application may add and read audit rows, the sealer may read them and add seals; nobody may change either.

Rows of no village (log-ins, accounts) may be added in any scope and are read by the sealer only.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from wuyicun.kernel.database.migrations import WITHIN

COLUMNS = "id, village_id, at, by, action, subject_kind, subject_id, data"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]
    operations = [
        RunSQL(
            [
                "ALTER TABLE audit_auditrow ENABLE ROW LEVEL SECURITY",
                f"CREATE POLICY village_read ON audit_auditrow FOR SELECT TO wuyi_app USING ({WITHIN})",
                f"CREATE POLICY village_add ON audit_auditrow FOR INSERT TO wuyi_app WITH CHECK (village_id IS NULL OR {WITHIN})",
                "CREATE POLICY sealer_read ON audit_auditrow FOR SELECT TO wuyi_sealer USING (true)",
                "GRANT SELECT ON audit_auditrow TO wuyi_app, wuyi_sealer",
                f"GRANT INSERT ({COLUMNS}) ON audit_auditrow TO wuyi_app",
                "GRANT SELECT, INSERT ON audit_auditseal TO wuyi_sealer",
                "GRANT USAGE ON SEQUENCE audit_auditseal_number_seq TO wuyi_sealer",
            ],
            [
                "REVOKE ALL ON audit_auditseal, audit_auditrow FROM wuyi_app, wuyi_sealer",
                "DROP POLICY village_read ON audit_auditrow",
                "DROP POLICY village_add ON audit_auditrow",
                "DROP POLICY sealer_read ON audit_auditrow",
                "ALTER TABLE audit_auditrow DISABLE ROW LEVEL SECURITY",
            ],
        )
    ]
