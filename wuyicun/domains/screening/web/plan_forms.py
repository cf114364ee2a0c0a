"""The forms of a round's plan: when it begins and ends, windows, the slot of a micro-grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.plans import MOST_WINDOWS, Change, Wish
from wuyicun.domains.screening.queries import SlotView

_TIME_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
MOST_MINUTES = 24 * 60


def _time(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, input_formats=_TIME_FORMATS)


def _windows(stations: Sequence[Station], *, required: bool) -> Mapping[str, forms.IntegerField]:
    return {
        f"windows_{station.pk}": forms.IntegerField(
            label=station.name,
            required=required,
            min_value=1,
            max_value=MOST_WINDOWS,
            initial=station.windows if required else None,
        )
        for station in stations
    }


class _WindowsForm(forms.Form):
    """A number of windows for each station."""

    optional = False

    def __init__(self, stations: Sequence[Station], **given: Any) -> None:
        super().__init__(use_required_attribute=False, **given)
        self.stations = stations
        self.fields.update(_windows(stations, required=not self.optional))

    def windows(self) -> Mapping[UUID, int]:
        """Those that were filled in, by station."""
        found = {station.pk: self.cleaned_data.get(f"windows_{station.pk}") for station in self.stations}
        return {station: number for station, number in found.items() if number}

    @property
    def of_stations(self) -> Sequence[forms.BoundField]:
        """The fields, one for each station."""
        return [self[f"windows_{station.pk}"] for station in self.stations]


class WindowsForm(_WindowsForm):
    """How many windows each station opens."""


class ProposeForm(_WindowsForm):
    """When a round begins, when it should be through, and as many windows as the office insists on."""

    optional = True
    begins_at = _time(gettext_lazy("从什么时候开始"))
    ends_by = _time(gettext_lazy("希望什么时候前采完"), required=False)

    def __init__(self, stations: Sequence[Station], round_: Round, **given: Any) -> None:
        super().__init__(stations, **given)
        self.round = round_

    def clean(self) -> dict[str, Any]:
        """It ends after it begins, and begins before the round ends."""
        data: dict[str, Any] = super().clean() or {}
        begins, ends = data.get("begins_at"), data.get("ends_by")
        if begins is not None and ends is not None and ends <= begins:
            self.add_error("ends_by", _("要在开始之后"))
        if begins is not None and begins >= self.round.due_at:
            due = f"{timezone.localtime(self.round.due_at):%m-%d %H:%M}"
            self.add_error("begins_at", _("本轮最晚 %(time)s 采完，要在那之前开始") % {"time": due})
        return data

    def wish(self) -> Wish:
        """What the office asks for."""
        return Wish(self.cleaned_data["begins_at"], self.cleaned_data["ends_by"], self.windows())


class SlotForm(forms.Form):
    """When a micro-grid is called, and where."""

    station = forms.ChoiceField(label=gettext_lazy("采样点"))
    starts_at = _time(gettext_lazy("几点到"))
    minutes = forms.IntegerField(label=gettext_lazy("排多少分钟"), required=False, min_value=1, max_value=MOST_MINUTES)

    def __init__(self, stations: Sequence[Station], slot: SlotView, **given: Any) -> None:
        start: dict[str, object] = {"station": str(slot.station_id), "starts_at": slot.starts_at}
        super().__init__(use_required_attribute=False, initial=start, **given)
        self.known = {str(station.pk): station for station in stations}
        self.fields["station"] = forms.ChoiceField(
            label=gettext_lazy("采样点"), choices=[(key, station.name) for key, station in self.known.items()]
        )
        self.order_fields(["station", "starts_at", "minutes"])

    def change(self) -> Change:
        """Where and when it is called instead."""
        starts_at: datetime = self.cleaned_data["starts_at"]
        return Change(self.known[self.cleaned_data["station"]], starts_at, self.cleaned_data["minutes"])
