"""组织与岗位: the tree, the units on it, who holds which post; filling a post makes the account that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.territory import access, actions, queries
from wuyicun.domains.territory.models import Area
from wuyicun.domains.territory.queries import Holder
from wuyicun.domains.territory.rules import Level
from wuyicun.domains.territory.words import LEVELS, UNIT_KINDS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.web import notices

_PHONE = r"^1[3-9][0-9]{9}$"


class AreaForm(forms.Form):
    """A new grid below the village, or a micro-grid below a grid."""

    parent = forms.ChoiceField(label=gettext_lazy("属于"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=64)

    def __init__(self, areas: Sequence[Area], data: object = None) -> None:
        super().__init__(data, use_required_attribute=False)  # type: ignore[arg-type]
        parents = [area for area in areas if area.level in (Level.VILLAGE, Level.GRID)]
        self.levels = {area.area_path: Level(area.level) for area in parents}
        self.fields["parent"] = forms.ChoiceField(
            label=gettext_lazy("属于"), choices=[(area.area_path, area.name) for area in parents]
        )


class UnitForm(forms.Form):
    """A new unit."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=list(UNIT_KINDS.items()))
    area = forms.ChoiceField(label=gettext_lazy("区域"))
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)

    def __init__(self, areas: Sequence[Area], data: object = None) -> None:
        super().__init__(data, use_required_attribute=False)  # type: ignore[arg-type]
        self.fields["area"] = forms.ChoiceField(label=gettext_lazy("区域"), choices=_choices(areas))


class PostForm(forms.Form):
    """Who does what where; with a user name they get an account."""

    holder_name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    role = forms.ChoiceField(label=gettext_lazy("岗位"), choices=[(role.code, role.name) for role in ROLES.values()])
    area = forms.ChoiceField(label=gettext_lazy("区域"))
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False)
    username = forms.CharField(
        label=gettext_lazy("登录名"), max_length=64, required=False, help_text=gettext_lazy("留空则不发账号")
    )
    phone = forms.RegexField(
        label=gettext_lazy("手机号"), regex=_PHONE, required=False, help_text=gettext_lazy("也可以用手机号登录")
    )

    def __init__(self, areas: Sequence[Area], units: Sequence[tuple[str, str]], data: object = None) -> None:
        super().__init__(data, use_required_attribute=False)  # type: ignore[arg-type]
        self.fields["area"] = forms.ChoiceField(label=gettext_lazy("区域"), choices=_choices(areas))
        self.fields["unit"] = forms.ChoiceField(label=gettext_lazy("单位"), choices=[("", "—"), *units], required=False)
        self.order_fields(["holder_name", "role", "area", "unit", "username", "phone"])


def _choices(areas: Sequence[Area]) -> list[tuple[str, str]]:
    depth = {Level.VILLAGE: 0, Level.GRID: 1, Level.MICRO_GRID: 2}
    return [(area.area_path, "　" * depth[Level(area.level)] + area.name) for area in areas if area.level in depth]


@dataclass(frozen=True)
class Row:
    """An area with who holds posts there."""

    area: Area
    depth: int
    level: object
    holders: tuple[Holder, ...]

    @property
    def lacks_leader(self) -> bool:
        """A micro-grid without its leader is a vacancy."""
        return self.area.level == Level.MICRO_GRID and not any(h.role == "micro_grid_leader" for h in self.holders)


@require_GET
def organisation(request: ScopedRequest) -> HttpResponse:
    """The tree with its posts, and the units."""
    village_id = access.organisation(request.scope, request.village)
    areas = queries.areas(village_id)
    holders = queries.holders(village_id, clock.now())
    depth = {Level.VILLAGE: 0, Level.GRID: 1, Level.MICRO_GRID: 2, Level.UNPLACED: 1}
    rows = [
        Row(
            area,
            depth[Level(area.level)],
            LEVELS[area.level],
            tuple(holder for holder in holders if holder.area_path == area.area_path),
        )
        for area in areas
        if area.level != Level.UNPLACED
    ]
    names = queries.names(village_id)
    context = {
        "rows": rows,
        "roles": {code: role.name for code, role in ROLES.items()},
        "units": [(unit, UNIT_KINDS[unit.kind], names.get(unit.area_path, "")) for unit in queries.units(village_id)],
        "above": queries.ancestry(request.village.area_path),
        "vacancies": sum(row.lacks_leader for row in rows),
    }
    return render(request, "territory/organisation.html", context)


@require_http_methods(["GET", "POST"])
def area_add(request: ScopedRequest) -> HttpResponse:
    """A new grid or micro-grid."""
    village_id = access.organisation(request.scope, request.village)
    form = AreaForm(queries.areas(village_id), request.POST or None)
    if request.method == "POST" and form.is_valid():
        parent = form.cleaned_data["parent"]
        level = Level.GRID if form.levels[parent] is Level.VILLAGE else Level.MICRO_GRID
        area = actions.add_area(
            village_id=village_id,
            parent_path=parent,
            level=level,
            name=form.cleaned_data["name"],
            by=request.account.pk,
            at=clock.now(),
        )
        notices.say(request, _("已建立 %(name)s") % {"name": area.name})
        return redirect("organisation")
    return render(request, "territory/form.html", {"form": form, "title": _("新建网格、微网格")})


@require_http_methods(["GET", "POST"])
def unit_add(request: ScopedRequest) -> HttpResponse:
    """A new unit."""
    village_id = access.organisation(request.scope, request.village)
    form = UnitForm(queries.areas(village_id), request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        unit = actions.add_unit(
            village_id=village_id,
            area_path=data["area"],
            kind=data["kind"],
            name=data["name"],
            phone=data["phone"],
            by=request.account.pk,
            at=clock.now(),
        )
        notices.say(request, _("已建立 %(name)s") % {"name": unit.name})
        return redirect("organisation")
    return render(request, "territory/form.html", {"form": form, "title": _("新建单位")})


@require_http_methods(["GET", "POST"])
def post_add(request: ScopedRequest) -> HttpResponse:
    """Fill a post; the first password of a new account is shown once."""
    village_id = access.organisation(request.scope, request.village)
    units = [(str(unit.pk), unit.name) for unit in queries.units(village_id)]
    form = PostForm(queries.areas(village_id), units, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            filled = actions.fill_post(
                village_id=village_id,
                area_path=data["area"],
                role=data["role"],
                holder_name=data["holder_name"],
                username=data["username"].strip(),
                phone=data["phone"] or None,
                unit_id=UUID(data["unit"]) if data["unit"] else None,
                by=request.account.pk,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "territory/post_filled.html", {"filled": filled, "role": ROLES[data["role"]].name})
    return render(request, "territory/form.html", {"form": form, "title": _("任命")})


@require_POST
def post_end(request: ScopedRequest, post_id: UUID) -> HttpResponse:
    """End a post; what it allowed ends with it."""
    post = access.post(request.scope, request.village, post_id)
    at = clock.now()
    actions.end_post(post=post, ends_at=at, by=request.account.pk, at=at)
    notices.say(request, _("%(name)s的任职已结束，权限同时收回") % {"name": post.holder_name})
    return redirect("organisation")
