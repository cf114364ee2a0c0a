"""Id numbers, phones and ages."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wuyicun.domains.registry.rules import (
    IdFault,
    IdFix,
    Residence,
    Sex,
    Whereabouts,
    age_on,
    birth_date_of,
    check_digit,
    read_id,
    read_phone,
    sex_of,
    upgrade,
    whereabouts_of,
)

_DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2022, 12, 31))
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Valid 18-character numbers."""
    division = draw(st.integers(110000, 659999))
    seventeen = f"{division}{draw(_DAYS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return seventeen + check_digit(seventeen)


@pytest.mark.parametrize(
    ("first_seventeen", "character"),
    [("11010519491231002", "X"), ("44052418800101001", "4")],
)
def test_the_check_digit_is_that_of_the_examples_in_the_standard(first_seventeen: str, character: str) -> None:
    assert check_digit(first_seventeen) == character


@given(numbers())
def test_a_right_number_is_read_as_it_is(number: str) -> None:
    reading = read_id(number)
    assert (reading.number, reading.fault, reading.fixes) == (number, None, ())
    assert reading.birth_date == birth_date_of(number)
    assert reading.sex is sex_of(number)


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, by: int) -> None:
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert read_id(wrong).fault is IdFault.BAD_CHECK_DIGIT


@given(numbers(), st.integers(0, 15))
def test_two_neighbouring_digits_in_the_wrong_order_are_always_noticed(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert read_id(swapped).fault is IdFault.BAD_CHECK_DIGIT


@given(numbers(), st.data())
def test_a_number_typed_badly_is_the_same_number(number: str, data: st.DataObject) -> None:
    typed = number
    expected: set[IdFix] = set()
    if number.endswith("X") and data.draw(st.booleans(), "lower case"):
        typed, expected = typed.lower(), expected | {IdFix.LOWER_X}
    elif data.draw(st.booleans(), "full width"):
        typed, expected = typed.translate(_FULL_WIDTH), expected | {IdFix.FULL_WIDTH}
    if data.draw(st.booleans(), "spaced"):
        place = data.draw(st.integers(1, 17), "place")
        typed, expected = f"{typed[:place]} {typed[place:]}", expected | {IdFix.SPACED}
    around = data.draw(st.sampled_from(["{}", " {} ", "'{}", "{}\u00a0", "\u200b{}\ufeff", "\t{}\n"]), "around")
    reading = read_id(around.format(typed))
    assert reading.number == number
    assert expected <= set(reading.fixes) <= expected | {IdFix.SPACED}


@given(numbers())
def test_an_old_number_of_fifteen_digits_is_upgraded(number: str) -> None:
    assume(number[6:8] == "19")
    reading = read_id(number[:6] + number[8:17])
    assert reading.number == number == upgrade(number[:6] + number[8:17])
    assert reading.fixes == (IdFix.FIFTEEN_DIGIT,)


@given(st.text(max_size=40))
def test_any_text_is_read_without_an_error(text: str) -> None:
    reading = read_id(text)
    assert (reading.number is None) is (reading.fault is not None)
    assert reading.number is None or check_digit(reading.number[:17]) == reading.number[17]
    read_phone(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("14039919810329661", IdFault.WRONG_LENGTH),
        ("1403991981032966133", IdFault.WRONG_LENGTH),
        ("140399l98103296613", IdFault.NOT_DIGITS),
        ("户口未上", IdFault.NOT_DIGITS),
        ("140399198103296614", IdFault.BAD_CHECK_DIGIT),
        ("14039919811329661" + check_digit("14039919811329661"), IdFault.BAD_BIRTH_DATE),
        ("14039917811229661" + check_digit("14039917811229661"), IdFault.BAD_BIRTH_DATE),
        ("140399811329661", IdFault.BAD_BIRTH_DATE),
    ],
)
def test_a_wrong_number_is_none_and_says_why(text: str, fault: IdFault) -> None:
    assert read_id(text).number is None
    assert read_id(text).fault is fault


def test_nobody_is_born_after_the_day_of_reading() -> None:
    seventeen = "14039920221102001"
    number = seventeen + check_digit(seventeen)
    assert read_id(number, on=date(2022, 11, 2)).number == number
    assert read_id(number, on=date(2022, 11, 1)).fault is IdFault.BAD_BIRTH_DATE


def test_the_seventeenth_digit_is_odd_for_men() -> None:
    assert sex_of("140399198103296613") is Sex.MALE
    assert sex_of("140399195405236786") is Sex.FEMALE


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1981, 3, 29), date(2022, 3, 28), 40),
        (date(1981, 3, 29), date(2022, 3, 29), 41),
        (date(2020, 2, 29), date(2021, 2, 28), 0),
        (date(2020, 2, 29), date(2021, 3, 1), 1),
    ],
)
def test_people_are_a_year_older_on_their_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@given(_DAYS, st.integers(0, 40_000))
def test_age_never_falls_as_time_goes_on(born: date, later: int) -> None:
    day = born + timedelta(days=later)
    assert age_on(born, day + timedelta(days=1)) - age_on(born, day) in (0, 1)


@pytest.mark.parametrize(
    ("text", "number", "spaced"),
    [
        ("13281984220", "13281984220", False),
        ("189 6855-1835", "18968551835", True),
        ("+86 132 8198 4220", "13281984220", True),
        ("008613281984220", "13281984220", True),
        ("'13281984220", "13281984220", False),
        ("(0353)6012345", "03536012345", True),
        ("0353-6012345", "03536012345", False),
        ("6012345", "6012345", False),
        ("13281984220(妻)", "13281984220", True),
    ],
)
def test_a_phone_is_its_digits(text: str, number: str, spaced: bool) -> None:
    assert (read_phone(text).number, read_phone(text).spaced) == (number, spaced)


def test_full_width_digits_of_a_phone_become_plain_ones() -> None:
    assert read_phone("１３２８１９８４２２０").number == "13281984220"
    assert read_phone("１３２８１９８４２２０").full_width


@pytest.mark.parametrize("between", ["/", "、", " ", ";", "\uff1b", "或", "\n"])
def test_of_two_phones_in_one_cell_the_first_is_kept_and_the_second_named(between: str) -> None:
    reading = read_phone(f"13281984220{between}189 6855 1835".replace(" 6855 ", "6855"))
    assert (reading.number, reading.others) == ("13281984220", ("18968551835",))


@pytest.mark.parametrize("text", ["", "1328198422", "132819842201", "12345678901", "无", "1.33E+10", "110"])
def test_what_is_no_phone_is_none(text: str) -> None:
    assert read_phone(text).number is None


def test_until_somebody_says_where_people_are_their_residence_tells() -> None:
    assert {residence: whereabouts_of(residence) for residence in Residence} == {
        Residence.RESIDENT: Whereabouts.IN_VILLAGE,
        Residence.COUNTY: Whereabouts.COUNTY,
        Residence.CITY: Whereabouts.CITY,
        Residence.FLOATING: Whereabouts.TO_AND_FRO,
        Residence.OUTSIDE: Whereabouts.IN_VILLAGE,
    }
