"""Who logged in with the password of a slip chooses one of their own before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

OPEN = frozenset({"first_password", "account_logout", "set_language", "set_appearance", "healthz"})


class FirstPasswordMiddleware:
    """Sends every request to the page where the password is chosen, as long as it is the first one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *arguments: Any
    ) -> HttpResponse | None:
        """Django calls it when it knows the view."""
        if not request.user.is_authenticated or request.user.first_password_until is None:
            return None
        match = request.resolver_match
        if match is not None and match.url_name in OPEN:
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "first_password"}, status=401)
        return redirect("first_password")
