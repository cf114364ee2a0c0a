"""The phone of a row."""

from __future__ import annotations

from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.parsing import cells as reading
from wuyicun.domains.registry.roster.parsing.sheet import Row
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import read_phone


def read_phone_of(row: Row) -> tuple[str | None, str | None]:
    """The number in digits, and the text when it could not be read; notes what is wrong or was put right."""
    cell = row.cell(Field.PHONE)
    written = reading.text(cell)
    if not written or values.is_nothing(written):
        return None, None
    if reading.is_scientific(cell):
        row.problem("phone_stored_as_number", Field.PHONE)
        return None, written
    found = read_phone(written)
    if found.number is None:
        row.problem("phone_invalid", Field.PHONE)
        return None, written
    if found.spaced:
        row.problem("phone_spaced", Field.PHONE)
    if found.full_width:
        row.problem("full_width", Field.PHONE)
    if found.others:
        row.problem("second_phone", Field.PHONE)
    return found.number, None
