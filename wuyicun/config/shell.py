"""What the frame around every page shows of the village and of who looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wuyicun.domains.screening.web.alerts import late_tubes
from wuyicun.domains.territory import handing
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.context import Notice, Shell, VillageChoice


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
    if chosen.pk not in scope.villages:
        return Shell(chosen.name, villages, "normal", scope.holds)
    return Shell(
        chosen.name,
        villages,
        "normal",
        scope.holds,
        notices=tuple(_notices(chosen.pk, scope.account_id)),
        is_alerted=scope.permits(Permission.CARRY_TUBES),
        alerts=tuple(late_tubes(scope, chosen.pk)),
    )


def _notices(village_id: UUID, account_id: UUID) -> Iterator[Notice]:
    """The handovers that this person gave or took and has not looked at yet."""
    waiting = handing.to_tell(village_id, account_id)
    names = territory.names(village_id) if waiting else {}
    for each in waiting:
        told = {
            "area": names.get(each.area_path, ""),
            "giver": each.ended.holder_name,
            "taker": each.begun.holder_name,
            "count": sum(work["count"] for work in each.open_work),
        }
        words = (
            _("%(giver)s把%(area)s交接给%(taker)s，未办的 %(count)s 件一起移交")
            if each.open_work
            else _("%(giver)s把%(area)s交接给%(taker)s，没有未办的事")
        )
        yield Notice(words % told, reverse("handover", args=[each.pk]), reverse("handover_seen", args=[each.pk]))
