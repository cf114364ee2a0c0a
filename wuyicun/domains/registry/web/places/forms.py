"""The form of a place. A phone that is known is not in it: an empty field leaves it as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from wuyicun.domains.registry.access import Site
from wuyicun.domains.registry.labels import PLACE_KIND
from wuyicun.domains.registry.models import Place
from wuyicun.domains.registry.rules import WITH_WORKERS
from wuyicun.domains.registry.web.forms import RegistryForm, label_of, text_field

NUMBERS = ("phone", "liaison_phone")
PLAIN = ("name", "kind", "contact_name", "liaison_name", "location", "note")
_ORDER = (
    "name", "kind", "area", "contact_name", "phone", "no_phone", "liaison_name", "liaison_phone", "no_liaison_phone",
    "location", "note",
)  # fmt: skip


class PlaceForm(RegistryForm):
    """A place: what it is, where it belongs, who answers for it; of a worksite its liaison too."""

    name = text_field("name", 64, required=True)
    kind = forms.ChoiceField(label=label_of("kind"), choices=list(PLACE_KIND.items()))
    contact_name = text_field("contact_name", 64)
    phone = text_field("phone", 40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}))
    location = text_field("location", 120)
    note = text_field("note", 200)

    def __init__(self, sites: Iterable[Site], *given: Any, place: Place | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        choices = [(each.area_path, each.name if each.is_leaf else _("%(area)s（整片）") % {"area": each.name})
                   for each in sites]  # fmt: skip
        self.fields["area"] = forms.ChoiceField(label=label_of("area"), choices=choices)
        if place is not None and place.kind in WITH_WORKERS:
            self.fields["liaison_name"] = text_field("liaison_name", 64)
            self.fields["liaison_phone"] = text_field("liaison_phone", 40)
        for name in NUMBERS:
            if place is not None and name in self.fields and getattr(place, name):
                self.fields[f"no_{name}"] = forms.BooleanField(label=_("清除原来的号码"), required=False)
        self.fields["name"].label, self.fields["phone"].label = _("名称"), _("电话")
        self.fields["area"].label = _("所属区域")
        self.order_fields(_ORDER)

    def values(self) -> dict[str, str]:
        """What was said, but for where it belongs; a phone that was left empty is not among it."""
        data = self.cleaned_data
        values = {name: data[name] for name in PLAIN if name in data}
        for name in NUMBERS:
            if data.get(f"no_{name}") or data.get(name):
                values[name] = "" if data.get(f"no_{name}") else data[name]
        return values


def known(place: Place) -> dict[str, str]:
    """What stands in the fields of a place's form."""
    return {**{name: getattr(place, name) for name in PLAIN}, "area": place.area_path}
