"""The addresses of the backups, under /settings/backups/."""

from wuyicun.kernel.backup.web import pages
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("", pages.backups, "backups"),
    path("now/", pages.backups_now, "backups_now"),
    path("start/", pages.backup_start, "backup_start"),
    path("passphrase/", pages.backup_passphrase, "backup_passphrase"),
    path("<uuid:run_id>/", pages.backup_download, "backup_download"),
]
