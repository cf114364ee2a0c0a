"""All addresses: each room's own, under its word."""

from django.urls import include, path

urlpatterns = [
    path("", include("wuyicun.portal.views")),
    path("setup/", include("wuyicun.portal.setup.pages")),
    path("", include("wuyicun.fieldsync.web.pages")),
    path("api/read/", include("wuyicun.interop.api")),
    path("settings/", include("wuyicun.interop.web.pages")),
    path("api/field/", include("wuyicun.fieldsync.api")),
    path("people/verification/", include("wuyicun.domains.verification.web.urls")),
    path("people/", include("wuyicun.domains.registry.web.import_urls")),
    path("people/micro-grids/", include("wuyicun.domains.microgrids.web.urls")),
    path("people/", include("wuyicun.domains.registry.web.ledgers.urls")),
    path("people/reports/", include("wuyicun.domains.registry.web.reports.urls")),
    path("", include("wuyicun.domains.registry.web.urls")),
    path("today/tasks/", include("wuyicun.domains.tasks.web.pages")),
    path("check/", include("wuyicun.domains.screening.web.public_urls")),
    path("api/laboratory/", include("wuyicun.domains.laboratory.api")),
    path("screening/laboratory/", include("wuyicun.domains.laboratory.web.urls")),
    path("screening/", include("wuyicun.domains.screening.web.urls")),
    path("hygiene/", include("wuyicun.domains.hygiene.web.urls")),
    path("settings/", include("wuyicun.domains.territory.web.urls")),
    path("settings/backups/", include("wuyicun.kernel.backup.web.urls")),
    path("account/", include("wuyicun.kernel.accounts.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("wuyicun.kernel.web.urls")),
]

handler403 = "wuyicun.kernel.web.errors.permission_denied"
handler404 = "wuyicun.kernel.web.errors.page_not_found"
handler500 = "wuyicun.kernel.web.errors.server_error"
