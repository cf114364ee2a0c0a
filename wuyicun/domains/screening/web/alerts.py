"""Late tubes, called out on every page of whoever may carry them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import ngettext

from wuyicun.domains.screening import access, queries
from wuyicun.kernel import clock
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.context import Alert


def late_tubes(scope: Scope, village_id: UUID) -> Iterator[Alert]:
    """A line for each round with tubes that should have left."""
    if not scope.permits(Permission.CARRY_TUBES):
        return
    for each in queries.late(village_id, clock.now()):
        if access.reaches(scope, Permission.CARRY_TUBES, each.area_path):
            words = ngettext(
                "%(count)s 支试管过了 %(minutes)s 分还没有送走",
                "%(count)s 支试管过了 %(minutes)s 分还没有送走",
                each.tubes,
            )
            told = {"count": each.tubes, "minutes": each.minutes}
            yield Alert(words % told, reverse("runs", args=[each.round_id]))
