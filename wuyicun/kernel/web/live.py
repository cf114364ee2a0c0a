"""Live fragments: the page asks every two seconds with the token of what it shows; 204 while that is current."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

HEADER = "X-Wuyi-Token"


def unchanged(request: HttpRequest, token: str) -> HttpResponse | None:
    """204 when the page already shows what `token` stands for, else None: render the fragment.

    Call it before any other query: the token of a board is one row.
    """
    if request.headers.get(HEADER) == token:
        return HttpResponse(status=204)
    return None
