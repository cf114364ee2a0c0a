"""The addresses of disinfecting, under /hygiene/."""

from __future__ import annotations

from wuyicun.domains.hygiene.web import log, writing
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("", log.disinfections, "disinfections"),
    path("new/", writing.disinfection_new, "disinfection_new"),
    path("disinfections.xlsx", log.export, "disinfections_export"),
    path("<uuid:disinfection_id>/take-back/", writing.take_back, "disinfection_take_back"),
]
