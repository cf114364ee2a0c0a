"""Parses a book with its layouts into a roster."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from wuyicun.domains.registry.roster.book import Book, RosterRefused
from wuyicun.domains.registry.roster.fields import FLAGS, Field, SheetKind
from wuyicun.domains.registry.roster.layouts.layout import SheetLayout
from wuyicun.domains.registry.roster.parsing import titles
from wuyicun.domains.registry.roster.parsing.identity import IdSurvey
from wuyicun.domains.registry.roster.parsing.people import People, is_resident
from wuyicun.domains.registry.roster.parsing.place import read_place
from wuyicun.domains.registry.roster.parsing.sheet import Row, SheetContext
from wuyicun.domains.registry.roster.parsing.walking import Total, walk
from wuyicun.domains.registry.roster.rows import PersonRow, PlaceRow, Problem, Roster, Section

_ATTRIBUTES: Mapping[Field, tuple[str, ...]] = {
    Field.NAME: ("name",),
    Field.HOUSEHOLD: ("household_number",),
    Field.HEAD_NAME: ("household_number",),
    Field.SECTION: ("section",),
    Field.MICRO_GRID: ("micro_grid",),
    Field.SEX: ("sex",),
    Field.BIRTH_DATE: ("birth_date",),
    Field.ID_NUMBER: ("id_kind", "id_number", "id_text", "sex", "birth_date"),
    Field.PHONE: ("phone", "phone_text"),
    Field.RELATION: ("relation",),
    Field.ADDRESS: ("address",),
    Field.REGISTERED_ADDRESS: ("registered_address",),
    Field.PARTY: ("party_member",),
    Field.RESIDENCE: ("residence", "whereabouts"),
    Field.WHEREABOUTS: ("whereabouts", "whereabouts_text"),
    Field.GROUPS: ("groups",),
    Field.HOME_VISIT: ("home_visit",),
    Field.SAMPLING_CODE: ("sampling_code_registered",),
    Field.NOTE: ("note",),
    Field.WORKPLACE: ("workplace",),
    Field.LIVING_PLACE: ("living_place",),
    Field.PLACE_KIND: ("kind", "kind_text"),
    Field.MANAGER: ("manager",),
    **dict.fromkeys(FLAGS, ("groups",)),
}
_LISTED = (SheetKind.PEOPLE, SheetKind.WORKERS)


def parse(book: Book, layouts: Sequence[SheetLayout], *, on: date | None = None) -> Roster:
    """Reads every row of the sheets that list something.

    Args:
        book: the file.
        layouts: what each sheet is, as proposed or as changed by hand.
        on: the day of reading; birth dates after it are problems. None leaves that out.

    Raises:
        RosterRefused: `no_roster_found`: no sheet lists people or places.
    """
    wanted = [layout for layout in layouts if layout.kind is not SheetKind.IGNORE and Field.NAME in layout.index_of]
    if not wanted:
        names = "、".join(sheet.name for sheet in book.sheets)
        raise RosterRefused("no_roster_found", {"sheets": names}, sheet=book.sheets[0].name if book.sheets else None)
    village = titles.village(book, wanted)
    contexts = _contexts(book, wanted, village)
    items = {context.sheet.name: tuple(walk(context)) for context in contexts}
    people = _people(contexts, items, on)
    persons = people.finished()
    places = _places(contexts, items)
    return Roster(
        village=village,
        people=persons,
        households=people.households.all(),
        places=places,
        sections=_sections(persons),
        problems=tuple(problem for context in contexts for problem in _by_row(context.problems)),
        present={context.sheet.name: _present(context, items[context.sheet.name]) for context in contexts},
    )


def _contexts(book: Book, layouts: Sequence[SheetLayout], village: str | None) -> list[SheetContext]:
    sheets = {sheet.name: sheet for sheet in book.sheets}
    from_csv = book.format == "csv"
    listed = [layout for layout in layouts if layout.sheet in sheets]
    sections = {layout.sheet: _section(layout, village, from_csv) for layout in listed}
    local = frozenset(name for name in (village, *sections.values()) if name and len(name) > 1)
    return [
        SheetContext(sheets[layout.sheet], layout, sections[layout.sheet], titles.residence(layout), local)
        for layout in listed
    ]


def _section(layout: SheetLayout, village: str | None, from_csv: bool) -> str | None:
    return titles.section(layout, village, from_csv=from_csv) if layout.kind is SheetKind.PEOPLE else None


def _people(contexts: Sequence[SheetContext], items: Mapping[str, Sequence[Row | Total]], on: date | None) -> People:
    listed = [context for context in contexts if context.layout.kind in _LISTED]
    rows = {
        context.sheet.name: [item for item in items[context.sheet.name] if isinstance(item, Row)] for context in listed
    }
    people = People(IdSurvey(rows, on), on)
    for context in listed:
        people.read_sheet(context, items[context.sheet.name])
    return people


def _places(contexts: Sequence[SheetContext], items: Mapping[str, Sequence[Row | Total]]) -> tuple[PlaceRow, ...]:
    found: dict[tuple[str | None, str], PlaceRow] = {}
    for context in contexts:
        if context.layout.kind is not SheetKind.PLACES:
            continue
        for row in items[context.sheet.name]:
            if isinstance(row, Total):
                continue
            row.note_errors()
            place = read_place(row)
            first = found.setdefault((place.section, place.name), place)
            if first is not place:
                row.problem("duplicate_place", Field.NAME, other_sheet=first.sheet, other_row=str(first.row))
    return tuple(found.values())


def _sections(people: Sequence[PersonRow]) -> tuple[Section, ...]:
    found: dict[str | None, dict[str, None]] = {}
    for person in people:
        if is_resident(person) or person.section or person.micro_grid:
            micro_grids = found.setdefault(person.section, {})
            if person.micro_grid:
                micro_grids[person.micro_grid] = None
    return tuple(Section(name, tuple(micro_grids)) for name, micro_grids in found.items())


def _by_row(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.row or 0)


def _present(context: SheetContext, items: Sequence[Row | Total]) -> frozenset[str]:
    found = {attribute for field in context.index_of for attribute in _ATTRIBUTES.get(field, ())}
    rows = [item for item in items if isinstance(item, Row)]
    if context.layout.kind is SheetKind.WORKERS:
        found.add("is_worker")
    if context.residence and context.layout.kind in _LISTED:
        found |= {"residence", "whereabouts"}
    if any(row.section for row in rows):
        found.add("section")
    if any(row.micro_grid for row in rows):
        found.add("micro_grid")
    return frozenset(found)


def unknown_areas(roster: Roster, known: Mapping[str, Collection[str]]) -> tuple[Problem, ...]:
    """The sections and micro-grids that the village does not have yet, each noted at the first person who names it.

    Args:
        roster: what the file says.
        known: the village's sections with their micro-grids.
    """
    found: dict[tuple[str | None, str | None], Problem] = {}
    for person in roster.people:
        if person.section and person.section not in known:
            problem = Problem("unknown_section", person.sheet, person.row, None, person.name, {"value": person.section})
            found.setdefault((person.section, None), problem)
        if person.micro_grid and person.micro_grid not in known.get(person.section or "", ()):
            data = {"value": person.micro_grid, "section": person.section or ""}
            problem = Problem("unknown_micro_grid", person.sheet, person.row, None, person.name, data)
            found.setdefault((person.section, person.micro_grid), problem)
    return tuple(found.values())
