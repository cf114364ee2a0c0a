"""The addresses of the organisation, under /settings/."""

from wuyicun.domains.territory.web import pages
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("organisation/", pages.organisation, "organisation"),
    path("organisation/areas/new/", pages.area_add, "area_add"),
    path("organisation/units/new/", pages.unit_add, "unit_add"),
    path("organisation/posts/new/", pages.post_add, "post_add"),
    path("organisation/posts/<uuid:post_id>/end/", pages.post_end, "post_end"),
]
