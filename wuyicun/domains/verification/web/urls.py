"""The addresses of checking households, under /people/verification/."""

from __future__ import annotations

from wuyicun.domains.verification.web import overview, planning, visiting
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("", overview.verification, "verification"),
    path("area/<str:area_path>/", visiting.area, "verification_area"),
    path("every/", planning.every, "verification_every"),
    path("progress/", overview.progress, "verification_progress"),
    path("begin/", planning.begin, "verification_begin"),
    path("take-back/<uuid:check_id>/", visiting.take_back, "verification_take_back"),
    path("<uuid:household_id>/", visiting.household, "verification_household"),
    path("<uuid:household_id>/check/", visiting.check, "verification_check"),
]
