"""整户编辑: the people of a household as one table, for the keyboard alone.

A row's fields are called KEY-name; the key is the person's id, or n0, n1 … for somebody new. A new row that was left
empty says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from wuyicun.domains.registry import access, actions, dossier
from wuyicun.domains.registry.labels import FIELD, RESIDENCE, SEX, WHEREABOUTS
from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.registry.naming import masked_id
from wuyicun.domains.registry.roster.parsing.cells import day
from wuyicun.domains.registry.roster.words.values import is_nothing
from wuyicun.domains.registry.web.common import fault, ids_of
from wuyicun.domains.registry.web.editing import FIELD_OF, in_words
from wuyicun.domains.registry.web.forms import NUMBERS, RegistryForm, choice_field, text_field
from wuyicun.domains.registry.web.meanwhile import Difference, Stale, brought_up, decided, seen_in, shown_of_person
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.formatting import masked_phone

PATTERN = "__row__"
"""The key of the row that the browser copies for somebody new."""
MOST_ROWS = 60
_KEY = re.compile(r"[0-9a-f-]{36}|n[0-9]{1,4}")


class MemberForm(RegistryForm):
    """A row of the table."""

    name = text_field("name", 64, required=True)
    relation = text_field("relation", 32)
    sex = choice_field("sex", SEX)
    birth_date = text_field("birth_date", 20)
    id_number = text_field("id_number", 60)
    phone = text_field("phone", 40)
    residence = choice_field("residence", RESIDENCE)
    whereabouts = choice_field("whereabouts", WHEREABOUTS)
    note = text_field("note", 200)

    def __init__(self, key: str, data: Any, known: Mapping[str, Any], held: Mapping[str, str]) -> None:
        super().__init__(data, prefix=key, initial=dict(known))
        who = str(known.get("name") or _("新的一行"))
        for name, field in self.fields.items():
            attrs = {"class": "input input-small", "autocomplete": "off", "aria-label": f"{FIELD[name]} {who}"}
            field.widget.attrs.update({**attrs, "placeholder": held.get(name, "")})
        self.fields["birth_date"].widget.attrs["placeholder"] = "1951-03-08"

    def clean_birth_date(self) -> date | None:
        """A day as people write it: 1951-3-8, 19510308, 1951年3月8日."""
        typed = str(self.cleaned_data["birth_date"])
        born = day(typed) if typed else None
        if typed and born is None:
            raise forms.ValidationError(_("日期写成 1951-03-08 这样"))
        if born is not None and born > timezone.localdate():
            raise forms.ValidationError(_("出生日期还没到"))
        return born

    def values(self) -> dict[str, object]:
        """What was said; a number that was left empty is not among it, one in whose place stands 无 is taken away."""
        values: dict[str, object] = dict(self.cleaned_data)
        for name in NUMBERS:
            if not values[name]:
                del values[name]
            elif is_nothing(str(values[name])):
                values[name] = ""
        return values

    def newcomer(self) -> actions.Newcomer:
        """Somebody new."""
        values: dict[str, Any] = self.values()
        stay = actions.Stay(values.pop("whereabouts"))
        return actions.Newcomer(actions.PersonFields(**values), stay)


@dataclass
class Line:
    """A row as the page shows it.

    Attributes:
        seen: the marks of what it showed, '' for somebody new.
        stale: what somebody else has changed too.
    """

    key: str
    name: str
    form: MemberForm
    seen: str = ""
    stale: Stale = ()

    @property
    def faults(self) -> list[str]:
        """What is wrong with it, field by field."""
        found = []
        for name, errors in self.form.errors.items():
            found += [f"{FIELD[name]}：{error}" if name in FIELD else str(error) for error in errors]
        return found


@require_http_methods(["GET", "POST"])
def household_table(request: ScopedRequest, household_id: UUID) -> HttpResponse:
    """The table; saved as a whole."""
    found = access.household(request.scope, request.village.pk, household_id, Permission.EDIT_PEOPLE)
    if request.method == "GET":
        return _page(request, found, [*_lines_of(_members(found)), _new_line("n0")])
    lines, people = _posted(request, found)
    if "more" in request.POST:
        return _page(request, found, [*lines, _new_line(f"n{len(lines)}")])
    lines = [line if line.key in people or not _is_blank(line.form) else _new_line(line.key) for line in lines]
    said = [line for line in lines if line.form.is_bound]
    valid = [line.form.is_valid() for line in said]
    if all(valid):
        try:
            saved = actions.edit_members(
                household=found, rows=[_row(line, people) for line in said], by=request.account.pk, at=clock.now()
            )
        except actions.RowsRefused as refusal:
            for line in said:
                if line.key in refusal.rows:
                    _refused(line, found.village_id, refusal.rows[line.key])
        else:
            notices.say(request, _outcome(saved))
            return HttpResponseRedirect(reverse("household", args=[found.pk]))
    return _page(request, found, lines, refused=True)


def _members(found: Household) -> list[Person]:
    people = Person.rows().filter(village_id=found.village_id, household=found, left_at__isnull=True)
    return list(people.order_by("pk"))


def _known(person: Person) -> dict[str, Any]:
    plain = ("name", "relation", "sex", "residence", "whereabouts", "note")
    born = person.birth_date.isoformat() if person.birth_date else ""
    return {**{name: getattr(person, name) for name in plain}, "birth_date": born, **dict.fromkeys(NUMBERS, "")}


def _held(person: Person) -> dict[str, str]:
    """What stands in the place of numbers, masked."""
    number, phone = person.id_number, person.phone
    return {"id_number": masked_id(number) if number else "", "phone": masked_phone(phone) if phone else ""}


def _lines_of(people: Sequence[Person]) -> list[Line]:
    return [
        Line(
            str(person.pk),
            person.name,
            MemberForm(str(person.pk), None, _known(person), _held(person)),
            shown_of_person(person, ()),
        )
        for person in people
    ]


_NEW = {"sex": "unknown", "residence": "resident", "whereabouts": "in_village"}


def _new_line(key: str, data: QueryDict | None = None) -> Line:
    return Line(key, _("新的一行"), MemberForm(key, data, _NEW, {}))


def _posted(request: ScopedRequest, found: Household) -> tuple[list[Line], dict[str, Person]]:
    """The rows as they were sent, what the editor decided about others' changes taken over; and whom they are about."""
    keys = [key for key in dict.fromkeys(request.POST.getlist("row")) if _KEY.fullmatch(key)][:MOST_ROWS]
    ids = list(ids_of(keys))
    access.people(request.scope, found.village_id, ids, Permission.EDIT_PEOPLE)
    people = {str(person.pk): person for person in Person.named(found.village_id, ids)}
    lines = []
    for key in keys:
        person = people.get(key)
        if person is None:
            lines.append(_new_line(key, request.POST))
            continue
        data = decided(request.POST, _prefixed(key, _known(person)))
        form = MemberForm(key, data, _known(person), _held(person))
        lines.append(Line(key, person.name, form, request.POST.get(f"{key}-seen", "")))
    return lines, people


