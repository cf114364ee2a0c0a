"""Who may touch these tables; and the libraries' own, which belong to no village."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from wuyicun.kernel.database.migrations import grant

LIBRARIES = (
    "django_session",
    "django_content_type",
    "mfa_authenticator",
    "account_emailaddress",
    "account_emailconfirmation",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("axes", "0010_accessattemptexpiration"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        grant("accounts_account", "SELECT, INSERT, UPDATE"),
        grant("accounts_grant", "SELECT, INSERT, UPDATE"),
        grant("accounts_village", "SELECT, INSERT, UPDATE"),
        *(grant(table) for table in LIBRARIES),
        RunSQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wuyi_app", RunSQL.noop),
        RunSQL("GRANT SELECT ON django_migrations TO wuyi_app", RunSQL.noop),
    ]
