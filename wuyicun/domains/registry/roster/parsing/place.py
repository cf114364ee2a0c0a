"""One place from one row."""

from __future__ import annotations

from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.parsing.phones import read_phone_of
from wuyicun.domains.registry.roster.parsing.sheet import Row
from wuyicun.domains.registry.roster.parsing.titles import micro_grid_name, section_name
from wuyicun.domains.registry.roster.rows import PlaceRow
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import PlaceKind


def read_place(row: Row) -> PlaceRow:
    """The place of a row that has a name; its kind is told by its type, else by its name."""
    kind_text = row.text(Field.PLACE_KIND)
    kind = values.place_kind(kind_text) if kind_text else None
    if kind is None:
        kind = values.place_kind(row.name)
        if kind_text or kind is None:
            row.problem("unknown_place_kind", Field.PLACE_KIND, value=kind_text)
    phone, phone_text = read_phone_of(row)
    return PlaceRow(
        sheet=row.context.sheet.name,
        row=row.number,
        name=row.name,
        kind=kind or PlaceKind.OTHER,
        kind_text=kind_text or None,
        section=section_name(row.text(Field.SECTION)) or row.context.section,
        micro_grid=micro_grid_name(row.text(Field.MICRO_GRID)) or None,
        manager=row.text(Field.MANAGER) or None,
        phone=phone,
        phone_text=phone_text,
        address=row.text(Field.ADDRESS) or None,
        note=row.text(Field.NOTE) or None,
    )
