"""One person from one row."""

from __future__ import annotations

from datetime import date

from wuyicun.domains.registry.roster.fields import Field, SheetKind
from wuyicun.domains.registry.roster.parsing import cells as reading
from wuyicun.domains.registry.roster.parsing.households import Placing
from wuyicun.domains.registry.roster.parsing.identity import Identity, IdSurvey
from wuyicun.domains.registry.roster.parsing.phones import read_phone_of
from wuyicun.domains.registry.roster.parsing.sheet import Row
from wuyicun.domains.registry.roster.rows import PersonRow
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import Group, Residence, Sex, Whereabouts, is_away, whereabouts_of


def read_person(row: Row, placing: Placing, survey: IdSurvey, on: date | None) -> PersonRow:
    """The person of a row that has a name; notes everything that is wrong or was put right."""
    identity = survey.read(row)
    phone, phone_text = read_phone_of(row)
    residence = _residence(row)
    groups, home_visit = _groups(row)
    return PersonRow(
        sheet=row.context.sheet.name,
        row=row.number,
        name=row.name,
        section=placing.section,
        household_number=placing.household.number if placing.household else None,
        micro_grid=placing.micro_grid,
        sex=_sex(row, identity, survey),
        birth_date=_birth_date(row, identity, survey, on),
        id_kind=identity.kind,
        id_number=identity.number,
        id_text=identity.text,
        phone=phone,
        phone_text=phone_text,
        relation=row.text(Field.RELATION) or None,
        address=row.text(Field.ADDRESS) or (placing.household.address if placing.household else None),
        registered_address=row.text(Field.REGISTERED_ADDRESS) or None,
        party_member=_answer(row, Field.PARTY),
        residence=residence,
        whereabouts=_whereabouts(row, residence),
        whereabouts_text=row.text(Field.WHEREABOUTS) or None,
        groups=groups,
        home_visit=home_visit,
        sampling_code_registered=_answer(row, Field.SAMPLING_CODE),
        note=row.text(Field.NOTE) or None,
        workplace=row.text(Field.WORKPLACE) or None,
        living_place=row.text(Field.LIVING_PLACE) or None,
        is_worker=row.context.layout.kind is SheetKind.WORKERS,
    )


def _sex(row: Row, identity: Identity, survey: IdSurvey) -> Sex | None:
    text = row.text(Field.SEX)
    said = values.sex(text) if text else None
    if text and said is None:
        row.problem("unknown_sex", Field.SEX, value=text)
    if identity.reading is None or identity.number in survey.disputed:
        return said  # whose number a disputed one is, is not known yet, and so neither what it says
    if said not in (None, Sex.UNKNOWN, identity.reading.sex):
        row.problem("sex_mismatch", Field.ID_NUMBER)
        return said
    return identity.reading.sex


def _birth_date(row: Row, identity: Identity, survey: IdSurvey, on: date | None) -> date | None:
    cell = row.cell(Field.BIRTH_DATE)
    said = reading.day(cell)
    if cell is not None and (said is None or (on is not None and said > on)):
        row.problem("bad_date", Field.BIRTH_DATE, value=reading.text(cell))
        said = None
    if identity.reading is None or identity.number in survey.disputed:
        return said
    from_id = identity.reading.birth_date
    if said is not None and said != from_id:
        row.problem("birth_mismatch", Field.BIRTH_DATE)
    # Where they differ the id is right more often: many give their birthday by the lunar calendar.
    return from_id


def _residence(row: Row) -> Residence | None:
    text = row.text(Field.RESIDENCE)
    if not text:
        return None if Field.RESIDENCE in row.context.index_of else row.context.residence
    found = values.residence(text)
    if found is None:
        row.problem("unknown_residence", Field.RESIDENCE, value=text)
    return found


def _whereabouts(row: Row, residence: Residence | None) -> Whereabouts | None:
    text = row.text(Field.WHEREABOUTS)
    usual = whereabouts_of(residence) if residence else None
    if not text:
        return usual
    found = values.whereabouts(text, residence, row.context.local_names)
    if usual is not None and is_away(found) != is_away(usual):
        row.problem("whereabouts_differ", Field.WHEREABOUTS, value=text)
    return found


def _groups(row: Row) -> tuple[frozenset[Group] | None, bool | None]:
    """The groups, and whether the person asks for a visit at home, which is asked in a column of its own too."""
    text = row.text(Field.GROUPS)
    found: set[Group] = set()
    said = bool(text)
    if text:
        named, unknown = values.groups(text)
        found |= named
        for word in unknown:
            row.problem("unknown_group", Field.GROUPS, value=word)
    for field, group in row.context.flags:
        if (answer := _answer(row, field)) is not None:
            said = True
            found |= {group} if answer else set()
    home_visit = _answer(row, Field.HOME_VISIT)
    if Group.HOME_VISIT in found:
        found.discard(Group.HOME_VISIT)
        home_visit = True
    return (frozenset(found) if said else None), home_visit


_ANSWERS = {Field.PARTY: values.party_member, Field.SAMPLING_CODE: values.registered}


def _answer(row: Row, field: Field) -> bool | None:
    text = row.text(field)
    if not text:
        return None
    answer = _ANSWERS.get(field, values.yes)(text)
    if answer is None:
        row.problem("unknown_answer", field, value=text)
    return answer
