"""The rules of the registry: what a person, a household and a place can be, and how numbers are read.

Pure: no Django, no clock of its own. Codes only; their words live beside the templates and, for reading
files, in `roster.words`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from operator import mul
from typing import NamedTuple


class Sex(StrEnum):
    """Sex as the identity card gives it (GB/T 2261.1)."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Residence(StrEnum):
    """Which of the five ledgers a person stands in; it does not say where the person is today."""

    RESIDENT = "resident"
    COUNTY = "county"
    CITY = "city"
    FLOATING = "floating"
    OUTSIDE = "outside"


class Whereabouts(StrEnum):
    """Where a person is now; `TO_AND_FRO` counts as in the village when a round draws who owes a test."""

    IN_VILLAGE = "in_village"
    COUNTY = "county"
    CITY = "city"
    ELSEWHERE = "elsewhere"
    TO_AND_FRO = "to_and_fro"


class Group(StrEnum):
    """Groups of people who need something of their own."""

    ELDERLY = "elderly"
    INFIRM = "infirm"
    ILL = "ill"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    INFANT = "infant"
    ALONE = "alone"
    HOME_VISIT = "home_visit"
    OUTSIDER = "outsider"
    RISK = "risk"


class PlaceKind(StrEnum):
    """What a place of the village is."""

    SHOP = "shop"
    CLINIC = "clinic"
    PUBLIC_TOILET = "public_toilet"
    PARCEL_LOCKER = "parcel_locker"
    BIN = "bin"
    FITNESS = "fitness"
    CHECKPOINT = "checkpoint"
    SAMPLING_POINT = "sampling_point"
    RECEPTION_POINT = "reception_point"
    ISOLATION_ROOM = "isolation_room"
    FACTORY = "factory"
    WORKSITE = "worksite"
    WASTE_POINT = "waste_point"
    DORMITORY = "dormitory"
    OTHER = "other"


WITH_WORKERS = (PlaceKind.WORKSITE, PlaceKind.FACTORY)
"""Places that keep a roster of who works there."""


class IdKind(StrEnum):
    """What kind of paper an id number is from; only `RESIDENT` numbers can be checked."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    PERMIT = "permit"
    OTHER = "other"


class IdFault(StrEnum):
    """Why a text is no citizen identity number."""

    BAD_CHECK_DIGIT = "bad_check_digit"
    WRONG_LENGTH = "id_wrong_length"
    NOT_DIGITS = "id_not_digits"
    BAD_BIRTH_DATE = "id_bad_birth_date"


class IdFix(StrEnum):
    """What was put right while a number was read; none of it needs anybody's decision."""

    FULL_WIDTH = "full_width"
    LOWER_X = "lower_x"
    FIFTEEN_DIGIT = "fifteen_digit"
    SPACED = "id_spaced"


class IdReading(NamedTuple):
    """A citizen identity number as it was read.

    Attributes:
        number: the 18 characters, X upper case; None when the text is none.
        fault: why `number` is None.
        fixes: what had to be put right.
        birth_date: from the number; None without one.
        sex: from the number; `UNKNOWN` without one.
    """

    number: str | None
    fault: IdFault | None
    fixes: tuple[IdFix, ...]
    birth_date: date | None
    sex: Sex


class PhoneReading(NamedTuple):
    """A phone number as it was read.

    Attributes:
        number: its digits; None when the text is none.
        spaced: separators or a country code had to be taken out.
        full_width: full-width digits had to be turned into plain ones.
        others: further numbers that stood in the same cell.
    """

    number: str | None
    spaced: bool
    full_width: bool
    others: tuple[str, ...] = ()


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZERO = ord("0")
_CHECK_CHARACTERS = "10X98765432"
_EARLIEST_BIRTH_YEAR = 1880
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212'\"\u2018\u2019\u201c\u201d`._\u200b-\u200f\u2060\ufeff]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
_LOOKS_LIKE_X = str.maketrans("\u00d7\u0425\u0445\u03a7\u03c7", "XXxXx")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_FULL_WIDTH = re.compile(r"[\uff01-\uff5e\u3000]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:0[0-9]{2,3})?[2-9][0-9]{6,7}")
_PLAIN_PHONE = re.compile(r"[0-9]+|0[0-9]{2,3}-[0-9]{7,8}")
_PHONE_ENDS = re.compile(r"[/\\\u3001,\uff0c;\uff1b|\r\n]+")
_MOBILE_INSIDE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def check_digit(first_seventeen: str) -> str:
    """The last character of a citizen identity number.

    Source: GB 11643-1999, clause 4 and appendix A (the ISO 7064 MOD 11-2 system): the weighted sum of the
    17 digits modulo 11 picks one of 1 0 X 9 8 7 6 5 4 3 2.
    """
    total = sum(map(mul, _WEIGHTS, first_seventeen.encode())) - _ZERO * sum(_WEIGHTS)
    return _CHECK_CHARACTERS[total % 11]


def upgrade(fifteen_digits: str) -> str:
    """The 18-character number of a first-generation card: the century 19 put in, the check digit added."""
    seventeen = f"{fifteen_digits[:6]}19{fifteen_digits[6:]}"
    return seventeen + check_digit(seventeen)


