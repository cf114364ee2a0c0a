"""The addresses of the organisation and its accounts, under /settings/."""

from wuyicun.domains.territory.web import accounts, divisions, handing, pages, slips, structure, terms, unit
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("organisation/", pages.organisation, "organisation"),
    path("organisation/divisions/", divisions.divisions_above, "divisions_above"),
    path("organisation/areas/new/", pages.area_add, "area_add"),
    path("organisation/units/new/", pages.unit_add, "unit_add"),
    path("organisation/posts/new/", pages.post_add, "post_add"),
    path("organisation/posts/<uuid:post_id>/end/", pages.post_end, "post_end"),
    path("organisation/posts/<uuid:post_id>/term/", terms.post_term, "post_term"),
    path("organisation/posts/<uuid:post_id>/handover/", handing.post_hand_over, "post_hand_over"),
    path("organisation/handovers/<uuid:handover_id>/", handing.handover, "handover"),
    path("organisation/handovers/<uuid:handover_id>/seen/", handing.handover_seen, "handover_seen"),
    path("organisation/chart/", structure.org_chart, "org_chart"),
    path("organisation/chart/chart.pdf", structure.org_chart_pdf, "org_chart_pdf"),
    path("organisation/history/", structure.history, "post_history"),
    path("organisation/units/set-up/", structure.units_set_up, "units_set_up"),
    path("organisation/units/<uuid:unit_id>/", unit.unit, "unit"),
    path("organisation/units/<uuid:unit_id>/end/", unit.unit_end, "unit_end"),
    path("organisation/units/<uuid:unit_id>/duty/", unit.duty_add, "duty_add"),
    path("organisation/duty/<uuid:duty_id>/off/", unit.duty_off, "duty_off"),
    path("organisation/duty/<uuid:duty_id>/back/", unit.duty_back, "duty_back"),
    path("organisation/hubs/", structure.hub_add, "hub_add"),
    path("organisation/hubs/<uuid:hub_id>/end/", structure.hub_end, "hub_end"),
    path("accounts/", accounts.accounts, "accounts"),
    path("accounts/new/", accounts.accounts_new, "accounts_new"),
    path("accounts/slips.pdf", slips.account_slips, "account_slips"),
    path("accounts/<uuid:account_id>/", accounts.account, "account_one"),
    path("accounts/<uuid:account_id>/reset/", accounts.account_reset, "account_reset"),
    path("accounts/<uuid:account_id>/lock/", accounts.account_lock, "account_lock"),
    path("accounts/<uuid:account_id>/unlock/", accounts.account_unlock, "account_unlock"),
    path("accounts/<uuid:account_id>/second-factor/", accounts.account_second_factor, "account_second_factor"),
    path("accounts/<uuid:account_id>/end/", accounts.account_end, "account_end"),
]
