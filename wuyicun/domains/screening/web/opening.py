"""开始一轮: what is asked before a round is opened, with who would owe it shown beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.profiles.words import PATHOGENS, SCHEMES
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PlaceBrief
from wuyicun.domains.registry.rules import PlaceKind
from wuyicun.domains.screening import actions, queries, series
from wuyicun.domains.screening.actions import NewStation
from wuyicun.domains.screening.drawing import draw
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.web.common import Head
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

LEAST_MINUTES = 10
MOST_IN_A_POOL = 20  # ninth plan: 20 in a precaution zone is the most


class RoundForm(forms.Form):
    """What a round needs."""

    area = forms.ChoiceField(label=gettext_lazy("范围"))
    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    places = forms.MultipleChoiceField(
        label=gettext_lazy("固定采样点"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other = forms.CharField(label=gettext_lazy("另外的采样点"), max_length=64, required=False)
    home = forms.BooleanField(label=gettext_lazy("安排上门采样，给行动不便的人"), required=False)
    due_at = forms.DateTimeField(
        label=gettext_lazy("最晚什么时候采完"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    scheme = forms.ChoiceField(label=gettext_lazy("采几轮"), required=False)
    pool_size = forms.IntegerField(
        label=gettext_lazy("几个人混一管"), min_value=1, max_value=MOST_IN_A_POOL, widget=forms.NumberInput()
    )

    def __init__(
        self, areas: Sequence[tuple[str, str]], places: Sequence[PlaceBrief], now: datetime, **given: Any
    ) -> None:
        super().__init__(use_required_attribute=False, **given)
        self.now, self.known = now, {str(place.id): place for place in places}
        self.fields["area"] = forms.ChoiceField(label=gettext_lazy("范围"), choices=areas)
        self.fields["places"] = forms.MultipleChoiceField(
            label=gettext_lazy("固定采样点"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, place.name) for key, place in self.known.items()],
        )
        self.fields["scheme"] = forms.ChoiceField(
            label=gettext_lazy("采几轮"),
            required=False,
            choices=[("", _("只这一轮")), *((code, SCHEMES.get(code, code)) for code in series.schemes())],
        )
        self.order_fields(["area", "title", "places", "other", "home", "due_at", "pool_size", "scheme"])

    def clean_due_at(self) -> datetime:
        """The end lies ahead."""
        due: datetime = self.cleaned_data["due_at"]
        if due < self.now + timedelta(minutes=LEAST_MINUTES):
            raise forms.ValidationError(_("要在现在之后，至少留出 %(minutes)s 分钟") % {"minutes": LEAST_MINUTES})
        return due

    def clean(self) -> dict[str, Any]:
        """Somewhere samples must be taken."""
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("places") or data.get("other", "").strip() or data.get("home")):
            self.add_error("places", _("至少要有一个采样点，或安排上门"))
        return data

    def stations(self) -> Sequence[NewStation]:
        """The stations that were chosen, each name once."""
        data = self.cleaned_data
        chosen = [NewStation(self.known[key].name, "fixed", self.known[key].id) for key in data["places"]]
        other = data["other"].strip()
        if other and other not in {station.name for station in chosen}:
            chosen.append(NewStation(other))
        if data["home"]:
            chosen.append(NewStation(str(_("上门采样")), "home"))
        return chosen


@dataclass(frozen=True)
class Preview:
    """Who would owe the round."""

    area: str
    due: int
    away: int
    running: Sequence[Head]


@require_http_methods(["GET", "POST"])
def round_new(request: ScopedRequest) -> HttpResponse:
    """The form; asked for by a change of the area it answers with the preview alone."""
    areas = _areas(request)
    if not areas:
        raise NotYours
    now = clock.now()
    if request.headers.get("HX-Request") and request.method == "GET":
        preview = _preview(request, _chosen(request.GET.get("area", ""), areas), areas, now)
        return render(request, "screening/parts/preview.html", {"preview": preview})
    form = _form(request, areas, now)
    if request.method == "POST" and form.is_valid():
        opened = _open(request, form, now)
        if opened is not None:
            return redirect("round", round_id=opened)
    area = _chosen(str(form["area"].value() or ""), areas)
    profile = profiles.shipped()
    context = {
        "form": form,
        "preview": _preview(request, area, areas, now),
        "profile": profile,
        "pathogen": PATHOGENS.get(profile.code, profile.name),
    }
    return render(request, "screening/round_new.html", context)


def _areas(request: ScopedRequest) -> Sequence[tuple[str, str]]:
    """The areas that a round may cover, the wider first, indented by level."""
    depth = {Level.VILLAGE: 0, Level.GRID: 1, Level.MICRO_GRID: 2}
    return [
        (area.area_path, "　" * depth[Level(area.level)] + area.name)
        for area in territory.areas(request.village.pk)
        if area.level in depth and request.scope.permits(Permission.OPEN_ROUND, area.area_path)
    ]


def _chosen(path: str, areas: Sequence[tuple[str, str]]) -> str:
    return path if path in dict(areas) else areas[0][0]


def _form(request: ScopedRequest, areas: Sequence[tuple[str, str]], now: datetime) -> RoundForm:
    village_id = request.village.pk
    places = registry.places_of_kind(village_id, areas[0][0][:12], PlaceKind.SAMPLING_POINT)
    if request.method == "POST":
        return RoundForm(areas, places, now, data=request.POST)
    initial = _initial(village_id, areas, places, now)
    return RoundForm(areas, places, now, initial={**initial, "area": _chosen(request.GET.get("area", ""), areas)})


def _initial(
    village_id: UUID, areas: Sequence[tuple[str, str]], places: Sequence[PlaceBrief], now: datetime
) -> Mapping[str, object]:
    numbers = profiles.shipped().parameters
    past = queries.rounds(village_id)
    number = past[0].number + 1 if past else 1
    due = timezone.localtime(now + timedelta(hours=numbers.round_within_hours)).replace(second=0, microsecond=0)
    return {
        "title": _("第 %(number)s 轮核酸检测") % {"number": number},
        "places": [str(place.id) for place in places],
        "home": True,
        "due_at": due,
        "pool_size": numbers.pool_size,
    }


def _open(request: ScopedRequest, form: RoundForm, now: datetime) -> UUID | None:
    """The new round's id; None when it was refused, which the form then says."""
    try:
        round_ = _open_round(request, form, now)
    except Refusal as refusal:
        form.add_error("area", str(refusal))
        return None
    notices.say(request, _("已开始 %(round)s") % {"round": round_.title})
    return round_.pk


@transaction.atomic
def _open_round(request: ScopedRequest, form: RoundForm, now: datetime) -> RoundRow:
    """The round, with the series that it begins."""
    village_id, by, data = request.village.pk, request.account.pk, form.cleaned_data
    if data["scheme"]:
        series.begin(village_id=village_id, area_path=data["area"], scheme=data["scheme"], by=by, at=now)
    return actions.open_round(
        village_id=village_id,
        area_path=data["area"],
        title=data["title"],
        stations=form.stations(),
        due_at=data["due_at"],
        pool_size=data["pool_size"],
        by=by,
        at=now,
    )


def _preview(request: ScopedRequest, area: str, areas: Sequence[tuple[str, str]], now: datetime) -> Preview:
    subjects = draw(request.village.pk, area, now)
    away = sum(bool(subject.excused_reason) for subject in subjects)
    running = [
        Head.of(each)
        for each in queries.rounds(request.village.pk)
        if each.state == RoundState.OPEN and (each.area_path.startswith(area) or area.startswith(each.area_path))
    ]
    return Preview(dict(areas)[area].strip("　"), len(subjects) - away, away, running)
