"""What the frame around every page shows of the village and of who looks at it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from wuyicun.kernel.web.context import Shell, VillageChoice


def shell(request: HttpRequest) -> Shell:
    """The village that is looked at, those one may switch to, and what one may do."""
    scope = getattr(request, "scope", None)
    chosen = getattr(request, "chosen", None)
    if scope is None or chosen is None:
        return Shell()
    villages = tuple(
        VillageChoice(village.name, reverse("choose_village", args=[village.pk]), village.pk == chosen.pk)
        for village in getattr(request, "villages", ())
    )
    return Shell(chosen.name, villages, "normal", scope.permits)