def birth_date_of(number: str) -> date | None:
    """The birth date inside an 18-character number, None when there is no such day (GB 11643: characters 7-14)."""
    year = int(number[6:10])
    if year < _EARLIEST_BIRTH_YEAR:
        return None
    try:
        return date(year, int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> Sex:
    """The sex inside an 18-character number (GB 11643: the 17th digit is odd for men, even for women)."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def plain(text: str) -> str:
    """The text with full-width and other look-alike characters made plain, without invisible ones."""
    return text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def read_id(text: str, *, on: date | None = None) -> IdReading:
    """Reads a citizen identity number as people type it: X either case, full-width, spaced, or of 15 digits.

    Args:
        text: what was typed.
        on: the day of reading; a birth date after it is a fault. None leaves that out.
    """
    number, fixes = _tidy_id(text)
    fault = _id_fault(number)
    if fault is None and len(number) == 15:
        number = upgrade(number)
        fixes = (*fixes, IdFix.FIFTEEN_DIGIT)
    birth_date = birth_date_of(number) if fault is None else None
    if fault is None and (birth_date is None or (on is not None and birth_date > on)):
        fault = IdFault.BAD_BIRTH_DATE
    if fault is not None:
        return IdReading(None, fault, fixes, None, Sex.UNKNOWN)
    return IdReading(number, None, fixes, birth_date, sex_of(number))


def _tidy_id(text: str) -> tuple[str, tuple[IdFix, ...]]:
    if _EIGHTEEN.fullmatch(text):
        return text, ()
    fixes: list[IdFix] = []
    bare = plain(text.strip()).translate(_LOOKS_LIKE_X)
    if _FULL_WIDTH.search(text.strip()):
        fixes.append(IdFix.FULL_WIDTH)
    number = _SEPARATORS.sub("", bare)
    if number != bare.strip().lstrip("'"):
        fixes.append(IdFix.SPACED)
    if number.endswith("x"):
        fixes.append(IdFix.LOWER_X)
    return number.upper(), tuple(fixes)


def _id_fault(number: str) -> IdFault | None:
    if _EIGHTEEN.fullmatch(number):
        return None if check_digit(number[:17]) == number[17] else IdFault.BAD_CHECK_DIGIT
    if _FIFTEEN.fullmatch(number):
        return None
    return IdFault.WRONG_LENGTH if number.rstrip("X").isdigit() else IdFault.NOT_DIGITS


def age_on(birth_date: date, day: date) -> int:
    """Full years on a day; somebody born on 29 February is a year older from 1 March."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def read_phone(text: str) -> PhoneReading:
    """Reads a mobile or landline number as people type it: spaced, with dashes, +86, full-width, two in one cell."""
    whole = _one_phone(text)
    if whole.number:
        return whole
    parts = [_one_phone(part) for part in _PHONE_ENDS.split(text) if part.strip()]
    if not all(part.number for part in parts):
        parts = [_one_phone(found) for found in _MOBILE_INSIDE.findall(plain(text))]
    numbers = tuple(dict.fromkeys(part.number for part in parts if part.number))
    if not numbers:
        return whole
    return PhoneReading(numbers[0], parts[0].spaced or len(numbers) == 1, parts[0].full_width, numbers[1:])


def _one_phone(text: str) -> PhoneReading:
    if len(text) == 11 and text.isascii() and _MOBILE.fullmatch(text):
        return PhoneReading(text, False, False)
    bare = plain(text).strip()
    digits = re.sub(r"[()]", "", _SEPARATORS.sub("", bare))
    full_width = bool(_FULL_WIDTH.search(text.strip()))
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return PhoneReading(mobile[1], mobile[1] != bare.lstrip("'"), full_width)
    if _LANDLINE.fullmatch(digits):
        return PhoneReading(digits, not _PLAIN_PHONE.fullmatch(bare), full_width)
    return PhoneReading(None, False, False)


_WHEREABOUTS = {
    Residence.RESIDENT: Whereabouts.IN_VILLAGE,
    Residence.COUNTY: Whereabouts.COUNTY,
    Residence.CITY: Whereabouts.CITY,
    Residence.FLOATING: Whereabouts.TO_AND_FRO,
    Residence.OUTSIDE: Whereabouts.IN_VILLAGE,
}


def whereabouts_of(residence: Residence) -> Whereabouts:
    """Where a person of a residence is taken to be as long as nobody has said where."""
    return _WHEREABOUTS[residence]


def is_away(whereabouts: Whereabouts) -> bool:
    """Whether the person is out of the village for now, so that a round excuses them."""
    return whereabouts in (Whereabouts.COUNTY, Whereabouts.CITY, Whereabouts.ELSEWHERE)


class BatchState(StrEnum):
    """How far the import of a roster file has come."""

    READ = "read"
    WORKING = "working"
    PREVIEWED = "previewed"
    COMMITTED = "committed"
    UNDONE = "undone"
    DROPPED = "dropped"


class RowStatus(StrEnum):
    """What a roster file means for one subject; `ABSENT` are those known here whom the file does not list."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    UNDECIDED = "undecided"
    ABSENT = "absent"


class BulkState(StrEnum):
    """How far a change of many people is."""

    WORKING = "working"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Life(StrEnum):
    """What befalls everybody once."""

    BIRTH = "birth"
    DEATH = "death"


DIED, MISTAKEN = "died", "mistaken"
"""Why somebody has left, where the program itself must know it; all reasons stand in `labels.LEFT_REASON`."""


class Verdict(StrEnum):
    """What somebody decided of two who look alike."""

    SAME = "same"
    TWO = "two"


class ConflictCode(StrEnum):
    """Why somebody must decide."""

    DUPLICATE_ID = "duplicate_id"
    BOTH_CHANGED = "both_changed"
    SEVERAL_MATCH = "several_match"
