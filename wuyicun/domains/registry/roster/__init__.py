"""Reading a clerk's roster: a file becomes a `Book`, its sheets get layouts, and both become a `Roster`.

``read`` -> ``propose`` -> (the clerk's changes) -> ``parse`` -> ``summary``; ``template`` is a blank file to fill in,
``returned`` the clerk's file with what is wrong written beside each row. No Django and no database.
"""

from wuyicun.domains.registry.roster.book import Book, Limits, RosterRefused, Sheet
from wuyicun.domains.registry.roster.fields import Field, SheetKind
from wuyicun.domains.registry.roster.layouts.layout import ColumnLayout, SheetLayout
from wuyicun.domains.registry.roster.layouts.proposing import propose, propose_sheet, taken_for
from wuyicun.domains.registry.roster.parsing.parse import parse, unknown_areas
from wuyicun.domains.registry.roster.parsing.people import is_resident
from wuyicun.domains.registry.roster.reading.parent import read, read_back
from wuyicun.domains.registry.roster.rows import (
    SEVERITY,
    HouseholdRow,
    PersonRow,
    PlaceRow,
    Problem,
    Roster,
    Section,
    Severity,
)
from wuyicun.domains.registry.roster.summary import summary
from wuyicun.domains.registry.roster.writing.returned import returned
from wuyicun.domains.registry.roster.writing.template import template

__all__ = [
    "SEVERITY",
    "Book",
    "ColumnLayout",
    "Field",
    "HouseholdRow",
    "Limits",
    "PersonRow",
    "PlaceRow",
    "Problem",
    "Roster",
    "RosterRefused",
    "Section",
    "Severity",
    "Sheet",
    "SheetKind",
    "SheetLayout",
    "is_resident",
    "parse",
    "propose",
    "propose_sheet",
    "read",
    "read_back",
    "returned",
    "summary",
    "taken_for",
    "template",
    "unknown_areas",
]
