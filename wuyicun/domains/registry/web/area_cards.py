"""What the registry says of an area on its page: who lacks a sampling code, and which places it has."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wuyicun.domains.registry import counts
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.area_cards import AreaCard


def list_without_code(area_path: str = "") -> str:
    """The address of the ledger of those who lack a sampling code."""
    return reverse("ledger", args=["no-code"]) + (f"?{urlencode({'area': area_path})}" if area_path else "")


def badges(area_path: str = "") -> str:
    """Where badges are printed for them."""
    return f"{reverse('cards')}?{urlencode({'kind': 'badges', **({'area': area_path} if area_path else {})})}"


def without_code(scope: Scope, village_id: UUID, area_path: str) -> Iterator[AreaCard]:
    """How many of the area's people lack a sampling code; nothing where nobody does."""
    number = counts.without_code(scope, village_id, area_path)
    if number:
        words = ngettext("还有 %(people)s 人没有", "还有 %(people)s 人没有", number) % {"people": number}
        may_print = scope.permits(Permission.PRINT_CARDS, area_path)
        also = ((badges(area_path), _("打印胸牌")),) if may_print else ()
        yield AreaCard(_("采样码"), words, list_without_code(area_path), _("名单"), "owed", also)


def places(scope: Scope, village_id: UUID, area_path: str) -> Iterator[AreaCard]:
    """How many places belong to the area."""
    number = counts.places(scope, village_id, area_path)
    if number:
        words = ngettext("%(number)s 处", "%(number)s 处", number) % {"number": number}
        yield AreaCard(_("点位"), words, f"{reverse('places')}?{urlencode({'area': area_path})}", _("看点位"))
