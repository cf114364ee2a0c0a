"""While there is no account, every page leads to the set-up page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from wuyicun.kernel.accounts import setup_code

OPEN = frozenset({"setup", "setup_village", "setup_account", "set_language", "set_appearance", "healthz"})


class SetupMiddleware:
    """Asks whether the installation is empty until it is not; then never again in this process."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.empty = True

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *arguments: object
    ) -> HttpResponse | None:
        """Django calls it when it knows the view."""
        match = request.resolver_match
        if not self.empty or (match is not None and match.url_name in OPEN):
            return None
        self.empty = setup_code.is_empty()
        return redirect("setup") if self.empty else None
