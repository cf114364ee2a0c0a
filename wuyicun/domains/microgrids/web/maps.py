"""地图位置: the village's sketch; where sections, households and places lie on it, by a click or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.microgrids import access, actions, geojson, pictures, queries, tables
from wuyicun.domains.microgrids.rules import SHEET
from wuyicun.domains.registry import access as registry
from wuyicun.domains.registry import listing, neighbourhood
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

LISTED = 300
LAYERS = ("A", "H", "L")


class OffTheSheet(Refusal):
    """Something is put on the map, and only on it."""

    code = "off_the_sheet"
    status = 400
    words = gettext_lazy("请先选一户，再在图上点它的位置")


@dataclass(frozen=True)
class Thing:
    """What can be placed: a section, a household or a place."""

    id: UUID
    name: str
    about: str
    is_placed: bool


@require_GET
def village_map(request: ScopedRequest) -> HttpResponse:
    """The map, and the list of what has no point yet first."""
    registry.held(request.scope, Permission.EDIT_PEOPLE)
    village_id = request.village.pk
    layer = request.GET.get("layer", "H")
    layer = layer if layer in LAYERS else "H"
    things = _things(request, layer)
    sheet = queries.village_map(village_id)
    chosen = _chosen(things, request.GET.get("thing", ""))
    context = {
        "layer": layer,
        "layers": [(code, words, code == layer) for code, words in _layers()],
        "things": things[:LISTED],
        "more": max(0, len(things) - LISTED),
        "chosen": chosen,
        "placed": sum(thing.is_placed for thing in things),
        "missing": sum(not thing.is_placed for thing in things),
        "points": _points(village_id, layer, {thing.id for thing in things}, chosen),
        "sheet": sheet,
        "width": SHEET,
        "height": sheet.height if sheet else SHEET,
        "has_picture": bool(sheet and sheet.picture),
        "picture_version": sheet.updated_at.timestamp() if sheet else 0,
        "lines": [100 * number for number in range(1, 10)],
        "may_arrange": request.scope.permits(Permission.ARRANGE_GRIDS, request.village.area_path),
        "answer": _answer(things),
    }
    return render(request, "microgrids/map.html", context)


def _layers() -> list[tuple[str, str]]:
    return [("H", _("户")), ("A", _("片区")), ("L", _("点位"))]


def _answer(things: Sequence[Thing]) -> str:
    missing = sum(not thing.is_placed for thing in things)
    if not things:
        return _("还没有可以放到地图上的")
    if missing:
        return ngettext("还有 %(number)s 个没有位置", "还有 %(number)s 个没有位置", missing) % {"number": missing}
    return _("都有位置了")


def _things(request: ScopedRequest, layer: str) -> list[Thing]:
    """Those that the account may place, without a point first."""
    scope, village_id = request.scope, request.village.pk
    points = queries.points_of(village_id, layer)
    if layer == "A":
        levels = [Level.VILLAGE, Level.GRID]
        found = [
            Thing(area.pk, area.name, "", area.pk in points)
            for area in territory.areas(village_id, levels=levels)
            if scope.permits(Permission.ARRANGE_GRIDS, area.area_path)
        ]
    elif layer == "H":
        names = territory.names(village_id)
        found = [
            Thing(home.id, home.house, f"{home.head_name} {names.get(home.area_path, '')}", home.id in points)
            for home in neighbourhood.dwellings(village_id)
            if scope.permits(Permission.EDIT_PEOPLE, home.area_path)
        ]
    else:
        found = [
            Thing(place.id, place.name, place.area, place.id in points)
            for place in listing.all_places(scope, village_id)
        ]
    return sorted(found, key=lambda thing: thing.is_placed)


def _chosen(things: Sequence[Thing], asked: str) -> Thing | None:
    """The one that was asked for, else the first without a point."""
    return next(
        (thing for thing in things if str(thing.id) == asked),
        next((thing for thing in things if not thing.is_placed), None),
    )


def _points(village_id: UUID, layer: str, shown: set[UUID], chosen: Thing | None) -> list[tuple[float, float, bool]]:
    return [
        (spot.x, spot.y, chosen is not None and subject == chosen.id)
        for subject, spot in queries.points_of(village_id, layer).items()
        if subject in shown
    ]


@require_GET
def picture(request: ScopedRequest) -> HttpResponse:
    """The sketch that was uploaded."""
    registry.held(request.scope, Permission.VIEW_PEOPLE)
    sheet = queries.village_map(request.village.pk)
    if sheet is None or sheet.picture is None:
        raise Http404
    response = HttpResponse(bytes(sheet.picture), content_type=sheet.picture_type)
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def set_point(request: ScopedRequest) -> HttpResponse:
    """Put something where the map was clicked; the next one without a point comes up."""
    registry.held(request.scope, Permission.EDIT_PEOPLE)
    layer = request.POST.get("layer", "")
    try:
        subject = UUID(request.POST.get("thing", ""))
        x, y = float(request.POST.get("x", "")), float(request.POST.get("y", ""))
    except ValueError:
        raise OffTheSheet from None
    height = queries.sheet_height(request.village.pk)
    if layer not in LAYERS or not (0 <= x <= SHEET and 0 <= y <= height):
        raise OffTheSheet
    _check(request, layer, subject)
    actions.set_point(
        village_id=request.village.pk,
        kind=layer,
        subject_id=subject,
        x=round(x, 1),
        y=round(y, 1),
        by=request.account.pk,
        at=clock.now(),
    )
    return HttpResponseRedirect(f"{reverse('village_map')}?layer={layer}#map")


def _check(request: ScopedRequest, layer: str, subject: UUID) -> None:
    """Raises NotYours: what shall be placed lies elsewhere."""
    scope, village = request.scope, request.village
    if layer == "H":
        registry.household(scope, village.pk, subject, Permission.EDIT_PEOPLE)
    elif layer == "L":
        registry.place(scope, village.pk, subject, Permission.EDIT_PEOPLE)
    else:
        access.section(scope, village, subject)


@require_POST
def set_picture(request: ScopedRequest) -> HttpResponse:
    """Lay a sketch under the map."""
    village_id = access.whole(request.scope, request.village)
    given = request.FILES.get("picture")
    try:
        sketch = pictures.read(given.read(pictures.MOST_BYTES + 1) if given else b"")
        actions.set_picture(
            village_id=village_id,
            picture=sketch.content,
            media_type=sketch.media_type,
            height=round(SHEET * sketch.height / sketch.width, 1),
            by=request.account.pk,
            at=clock.now(),
        )
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
    else:
        notices.say(request, _("草图已上传"))
    return HttpResponseRedirect(reverse("village_map"))


@require_POST
def import_points(request: ScopedRequest) -> HttpResponse:
    """Take points in from a GeoJSON file, or a table with longitude and latitude."""
    village_id = access.whole(request.scope, request.village)
    given = request.FILES.get("file")
    try:
        content, name = (given.read(pictures.MOST_BYTES), given.name or "") if given else (b"", "points.json")
        is_table = not name.lower().endswith((".json", ".geojson"))
        found = tables.read(content, name) if is_table else geojson.read(content)
        homes = {home.house: home.id for home in neighbourhood.dwellings(village_id)}
        numbers = neighbourhood.by_section_and_number(village_id)
        places = {place.name: place.id for place in listing.all_places(request.scope, village_id)}
        points, unknown = {}, []
        for point in found:
            home = numbers.get((point.section, point.number)) or homes.get(point.name)
            if home is not None:
                points["H", home] = (point.longitude, point.latitude)
            elif point.name in places:
                points["L", places[point.name]] = (point.longitude, point.latitude)
            else:
                unknown.append(point.name or f"{point.section} {point.number}")
        if points:
            actions.set_measured(village_id=village_id, points=points, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
    else:
        values = {"number": len(points), "unknown": len(unknown), "names": _("、").join(unknown[:5])}
        words = (
            _("放好 %(number)s 个位置") if not unknown else _("放好 %(number)s 个位置；%(unknown)s 个对不上：%(names)s")
        )
        notices.say(request, words % values, level=messages.WARNING if unknown else messages.SUCCESS)
    return HttpResponseRedirect(reverse("village_map"))


@require_POST
def clear(request: ScopedRequest) -> HttpResponse:
    """Forget the sketch and all points."""
    village_id = access.whole(request.scope, request.village)
    number = actions.clear_map(village_id=village_id, by=request.account.pk, at=clock.now())
    notices.say(request, _("已清空 %(number)s 个位置") % {"number": number})
    return HttpResponseRedirect(reverse("village_map"))
