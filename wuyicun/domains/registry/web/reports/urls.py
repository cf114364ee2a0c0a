"""The addresses of reports, under /people/reports/."""

from __future__ import annotations

from wuyicun.domains.registry.web.reports import book, changes, population, shelf
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("", shelf.reports, "reports"),
    path("book/", book.report_book, "report_book"),
    path("book/export/", book.report_book_export, "report_book_export"),
    path("book/print/", book.report_book_print, "report_book_print"),
    path("population/", population.report_population, "report_population"),
    path("population/export/", population.report_population_export, "report_population_export"),
    path("changes/", changes.report_changes, "report_changes"),
    path("changes/export/", changes.report_changes_export, "report_changes_export"),
]
