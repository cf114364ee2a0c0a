"""The form of a place. A phone that is known is not in it: an empty field leaves it as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from wuyicun.domains.registry.access import Site
from wuyicun.domains.registry.labels import PLACE_KIND
from wuyicun.domains.registry.models import Place
from wuyicun.domains.registry.web.forms import RegistryForm, label_of, text_field


class PlaceForm(RegistryForm):
    """A place: what it is, where it belongs, who answers for it."""

    name = text_field("name", 64, required=True)
    kind = forms.ChoiceField(label=label_of("kind"), choices=list(PLACE_KIND.items()))
    contact_name = text_field("contact_name", 64)
    phone = text_field("phone", 40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}))
    location = text_field("location", 120)
    note = text_field("note", 200)

    def __init__(self, sites: Iterable[Site], *given: Any, has_phone: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        choices = [(each.area_path, each.name if each.is_leaf else _("%(area)s（整片）") % {"area": each.name})
                   for each in sites]  # fmt: skip
        self.fields["area"] = forms.ChoiceField(label=label_of("area"), choices=choices)
        if has_phone:
            self.fields["no_phone"] = forms.BooleanField(label=_("清除原来的号码"), required=False)
        self.fields["name"].label, self.fields["phone"].label = _("名称"), _("电话")
        self.fields["area"].label = _("所属区域")
        self.order_fields(["name", "kind", "area", "contact_name", "phone", "no_phone", "location", "note"])

    def values(self) -> dict[str, str]:
        """What was said, but for where it belongs; a phone that was left empty is not among it."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("name", "kind", "contact_name", "location", "note")}
        if data.get("no_phone") or data["phone"]:
            values["phone"] = "" if data.get("no_phone") else data["phone"]
        return values


def known(place: Place) -> dict[str, str]:
    """What stands in the fields of a place's form."""
    names = ("name", "kind", "contact_name", "location", "note")
    return {**{name: getattr(place, name) for name in names}, "area": place.area_path}
