"""A ledger that somebody is putting together, as the editor shows and sends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.ledgers.definition import Column, Condition, Definition, Paper, Subject
from wuyicun.domains.registry.ledgers.fields import Field, Words
from wuyicun.domains.registry.ledgers.making import LONGEST_TITLE
from wuyicun.domains.registry.ledgers.shelf import Ledger
from wuyicun.domains.registry.ledgers.subjects import LISTED, listed
from wuyicun.domains.registry.web.ledgers import controls

LONGEST_ABOUT, LONGEST_HEADING, LONGEST_SIGNATURE = 120, 30, 20
WIDTHS: Sequence[tuple[float, Words]] = ((0.6, _("窄")), (1.0, _("一般")), (1.8, _("宽")), (2.6, _("很宽")))
_USUAL = {
    Subject.PERSON: ("name", "sex", "age", "phone", "household", "micro_grid", "note"),
    Subject.HOUSEHOLD: ("section", "micro_grid", "number", "head_name", "address", "members"),
    Subject.PLACE: ("name", "kind", "micro_grid", "contact_name", "phone", "location"),
}
_COMMON = (
    "residence", "groups", "age", "sex", "micro_grid", "whereabouts", "sampling_code", "party", "workplace", "kind",
    "members",
)  # fmt: skip
_BETWEEN = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True)
class Draft:
    """What stands in the editor.

    Attributes:
        source: the code of the ledger it is made after, '' for none.
        seen_at: the last change of the one that is edited, as it came with the page.
    """

    title: str
    about: str
    definition: Definition
    source: str = ""
    seen_at: str = ""


@dataclass(frozen=True)
class ColumnChoice:
    """A field as the editor offers it as a column."""

    code: str
    official: Words
    chosen: bool
    heading: str
    widths: Sequence[tuple[float, Words, bool]]
    masked: bool
    maskable: bool


def subject_of(code: str) -> Subject:
    """What shall be listed; people where it is not said."""
    return Subject(code) if code in set(Subject) else Subject.PERSON


def blank(subject: Subject) -> Draft:
    """A ledger of everybody with the usual columns."""
    fields = LISTED[subject].field_by_code
    columns = tuple(Column(code, "", fields[code].weight) for code in _USUAL[subject])
    return Draft("", "", Definition(subject=subject, columns=columns))


def of_ledger(ledger: Ledger, further: Sequence[Condition], *, title: str) -> Draft:
    """A ledger to be changed or copied, with what was asked above its columns."""
    asked = {each.field for each in further}
    kept = tuple(each for each in ledger.definition.conditions if each.field not in asked)
    definition = msgspec.structs.replace(ledger.definition, conditions=(*kept, *further))
    seen_at = ledger.updated_at.isoformat() if ledger.updated_at else ""
    return Draft(title, str(ledger.about), definition, ledger.code, seen_at)


def read(data: QueryDict) -> Draft:
    """What the editor sent."""
    subject = subject_of(data.get("subject", ""))
    known = LISTED[subject]
    definition = Definition(
        subject=subject,
        conditions=controls.read(data, known),
        columns=tuple(_column(data, known.field_by_code[code]) for code in _codes(data, known.field_by_code)),
        order=data.get("order", "home"),
        paper=Paper.A3 if data.get("paper") == Paper.A3 else Paper.A4,
        upright=data.get("upright") == "yes",
        signatures=tuple(
            each[:LONGEST_SIGNATURE] for each in _BETWEEN.split(_tidy(data.get("signatures", ""), 200)) if each
        ),
    )
    title, about = _tidy(data.get("title", ""), LONGEST_TITLE), _tidy(data.get("about", ""), LONGEST_ABOUT)
    draft = Draft(title, about, definition, _tidy(data.get("from", ""), 40), data.get("seen_at", ""))
    return moved(draft, data.get("move", ""))


def moved(draft: Draft, move: str) -> Draft:
    """The same with a column one place further `up:CODE` or `down:CODE`."""
    way, _colon, code = move.partition(":")
    columns = list(draft.definition.columns)
    here = next((place for place, each in enumerate(columns) if each.field == code), None)
    if here is None or way not in ("up", "down"):
        return draft
    there = min(max(here + (-1 if way == "up" else 1), 0), len(columns) - 1)
    columns.insert(there, columns.pop(here))
    return replace(draft, definition=msgspec.structs.replace(draft.definition, columns=tuple(columns)))


def choices(draft: Draft) -> list[ColumnChoice]:
    """All fields as columns: the chosen ones in their order, then the others."""
    known = listed(draft.definition)
    chosen = {each.field: each for each in draft.definition.columns}
    others = [field for field in known.fields if field.code not in chosen]
    return [_choice(known.field_by_code[code], column) for code, column in chosen.items()] + [
        _choice(field, None) for field in others
    ]


def conditions(draft: Draft, areas: Sequence[tuple[str, str]]) -> tuple[list[controls.Control], list[controls.Control]]:
    """What can be asked: the common ones in their order, then what else is used; and the rest."""
    known = listed(draft.definition)
    every = {field.code: controls.control(field, draft.definition.conditions, areas) for field in _asked(known.fields)}
    common = [code for code in _COMMON if code in every]
    used = [code for code, each in every.items() if each.used and code not in common]
    first = [*common, *used]
    return [every[code] for code in first], [each for code, each in every.items() if code not in first]


def _asked(fields: Iterable[Field]) -> list[Field]:
    """A micro-grid says which section; groups say each group: neither is asked twice."""
    return [field for field in fields if field.code != "section" and not field.code.startswith("group_")]


def _choice(field: Field, column: Column | None) -> ColumnChoice:
    weight = column.weight if column else field.weight
    nearest = min((width for width, _words in WIDTHS), key=lambda width: abs(width - weight))
    return ColumnChoice(
        field.code,
        field.title,
        column is not None,
        gettext(column.heading) if column and column.heading else "",
        [(width, words, width == nearest) for width, words in WIDTHS],
        column is not None and column.masked,
        field.mask is not None,
    )


def _codes(data: QueryDict, known: Iterable[str]) -> list[str]:
    return [code for code in dict.fromkeys(data.getlist("column")) if code in set(known)]


def _column(data: QueryDict, field: Field) -> Column:
    width = data.get(f"w.{field.code}", "")
    weight = float(width) if width in {str(each) for each, _words in WIDTHS} else field.weight
    heading = _tidy(data.get(f"h.{field.code}", ""), LONGEST_HEADING)
    return Column(
        field.code,
        "" if heading == str(field.title) else heading,
        weight,
        field.mask is not None and data.get(f"m.{field.code}") == "yes",
    )


def _tidy(text: str, longest: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:longest]
