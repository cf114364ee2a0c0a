"""Theme and size of the text: kept in two cookies, so that the first paint is right without any script."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

CHOICES: dict[str, tuple[str, ...]] = {"theme": ("auto", "light", "dark"), "size": ("normal", "large")}
_YEAR_IN_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Appearance:
    """`theme`: auto, light or dark; `size`: normal or large (长辈版)."""

    theme: str = "auto"
    size: str = "normal"


def appearance_of(request: HttpRequest) -> Appearance:
    """What this browser chose; anything unknown is the default."""
    chosen = {name: request.COOKIES.get(name) for name in CHOICES}
    return Appearance(**{name: value for name, value in chosen.items() if value in CHOICES[name]})


@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Remember `theme` and/or `size` and go back to `next`."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, values in CHOICES.items():
        value = request.POST.get(name)
        if value in values:
            response.set_cookie(name, value, max_age=_YEAR_IN_SECONDS, samesite="Lax", secure=request.is_secure())
    return response
