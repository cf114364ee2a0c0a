"""The one place that turns refusals and faults into pages."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from wuyicun.kernel.errors import Refusal


class RefusalMiddleware:
    """A `Refusal` that a view let through becomes a page with its words (404 for what is not yours)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls it for every exception of a view."""
        if not isinstance(exception, Refusal):
            return None
        if exception.status == 404:
            scope = getattr(request, "scope", None)
            if scope is not None and scope.lacks_second_factor:
                return render(request, "errors/second_factor.html", status=403)
            return render(request, "errors/404.html", status=404)
        return render(request, "errors/refused.html", {"refusal": exception}, status=exception.status)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`."""
    return render(request, "errors/404.html", status=404)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403`: to this person it does not exist."""
    return render(request, "errors/404.html", status=404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: asks neither the database nor the session. Django calls it while it handles the exception.

    While the database is away a page asks again by itself; a form says that nothing was saved.
    """
    away = isinstance(sys.exception(), (OperationalError, InterfaceError))
    if not away:
        return HttpResponse(render_to_string("errors/500.html"), status=500)
    words = "errors/503.html" if request.method in {"GET", "HEAD"} else "errors/500.html"
    response = HttpResponse(render_to_string(words), status=503)
    response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`: the form was too old, or cookies are off."""
    return render(request, "errors/403_csrf.html", {"back": request.path}, status=403)
