"""Taking the numbers of a person: read, checked, and held by nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.labels import ID_FAULT
from wuyicun.domains.registry.models import ID_NUMBER, UNREAD, Conflict, Person
from wuyicun.domains.registry.rules import IdFault, IdKind, Sex, birth_date_of, plain, read_id, read_phone, sex_of
from wuyicun.kernel.crypto import blind_index, seal
from wuyicun.kernel.errors import Refusal

LONGEST_OTHER_NUMBER = 40
ABOUT_ID = frozenset({"missing_id", "no_id_column", "id_stored_as_number", *IdFault})
ABOUT_PHONE = frozenset({"phone_invalid", "phone_stored_as_number"})
DISAGREE = frozenset({"sex_mismatch", "birth_mismatch"})


class IdNotRead(Refusal):
    """What was typed is no citizen identity number."""

    code = "id_not_read"
    status = 400
    words = _("%(fault)s")


class IdHeld(Refusal):
    """Somebody else in the village holds the number."""

    code = "id_held"
    words = _("名册里已经有人用这个证件号码")


class IdDisputed(Refusal):
    """The number stands on two people in the roster, and nobody has decided whose it is."""

    code = "id_disputed"
    words = _("这个证件号码在名册里写在两个人名下，请先到“待定”里定下来")


class PhoneNotRead(Refusal):
    """What was typed is no phone number."""

    code = "phone_not_read"
    status = 400
    words = _("电话号码不对，请写 11 位手机号，或带区号的座机")


def take_id(person: Person, text: str, *, on: date) -> None:
    """Give a person the number that was typed; an empty text takes it away.

    Raises:
        IdNotRead: it is no number of its kind.
        IdHeld: `data["person_id"]` holds it.
        IdDisputed: it waits for a decision.
    """
    number = _read(text, person.id_kind, on)
    if number is not None:
        index = blind_index(number, ID_NUMBER)
        _refuse_another_holder(person, index)
    else:
        person.id_kind = ""
    hold_id(person, number)


def hold_id(person: Person, number: str | None) -> None:
    """Give a person a number that was read; what the roster said that could not be read is answered by it."""
    person.set_id_number(number)
    _forget_unread(person, "id_number")
    person.problems = [code for code in person.problems if code not in ABOUT_ID]


def _read(text: str, kind: str, on: date) -> str | None:
    typed = plain(text).strip()
    if not typed:
        return None
    if kind not in ("", IdKind.RESIDENT):
        return "".join(typed.split()).upper()[:LONGEST_OTHER_NUMBER]
    reading = read_id(typed, on=on)
    if reading.fault is not None:
        raise IdNotRead(fault=ID_FAULT[reading.fault])
    return reading.number


def _refuse_another_holder(person: Person, index: bytes) -> None:
    holder = another_holder(person, index)
    if holder is not None:
        raise IdHeld(person_id=holder.pk)
    if disputed(person.village_id, index):
        raise IdDisputed


def another_holder(person: Person, index: bytes) -> Person | None:
    """Who else holds the number with this blind index."""
    return Person.rows().filter(village_id=person.village_id, id_index=index).exclude(pk=person.pk).first()


def disputed(village_id: UUID, index: bytes) -> bool:
    """Whether an undecided conflict is about this number (its blind index)."""
    return Conflict.rows().filter(village_id=village_id, value_index=index, decided_at__isnull=True).exists()


def take_phone(person: Person, text: str) -> None:
    """Give a person the phone number that was typed; an empty text takes it away.

    Raises:
        PhoneNotRead: it is none.
    """
    number = read_phone(text).number
    if number is None and text.strip():
        raise PhoneNotRead
    hold_phone(person, number)


def hold_phone(person: Person, number: str | None) -> None:
    """Give a person a phone number that was read; what the roster said that could not be read is answered by it."""
    person.set_phone(number)
    _forget_unread(person, "phone")
    person.problems = [code for code in person.problems if code not in ABOUT_PHONE]


def _forget_unread(person: Person, cell: str) -> None:
    set_unread(person, {name: said for name, said in person.unread.items() if name != cell})


def set_unread(person: Person, unread: Mapping[str, str]) -> None:
    """Seal what a roster says in place of numbers that could not be read."""
    person.unread_sealed = seal(json.dumps(unread, ensure_ascii=False, sort_keys=True), UNREAD) if unread else None


def agree(person: Person) -> None:
    """Take sex and birth date from the number where they are not known, and flag where they differ from it."""
    found = [code for code in person.problems if code not in DISAGREE]
    number = person.id_number
    if number is None:
        if not ABOUT_ID.intersection(found):
            found.append("missing_id")
    elif person.id_kind == IdKind.RESIDENT:
        sex, born = sex_of(number), birth_date_of(number)
        if person.sex == Sex.UNKNOWN:
            person.sex = sex
        if person.birth_date is None:
            person.birth_date = born
        if person.sex != sex:
            found.append("sex_mismatch")
        if person.birth_date != born:
            found.append("birth_mismatch")
    person.problems = found
