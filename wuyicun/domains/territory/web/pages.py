"""组织与岗位: the tree, the units on it, who holds which post; filling a post makes the account that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.territory import access, actions, issuing, queries
from wuyicun.domains.territory.chart import chart
from wuyicun.domains.territory.models import Area
from wuyicun.domains.territory.queries import Holder
from wuyicun.domains.territory.rules import LEADER, Level, Rank
from wuyicun.domains.territory.slips import Slip
from wuyicun.domains.territory.web import shown
from wuyicun.domains.territory.web.slips import show_slips
from wuyicun.domains.territory.web.structure import answer
from wuyicun.domains.territory.web.terms import day_input, end_of, midnight
from wuyicun.domains.territory.words import LEVELS, RANKS, UNIT_KINDS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.forms import PhoneField
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import ROLES, Role
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web import notices

_WHO_AND_WHERE = ("holder_name", "role", "rank", "area", "unit")


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
    rank = forms.ChoiceField(label=gettext_lazy("职务"), choices=list(RANKS.items()), required=False)
    starts_on = forms.DateField(label=gettext_lazy("从哪天起"), required=False, widget=day_input())
    ends_on = forms.DateField(
        label=gettext_lazy("到哪天止"), required=False, widget=day_input(), help_text=gettext_lazy("不填就是一直任职")
    )
    role = forms.ChoiceField(label=gettext_lazy("岗位"), choices=[])
    area = forms.ChoiceField(label=gettext_lazy("区域"))
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False)
    username = forms.CharField(
        label=gettext_lazy("登录名"), max_length=64, required=False, help_text=gettext_lazy("留空则不发账号")
    )
    phone = PhoneField(label=gettext_lazy("手机号"), required=False, help_text=gettext_lazy("也可以用手机号登录"))

    def __init__(
        self,
        roles: Sequence[Role],
        areas: Sequence[Area],
        units: Sequence[tuple[str, str]],
        data: object = None,
        asked: object = None,
    ) -> None:
        super().__init__(data, initial=asked, use_required_attribute=False)  # type: ignore[arg-type]
        self.fields["role"] = forms.ChoiceField(
            label=gettext_lazy("岗位"), choices=[(role.code, role.name) for role in roles]
        )
        self.fields["area"] = forms.ChoiceField(label=gettext_lazy("区域"), choices=_choices(areas))
        self.fields["unit"] = forms.ChoiceField(label=gettext_lazy("单位"), choices=[("", "—"), *units], required=False)
        self.order_fields([*_WHO_AND_WHERE, "starts_on", "ends_on", "username", "phone"])

    def clean(self) -> dict[str, Any]:
        """It ends after it has begun."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("ends_on") and data["ends_on"] < (data.get("starts_on") or timezone.localdate()):
            self.add_error("ends_on", _("不能早于开始的那天"))
        return data

    def rank_given(self) -> Rank:
        """A member where nothing was said."""
        return Rank(self.cleaned_data["rank"] or Rank.MEMBER)

    def span(self, now: datetime) -> tuple[datetime, datetime | None]:
        """From when, and until the end of which day; from this moment when it is today or nothing was said."""
        starts_on, ends_on = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        return now if starts_on in (None, timezone.localdate(now)) else midnight(starts_on), end_of(ends_on)


def _choices(areas: Sequence[Area]) -> list[tuple[str, str]]:
    depth = {Level.VILLAGE: 0, Level.GRID: 1, Level.MICRO_GRID: 2}
    return [(area.area_path, "　" * depth[Level(area.level)] + area.name) for area in areas if area.level in depth]


@dataclass(frozen=True)
class Row:
    """An area with who holds posts there, now or soon, what they are, and whether they may be ended."""

    area: Area
    level: object
    holders: Sequence[tuple[Holder, object, bool]]


