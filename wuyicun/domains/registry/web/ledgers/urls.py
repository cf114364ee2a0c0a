"""The addresses of ledgers, under /people/ledgers/."""

from __future__ import annotations

from wuyicun.domains.registry.web.ledgers import editing, filling, shelves, taking
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("ledgers/", shelves.ledgers, "ledgers"),
    path("ledgers/new/", editing.ledger_new, "ledger_new"),
    path("ledgers/taken/", taking.ledgers_taken, "ledgers_taken"),
    path("ledgers/<slug:code>/", shelves.ledger, "ledger"),
    path("ledgers/<slug:code>/count/", shelves.ledger_count, "ledger_count"),
    path("ledgers/<slug:code>/export/", taking.ledger_export, "ledger_export"),
    path("ledgers/<slug:code>/csv/", taking.ledger_csv, "ledger_csv"),
    path("ledgers/<slug:code>/print/", taking.ledger_print, "ledger_print"),
    path("ledgers/<uuid:ledger_id>/edit/", editing.ledger_edit, "ledger_edit"),
    path("ledgers/<uuid:ledger_id>/share/", editing.ledger_share, "ledger_share"),
    path("ledgers/<uuid:ledger_id>/retire/", editing.ledger_retire, "ledger_retire"),
    path("ledgers/<uuid:ledger_id>/take-back/", editing.ledger_take_back, "ledger_take_back"),
    path("ledgers/<slug:code>/template/", filling.ledger_template, "ledger_template"),
    path("ledgers/<slug:code>/template/columns/", filling.ledger_template_columns, "ledger_template_columns"),
    path("ledgers/<slug:code>/template/drop/", filling.ledger_template_drop, "ledger_template_drop"),
    path("ledgers/<slug:code>/fill/", filling.ledger_fill, "ledger_fill"),
]
