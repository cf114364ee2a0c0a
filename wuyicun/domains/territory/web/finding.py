"""Units and who holds which post in the one box for everything, for who arranges them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.territory import queries
from wuyicun.domains.territory.models import Unit
from wuyicun.domains.territory.queries import Holder
from wuyicun.domains.territory.web.shown import post_word
from wuyicun.domains.territory.words import UNIT_KINDS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import ROLES, Permission
from wuyicun.kernel.spelling import keys_of_name, normal
from wuyicun.kernel.web.finding import Finder, Kind, Match, Matches, why

POSTS = Kind(gettext_lazy("任职"), "award", gettext_lazy("任职人的姓名、拼音、首字母，岗位（村医、cy）"))
UNITS = Kind(gettext_lazy("单位"), "building-community", gettext_lazy("名称、拼音、首字母，电话或它的尾号四位"))
_FEW_DIGITS = 4


def find(request: ScopedRequest, text: str, most: int) -> Matches:
    """Posts that are held now and living units."""
    village, typed = request.village, normal(text)
    if not typed or not request.scope.permits(Permission.MANAGE_POSTS, village.area_path):
        return Matches()
    names = queries.names(village.pk)
    posts = [match for each in queries.holders(village.pk, clock.now()) for match in _post(each, typed)]
    units = [match for each in queries.units(village.pk) for match in _unit(each, names, typed)]
    for found in (posts, units):
        found.sort(key=lambda match: match.rank)
    truncated = len(posts) > most or len(units) > most
    return Matches([*posts[:most], *units[:most]], truncated)


def _fits(name: str, typed: str) -> int | None:
    """How well a name fits: 2 for the whole, 4 for a part, None for not at all."""
    if not any(key.startswith(typed) for key in keys_of_name(name)):
        return None
    return 2 if typed == normal(name) else 4


def _post(holder: Holder, typed: str) -> Iterator[Match]:
    role = str(ROLES[holder.role].name) if holder.role in ROLES else holder.role
    for name, written in ((holder.name, _("姓名")), (role, _("岗位"))):
        rank = _fits(name, typed)
        if rank is not None:
            url = reverse("unit", args=[holder.unit_id]) if holder.unit_id else reverse("organisation")
            about = " ".join(filter(None, (str(post_word(holder)), holder.unit)))
            yield Match(POSTS, rank, holder.name, url, about, holder.area, why(name, typed, written))
            return


def _unit(unit: Unit, names: dict[str, str], typed: str) -> Iterator[Match]:
    digits = "".join(filter(str.isdigit, unit.phone))
    is_phone = typed.isdigit() and len(typed) >= _FEW_DIGITS and digits.endswith(typed)
    rank = 0 if is_phone and typed == digits else 1 if is_phone else _fits(unit.name, typed)
    if rank is not None:
        url, kind = reverse("unit", args=[unit.pk]), str(UNIT_KINDS.get(unit.kind, ""))
        said = _("电话 %(phone)s") % {"phone": unit.phone} if is_phone else why(unit.name, typed, _("名称"))
        yield Match(UNITS, rank, unit.name, url, kind, names.get(unit.area_path, ""), said)


FINDER = Finder(Permission.MANAGE_POSTS, (POSTS, UNITS), find)
