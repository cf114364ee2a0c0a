"""The forms of people and households. They only parse; a number is judged by the action that takes it.

A number that is known is not in the form: an empty field leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions import Newcomer, PersonFields, Stay
from wuyicun.domains.registry.dossier import PersonFile
from wuyicun.domains.registry.labels import (
    FIELD,
    GROUP,
    ID_KIND,
    LEFT_REASON,
    RESIDENCE,
    REVEAL_REASON,
    SEX,
    WHEREABOUTS,
)
from wuyicun.domains.registry.rules import DIED, Group, IdKind, Whereabouts, is_away

Words = Mapping[str, str | Promise]
NUMBERS = ("id_number", "phone")


def label_of(name: str) -> Any:
    """What a field is called everywhere."""
    return FIELD[name]


def text_field(name: str, length: int, *, required: bool = False, **options: Any) -> forms.CharField:
    """A line of text that is called as everywhere."""
    return forms.CharField(label=label_of(name), max_length=length, required=required, **options)


def choice_field(name: str, words: Words, **options: Any) -> forms.ChoiceField:
    """A choice that is called as everywhere."""
    return forms.ChoiceField(label=label_of(name), choices=list(words.items()), **options)


def _day(name: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label_of(name), required=False, widget=widget)


class RegistryForm(forms.Form):
    """A form whose missing answers are shown by us, not the browser."""

    use_required_attribute = False


class IdentityForm(RegistryForm):
    """Who somebody is."""

    name = text_field("name", 64, required=True)
    sex = choice_field("sex", SEX, widget=forms.RadioSelect)
    birth_date = _day("birth_date")
    id_kind = choice_field("id_kind", ID_KIND, initial=IdKind.RESIDENT)
    id_number = text_field("id_number", 60, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}))

    def clean_birth_date(self) -> date | None:
        """Nobody is born tomorrow."""
        born: date | None = self.cleaned_data["birth_date"]
        if born is not None and born > timezone.localdate():
            raise forms.ValidationError(_("出生日期还没到"))
        return born


class ContactForm(RegistryForm):
    """How to reach somebody."""

    phone = text_field("phone", 40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}))
    address = text_field("address", 120)
    registered_address = text_field("registered_address", 120)


class LivingForm(RegistryForm):
    """How somebody lives here."""

    relation = text_field("relation", 32)
    residence = choice_field("residence", RESIDENCE, widget=forms.RadioSelect)
    workplace = text_field("workplace", 64)
    party_member = forms.BooleanField(label=label_of("party_member"), required=False)
    sampling_code = forms.BooleanField(label=gettext_lazy("已在市核酸采样系统注册采样码"), required=False)
    note = text_field("note", 200)


class StayForm(RegistryForm):
    """Where somebody is now."""

    whereabouts = choice_field("whereabouts", WHEREABOUTS, widget=forms.RadioSelect)
    whereabouts_text = text_field("whereabouts_text", 64)
    whereabouts_since = _day("whereabouts_since")
    expected_return = _day("expected_return")

    def clean(self) -> dict[str, Any]:
        """Nobody comes back before they went."""
        data: dict[str, Any] = super().clean() or {}
        since, back = data.get("whereabouts_since"), data.get("expected_return")
        if since and back and back < since:
            self.add_error("expected_return", _("回村的日子早于离村的日子"))
        return data

    def stay(self) -> Stay:
        """What was said."""
        data = self.cleaned_data
        return Stay(data["whereabouts"], data["whereabouts_text"], data["whereabouts_since"], data["expected_return"])


class GroupsForm(RegistryForm):
    """Which groups somebody belongs to."""

    groups = forms.MultipleChoiceField(
        label=label_of("groups"), choices=list(GROUP.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


class NewPersonForm(IdentityForm, ContactForm, LivingForm, StayForm, GroupsForm):
    """Somebody who is not in the registry yet; who has no household is placed in a leaf."""

    field_order = (
        "name", "id_kind", "id_number", "sex", "birth_date", "phone", "relation", "area", "residence", "whereabouts",
        "whereabouts_text", "expected_return", "groups", "workplace", "address", "registered_address", "party_member",
        "sampling_code", "note",
    )  # fmt: skip

    def __init__(self, leaves: Iterable[Leaf] | None, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        del self.fields["whereabouts_since"]
        for name in ("sex", "residence", "whereabouts"):
            self.fields[name].widget = forms.Select(choices=self.fields[name].choices)  # type: ignore[attr-defined]
        if leaves is not None:
            self.fields["area"] = leaf_field(leaves)
            del self.fields["relation"]
        self.order_fields(self.field_order)

    def newcomer(self) -> Newcomer:
        """What was said."""
        data = self.cleaned_data
        fields = {name: data[name] for name in PersonFields.__dataclass_fields__ if name in data}
        back = data["expected_return"] if is_away(Whereabouts(data["whereabouts"])) else None
        return Newcomer(
            PersonFields(**fields),
            Stay(data["whereabouts"], data["whereabouts_text"], None, back),
            tuple(Group(code) for code in data["groups"]),
        )


class HouseholdForm(RegistryForm):
    """A household."""

    number = text_field("number", 16, required=True)
    address = text_field("address", 120)
    head_name = text_field("head_name", 64)

    def __init__(self, leaves: Iterable[Leaf], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["area"] = leaf_field(leaves)

    def values(self) -> dict[str, str]:
        """What was said, but for the micro-grid."""
        return {name: self.cleaned_data[name] for name in ("number", "address", "head_name")}


class HomeForm(RegistryForm):
    """Where somebody belongs: a micro-grid, and in it a household or none."""

    number = text_field("number", 40)

    def __init__(self, leaves: Iterable[Leaf], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["area"] = leaf_field(leaves)


class LeftForm(RegistryForm):
    """Why somebody is no longer of the village; a death is registered on its own page."""

    reason = forms.ChoiceField(
        label=gettext_lazy("为什么"),
        choices=[(code, word) for code, word in LEFT_REASON.items() if code != DIED],
        widget=forms.RadioSelect,
    )


class RevealForm(RegistryForm):
    """Why a number is asked for in clear."""

    reason = forms.ChoiceField(label=gettext_lazy("为什么要看"), choices=list(REVEAL_REASON.items()))


def leaf_field(leaves: Iterable[Leaf]) -> forms.ChoiceField:
    """A choice of micro-grids; 未入网 comes last."""
    choices = [(leaf.area_path, f"{leaf.section} · {leaf.name}") for leaf in leaves]
    return forms.ChoiceField(label=label_of("area"), choices=choices)


PARTS: Mapping[str, type[RegistryForm]] = {
    "identity": IdentityForm,
    "contact": ContactForm,
    "living": LivingForm,
    "stay": StayForm,
    "groups": GroupsForm,
}
"""The parts of a person's page, each edited in its place."""


