"""The addresses of the organisation, under /settings/."""

from wuyicun.domains.territory.web import handing, pages, structure
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("organisation/", pages.organisation, "organisation"),
    path("organisation/areas/new/", pages.area_add, "area_add"),
    path("organisation/units/new/", pages.unit_add, "unit_add"),
    path("organisation/posts/new/", pages.post_add, "post_add"),
    path("organisation/posts/<uuid:post_id>/end/", pages.post_end, "post_end"),
    path("organisation/posts/<uuid:post_id>/handover/", handing.post_hand_over, "post_hand_over"),
    path("organisation/handovers/<uuid:handover_id>/", handing.handover, "handover"),
    path("organisation/handovers/<uuid:handover_id>/seen/", handing.handover_seen, "handover_seen"),
    path("organisation/chart/", structure.org_chart, "org_chart"),
    path("organisation/chart/chart.pdf", structure.org_chart_pdf, "org_chart_pdf"),
    path("organisation/history/", structure.history, "post_history"),
    path("organisation/units/set-up/", structure.units_set_up, "units_set_up"),
    path("organisation/units/<uuid:unit_id>/", structure.unit, "unit"),
    path("organisation/units/<uuid:unit_id>/end/", structure.unit_end, "unit_end"),
    path("organisation/hubs/", structure.hub_add, "hub_add"),
    path("organisation/hubs/<uuid:hub_id>/end/", structure.hub_end, "hub_end"),
]
