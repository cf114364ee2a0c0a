"""The office's own forms: kept with their ledger, their columns found from the titles, filled as they are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import msgspec
from django.db import transaction

from wuyicun.domains.registry import roster as rosters
from wuyicun.domains.registry.importing.files import folder
from wuyicun.domains.registry.ledgers.definition import Definition, Subject
from wuyicun.domains.registry.ledgers.subjects import LISTED
from wuyicun.domains.registry.models import LedgerTemplate
from wuyicun.domains.registry.roster import RosterRefused, SheetLayout
from wuyicun.domains.registry.roster.fields import FLAGS
from wuyicun.domains.registry.roster.fields import Field as Title
from wuyicun.domains.registry.roster.words.headers import normal
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents.filling import FormRefused, check, columns_with_formulas

SEQUENCE = "sequence"
_FEWEST_COLUMNS = 2


class TemplateColumn(msgspec.Struct, frozen=True):
    """A column of a form: its letters, its title, the field that stands in it ('' is left as it is)."""

    letters: str
    title: str
    field: str


class Layout(msgspec.Struct, frozen=True):
    """How a form is filled: in which sheet, from which row on, which columns; `sheets` are all it has."""

    sheet: str
    first_row: int
    columns: tuple[TemplateColumn, ...]
    sheets: tuple[str, ...] = ()


_OF_PERSON = {
    Title.NAME: "name", Title.SEX: "sex", Title.BIRTH_DATE: "birth_date", Title.AGE: "age", Title.ID_KIND: "id_kind",
    Title.ID_NUMBER: "id_number", Title.PHONE: "phone", Title.RELATION: "relation", Title.HEAD_NAME: "head_name",
    Title.ADDRESS: "address", Title.LIVING_PLACE: "address", Title.REGISTERED_ADDRESS: "registered_address",
    Title.PARTY: "party", Title.RESIDENCE: "residence", Title.PLACE_KIND: "residence",
    Title.WHEREABOUTS: "whereabouts_text", Title.GROUPS: "groups", Title.HOME_VISIT: "group_home_visit",
    Title.SAMPLING_CODE: "sampling_code", Title.NOTE: "note", Title.WORKPLACE: "workplace", Title.SECTION: "section",
    Title.MICRO_GRID: "micro_grid", Title.HOUSEHOLD: "household", Title.PROBLEM: "problems",
    **{title: f"group_{group}" for title, group in FLAGS.items()},
}  # fmt: skip
_OF_HOUSEHOLD = {
    Title.HOUSEHOLD: "number", Title.SECTION: "section", Title.MICRO_GRID: "micro_grid", Title.NAME: "head_name",
    Title.HEAD_NAME: "head_name", Title.ADDRESS: "address", Title.WHEREABOUTS: "address",
}  # fmt: skip
_OF_PLACE = {
    Title.NAME: "name", Title.PLACE_KIND: "kind", Title.RESIDENCE: "kind", Title.SECTION: "micro_grid",
    Title.MICRO_GRID: "micro_grid", Title.MANAGER: "contact_name", Title.PHONE: "phone", Title.ADDRESS: "location",
    Title.WHEREABOUTS: "location", Title.LIVING_PLACE: "location", Title.NOTE: "note",
}  # fmt: skip
_FIELD_OF_TITLE: Mapping[Subject, Mapping[Title, str]] = {
    Subject.PERSON: _OF_PERSON,
    Subject.HOUSEHOLD: _OF_HOUSEHOLD,
    Subject.PLACE: _OF_PLACE,
}


def find(village_id: UUID, code: str) -> LedgerTemplate | None:
    """The form of a ledger, if it has one; its content is read when it is asked for."""
    return LedgerTemplate.rows().filter(village_id=village_id, ledger=code).defer("content_sealed").first()


def layout_of(template: LedgerTemplate) -> Layout:
    """How a form is filled."""
    return msgspec.convert(template.layout, Layout)


def propose(content: bytes, definition: Definition, *, sheet: str = "", first_row: int | None = None) -> Layout:
    """How a form is probably meant to be filled.

    Args:
        sheet: the sheet that somebody chose; '' for the one whose titles say most.
        first_row: the first row below the titles that somebody chose.

    Raises:
        FormRefused: it is no form, or no titles were found in it.
    """
    check(BytesIO(content))
    book = _read(content)
    layouts = [each for each in rosters.propose(book) if not sheet or each.sheet == sheet]
    if not layouts:
        raise FormRefused("no_such_sheet")
    found = max((_layout(each, definition) for each in layouts), key=_mapped)
    if _mapped(found) < _FEWEST_COLUMNS and first_row is None:
        raise FormRefused("no_columns")
    row = first_row or found.first_row
    own = columns_with_formulas(content, found.sheet, row)
    columns = tuple(msgspec.structs.replace(each, field="") if each.letters in own else each for each in found.columns)
    return Layout(found.sheet, row, columns, tuple(each.name for each in book.sheets))


@transaction.atomic
def put(
    *, village_id: UUID, code: str, file_name: str, content: bytes, layout: Layout, by: UUID, at: datetime
) -> LedgerTemplate:
    """Keep a form with a ledger, instead of the one it had."""
    LedgerTemplate.rows().filter(village_id=village_id, ledger=code).delete()
    kept = LedgerTemplate(
        village_id=village_id,
        ledger=code,
        file_name=file_name[:120],
        layout=msgspec.to_builtins(layout),
        made_at=at,
        made_by=by,
    )
    kept.set_content(content)
    kept.save(force_insert=True)
    _tell("put", kept, by, at)
    return kept


@transaction.atomic
def map_columns(*, template: LedgerTemplate, layout: Layout, by: UUID, at: datetime) -> None:
    """Remember how a form is filled."""
    template.layout = msgspec.to_builtins(layout)
    template.save(update_fields=["layout"])
    _tell("map", template, by, at)


@transaction.atomic
def drop(*, template: LedgerTemplate, by: UUID, at: datetime) -> None:
    """Forget a form."""
    LedgerTemplate.rows().filter(village_id=template.village_id, pk=template.pk).delete()
    _tell("drop", template, by, at)


def _tell(verb: str, template: LedgerTemplate, by: UUID, at: datetime) -> None:
    audit(
        f"registry.{verb}_ledger_template",
        by=by,
        at=at,
        village_id=template.village_id,
        subject=("ledger_template", template.pk),
        data={"ledger": template.ledger},
    )


def _read(content: bytes) -> rosters.Book:
    """The sheets, read by the limited process that reads rosters."""
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".") as place:
        path = Path(place) / "form.xlsx"
        path.write_bytes(content)
        try:
            return rosters.read(path)
        except RosterRefused as refusal:
            raise FormRefused("too_large" if refusal.code.startswith(("too_", "zip_")) else "corrupt") from None


def _layout(sheet: SheetLayout, definition: Definition) -> Layout:
    known = LISTED[definition.subject]
    official = {normal(str(field.title)): field.code for field in known.fields}
    own = {normal(each.heading): each.field for each in definition.columns if each.heading}
    by_title = _FIELD_OF_TITLE[definition.subject]
    columns, taken = [], set[str]()
    for column in sheet.columns:
        title = column.header.rsplit("·", 1)[-1]
        field = own.get(normal(title)) or (by_title.get(column.field, "") if column.field else "")
        field = SEQUENCE if column.field is Title.SEQUENCE else field or official.get(normal(title), "")
        columns.append(TemplateColumn(column.letters, column.header, "" if field in taken else field))
        taken.add(field)
    return Layout(sheet.sheet, sheet.first_row, tuple(columns))


def _mapped(layout: Layout) -> int:
    return sum(bool(each.field) and each.field != SEQUENCE for each in layout.columns)
