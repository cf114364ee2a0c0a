"""What other programs may read, a page at a time: of the areas over which the token's account exports, of no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import listing, outgoing
from wuyicun.domains.registry.listing import Asked, Page, Row
from wuyicun.domains.registry.outgoing import Subject
from wuyicun.domains.territory import queries as territory
from wuyicun.interop import schemas
from wuyicun.interop.tokens import PERMISSION
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.scope import Scope, within

MOST = 500
USUAL = 100


class CursorGone(Refusal):
    """The row that `after` names is no more (an import was undone): nobody knows where to go on."""

    code = "cursor_gone"
    status = 410
    words = gettext_lazy("上一页的最后一行已经没有了，请从头再读")


@dataclass(frozen=True)
class Wanted:
    """A page of a list.

    Attributes:
        area: the path of an area; '' for all that may be read.
        after: behind which row; None for the first page.
        limit: how many at most.
        clear: id numbers and phones as they are, instead of masked.
    """

    scope: Scope
    village_id: UUID
    area: str
    after: UUID | None
    limit: int
    clear: bool


def villages(scope: Scope) -> schemas.VillagesTold:
    """The account's villages."""
    return schemas.VillagesTold(
        [schemas.VillageTold(each.pk, each.area_path, each.name) for each in accounts.villages(scope.villages)]
    )


def areas(wanted: Wanted) -> schemas.AreasTold:
    """Grids, micro-grids and 未入网."""
    held = wanted.scope.covering(PERMISSION) & within(wanted.area)
    found = territory.areas_where(wanted.village_id, held, after=wanted.after, limit=wanted.limit + 1)
    items = [
        schemas.AreaTold(area.pk, area.area_path, area.level, area.name, area.parent_id)
        for area in found[: wanted.limit]
    ]
    return schemas.AreasTold(items, items[-1].id if len(found) > wanted.limit else None)


def people(wanted: Wanted) -> schemas.PeopleTold:
    """People who have not left."""
    page = _page(Subject.PEOPLE, listing.people, wanted)
    more = outgoing.details(wanted.village_id, [each.id for each in page.rows], clear=wanted.clear)
    items = [
        schemas.PersonTold(
            id=each.id,
            name=each.name,
            sex=each.sex,
            birth_date=each.birth_date,
            household=each.household_id,
            house=each.house,
            relation=more[each.id].relation,
            area=each.area_path,
            residence=more[each.id].residence,
            whereabouts=each.whereabouts,
            groups=each.groups,
            party_member=more[each.id].party_member,
            sampling_code=more[each.id].sampling_code,
            id_kind=more[each.id].id_kind,
            id_number=more[each.id].id_number,
            phone=more[each.id].phone,
        )
        for each in page.rows
    ]
    return schemas.PeopleTold(items, page.next)


def households(wanted: Wanted) -> schemas.HouseholdsTold:
    """Households with their members."""
    page = _page(Subject.HOUSEHOLDS, listing.households, wanted)
    items = [
        schemas.HouseholdTold(
            id=each.id,
            house=each.house,
            number=each.number,
            address=each.address,
            area=each.area_path,
            head_name=each.head_name,
            members=[member.id for member in each.members],
        )
        for each in page.rows
    ]
    return schemas.HouseholdsTold(items, page.next)


def places(wanted: Wanted) -> schemas.PlacesTold:
    """Places."""
    page = listing.places(
        wanted.scope,
        wanted.village_id,
        area_path=wanted.area,
        after=wanted.after,
        limit=wanted.limit,
        permission=PERMISSION,
    )
    contacts = outgoing.contacts(wanted.village_id, [each.id for each in page.rows]) if wanted.clear else {}
    items = [
        schemas.PlaceTold(
            id=each.id,
            name=each.name,
            kind=each.kind,
            area=each.area_path,
            contact_name=each.contact_name,
            phone=contacts.get(each.id, each.phone),
            location=each.location,
        )
        for each in page.rows
    ]
    return schemas.PlacesTold(items, page.next)


def _page(subject: Subject, listed: Callable[..., Page[Row]], wanted: Wanted) -> Page[Row]:
    """A page of one of the registry's lists.

    Raises:
        CursorGone: nobody knows where it begins.
    """
    if wanted.after and not outgoing.is_there(subject, wanted.village_id, wanted.after):
        raise CursorGone
    asked = Asked(area_path=wanted.area)
    return listed(wanted.scope, wanted.village_id, asked, after=wanted.after, limit=wanted.limit, permission=PERMISSION)


WITH_NUMBERS = frozenset({"people", "places"})
"""Of these it is written down what numbers were read in clear for."""

Told = schemas.AreasTold | schemas.PeopleTold | schemas.HouseholdsTold | schemas.PlacesTold
LISTS: dict[str, Callable[[Wanted], Told]] = {
    "areas": areas,
    "people": people,
    "households": households,
    "places": places,
}