@require_GET
def organisation(request: ScopedRequest) -> HttpResponse:
    """What is vacant and who holds too much; then the tree with its posts, and the units."""
    village_id, now = access.organisation(request.scope, request.village), clock.now()
    found, names = chart(village_id, now), queries.names(village_id)
    kinds = list(UNIT_KINDS)
    heads, missing = shown.vacancies(found, "head"), len(found.missing("unit"))
    context = {
        "answer": answer(len(heads), missing, len(found.heavy)),
        "heads": heads,
        "missing": missing,
        "hubs": shown.vacancies(found, "hub"),
        "unmanned": shown.vacancies(found, "duty"),
        "loads": shown.loads(found),
        "rows": _rows(request.scope, village_id, now),
        "now": now,
        "units": [
            (unit, UNIT_KINDS[unit.kind], names.get(unit.area_path, ""))
            for unit in sorted(queries.units(village_id), key=lambda unit: (unit.area_path, kinds.index(unit.kind)))
        ],
        "above": queries.ancestry(request.village.area_path),
    }
    return render(request, "territory/organisation.html", context)


def _heads_first(holder: Holder) -> tuple[bool, bool, str, int, str]:
    ranks = list(Rank)
    leads = holder.role in LEADER.values() and holder.rank != Rank.DEPUTY
    return not leads, not holder.unit, holder.unit, ranks.index(Rank(holder.rank)), holder.role


def _rows(scope: Scope, village_id: UUID, now: datetime) -> list[Row]:
    holders = [*queries.holders(village_id, now), *queries.coming(village_id, now)]
    return [
        Row(
            area,
            LEVELS[area.level],
            [
                (each, shown.post_word(each), access.may_end(scope, each.account_id, each.role))
                for each in sorted(holders, key=_heads_first)
                if each.area_path == area.area_path
            ],
        )
        for area in queries.areas(village_id)
        if area.level != Level.UNPLACED
    ]


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
    """Fill a post, of those that who asks may give; with a user name an account is made, whose slip follows."""
    village_id = access.organisation(request.scope, request.village)
    units = [(str(unit.pk), unit.name) for unit in queries.units(village_id)]
    areas = queries.areas(village_id)
    roles = [role for role in ROLES.values() if any(request.scope.may_give(role, area.area_path) for area in areas)]
    form = PostForm(roles, areas, units, request.POST or None, request.GET.dict())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            slip = _fill_post(request, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"name": data["holder_name"], "role": ROLES[data["role"]].name}
            notices.say(request, _("%(name)s已任%(role)s") % said)
            return redirect("organisation") if slip is None else show_slips(request, [slip], clock.now())
    return render(request, "territory/form.html", {"form": form, "title": _("任命")})


@transaction.atomic
def _fill_post(request: ScopedRequest, form: PostForm) -> Slip | None:
    """Appoint, and make the account that was asked for; nothing of it when something is refused."""
    data, at, by, village_id = form.cleaned_data, clock.now(), request.account.pk, request.village.pk
    access.appointment(request.scope, data["role"], data["area"])
    starts_at, ends_at = form.span(at)
    post = actions.appoint(
        village_id=village_id,
        area_path=data["area"],
        role=data["role"],
        holder_name=data["holder_name"],
        account_id=None,
        unit_id=UUID(data["unit"]) if data["unit"] else None,
        rank=form.rank_given(),
        starts_at=starts_at,
        ends_at=ends_at,
        by=by,
        at=at,
    )
    if not data["username"]:
        return None
    access.staff(request.scope, request.village)
    issued = issuing.issue(
        village_id=village_id, posts=[post.pk], username=data["username"], phone=data["phone"] or None, by=by, at=at
    )
    task = f"{queries.area(village_id, data['area']).name} · {ROLES[data['role']].name}"
    return Slip(issued.name, issued.username, issued.password, issued.until, [task])


@require_POST
def post_end(request: ScopedRequest, post_id: UUID) -> HttpResponse:
    """End a post; what it allowed ends with it."""
    post = access.post_to_end(request.scope, request.village, post_id)
    at = clock.now()
    actions.end_post(post=post, ends_at=at, by=request.account.pk, at=at)
    notices.say(request, _("%(name)s的任职已结束，权限同时收回") % {"name": post.holder_name})
    return redirect("organisation")
