"""The addresses that paper bears, under /check/: for anybody."""

from __future__ import annotations

from django.urls import path

from wuyicun.domains.screening.web import public

urlpatterns = [
    path("", public.check, name="check"),
    path("<str:code>/", public.check_code, name="check_code"),
]
