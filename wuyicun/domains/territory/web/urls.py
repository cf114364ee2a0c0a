"""The addresses of the organisation, under /settings/."""

from django.contrib.auth.decorators import login_required
from django.urls import path

from wuyicun.domains.territory.web import pages

urlpatterns = [
    path("organisation/", login_required(pages.organisation), name="organisation"),
    path("organisation/areas/new/", login_required(pages.area_add), name="area_add"),
    path("organisation/units/new/", login_required(pages.unit_add), name="unit_add"),
    path("organisation/posts/new/", login_required(pages.post_add), name="post_add"),
    path("organisation/posts/<uuid:post_id>/end/", login_required(pages.post_end), name="post_end"),
]