def _prefixed(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{key}-{name}": value for name, value in values.items()}


def _is_blank(form: MemberForm) -> bool:
    return not any(form.data.get(form.add_prefix(name), "").strip() for name in form.fields if name not in _NEW)


def _row(line: Line, people: Mapping[str, Person]) -> actions.MemberRow | actions.NewRow:
    person = people.get(line.key)
    if person is None:
        return actions.NewRow(line.key, line.form.newcomer())
    return actions.MemberRow(line.key, person, line.form.values(), seen_in(line.seen) or {})


def _refused(line: Line, village_id: UUID, refusal: Refusal) -> None:
    """Say in the row what is wrong with it; where two have changed the same, show both."""
    if not isinstance(refusal, actions.ChangedMeanwhile):
        fault(line.form, FIELD_OF.get(type(refusal), ""), str(refusal))
        return
    person = Person.rows().get(village_id=village_id, pk=line.key)  # as it is by now
    typed, now, held = line.form.values(), _known(person), _held(person)
    both, mine = (refusal.data[which] for which in ("fields", "mine"))
    line.stale = [
        Difference(
            f"{line.key}-{name}", FIELD[name], in_words(name, held.get(name) or now[name]), in_words(name, value)
        )
        for name, value in typed.items()
        if isinstance(both, list) and name in both
    ]
    kept = [f"{line.key}-{name}" for name in mine] if isinstance(mine, list) else []
    data = brought_up(line.form.data, _prefixed(line.key, now), kept)  # type: ignore[arg-type]
    line.form, line.seen = MemberForm(line.key, data, now, held), shown_of_person(person, ())
    line.form.is_valid()
    fault(line.form, "", str(refusal))


def _outcome(saved: actions.Saved) -> str:
    said = []
    if saved.changed:
        said.append(ngettext("改了 %(number)s 人", "改了 %(number)s 人", saved.changed) % {"number": saved.changed})
    if saved.added:
        said.append(ngettext("添加了 %(number)s 人", "添加了 %(number)s 人", saved.added) % {"number": saved.added})
    return _("，").join(said) or _("没有改动")


def _page(request: ScopedRequest, found: Household, lines: Sequence[Line], *, refused: bool = False) -> HttpResponse:
    if not refused:
        lines[0].form.fields["name"].widget.attrs["data-focus"] = True
    context = {
        "household": found,
        "row": dossier.of_household(found).row,
        "lines": lines,
        "faulty": [line for line in lines if refused and line.form.is_bound and line.faults],
        "pattern": _new_line(PATTERN),
        "titles": [FIELD[name] for name in MemberForm.base_fields],
        "back": reverse("household", args=[found.pk]),
    }
    return render(request, "registry/household_table.html", context)