def part_form(part: str, file: PersonFile, data: Any = None) -> RegistryForm:
    """The form of a part of a person's page, with what is known."""
    form = PARTS[part](data, initial=_known(file))
    for name in NUMBERS:
        if name in form.fields and getattr(file, name):
            form.fields[f"no_{name}"] = forms.BooleanField(label=_("清除原来的号码"), required=False)
    return form


def _known(file: PersonFile) -> dict[str, object]:
    brief = file.brief
    plain = (
        "relation", "residence", "whereabouts_text", "whereabouts_since", "expected_return", "address",
        "registered_address", "workplace", "party_member", "sampling_code", "note",
    )  # fmt: skip
    return {
        "name": brief.name,
        "sex": brief.sex,
        "birth_date": brief.birth_date,
        "id_kind": file.id_kind or IdKind.RESIDENT,
        "whereabouts": brief.whereabouts,
        "groups": list(brief.groups),
        **{name: getattr(file, name) for name in plain},
    }


def said(form: RegistryForm) -> dict[str, object]:
    """The values that an edited part gives; a number that was left empty is not among them."""
    values: dict[str, object] = {}
    for name, value in form.cleaned_data.items():
        if name in NUMBERS:
            if form.cleaned_data.get(f"no_{name}"):
                values[name] = ""
            elif value:
                values[name] = value
        elif not name.startswith("no_"):
            values[name] = value
    return values
