"""References follow when rows come in."""

from __future__ import annotations

import pytest

from wuyicun.kernel.documents.filling.references import Growth

TWENTY = Growth("台账", 5, 24, 10)
ONE = Growth("台账", 5, 5, 9)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(D5:D24)", "SUM(D5:D34)"),
        ("SUM($D$5:$D$24)/D26", "SUM($D$5:$D$34)/D36"),
        ("SUM(D5:D23)", "SUM(D5:D23)"),
        ("D4+D5+D23", "D4+D5+D23"),
        ("D24", "D34"),
        ("COUNTIF(C5:C24,\"C30\")&\"D26\"", "COUNTIF(C5:C34,\"C30\")&\"D26\""),
        ("LOG10(A1)+LOG10(A30)", "LOG10(A1)+LOG10(A40)"),
        ("Other!D30+'别 处'!A26", "Other!D30+'别 处'!A26"),
        ("台账!D30+'台账'!D5:D24", "台账!D40+'台账'!D5:D34"),
        ("A:A", "A:A"),
        ("$3:$4", "$3:$4"),
        ("5:24", "5:34"),
        ("Table1[[#This Row],[D30]]", "Table1[[#This Row],[D30]]"),
        ("ABC123X+D30", "ABC123X+D40"),
        ("D30:INDEX(D1:D40,3)", "D40:INDEX(D1:D50,3)"),
        ("ROW()-4", "ROW()-4"),
    ],
)  # fmt: skip
def test_a_formula_follows(before: str, after: str) -> None:
    assert TWENTY.formula(before, at_home=True) == after


def test_on_another_sheet_only_what_names_this_one_follows() -> None:
    assert TWENTY.formula("SUM(D5:D24)+台账!D24", at_home=False) == "SUM(D5:D24)+台账!D34"


@pytest.mark.parametrize(
    ("before", "after"),
    [("D5:D24", "D5:D34"), ("D5:D200", "D5:D210"), ("F24", "F34"), ("A26:B27 G5", "A36:B37 G5"), ("A1:H2", "A1:H2")],
)
def test_ranges_grow_or_move(before: str, after: str) -> None:
    assert TWENTY.areas(before) == after


def test_a_range_of_the_only_row_grows_and_a_formula_that_sums_it_too() -> None:
    assert ONE.areas("A5:I5 B5 B6") == "A5:I14 B5:B14 B15"
    assert ONE.formula("SUM(D5:D5)+D6", at_home=True) == "SUM(D5:D14)+D15"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('IF(C5="","",C5*$K$30)', 'IF(C8="","",C8*$K$40)'),
        ("SUM($D$5:D5)", "SUM($D$5:D8)"),
        ("C$4+C5", "C$4+C8"),
        ("选项!A1&选项!$A$1", "选项!A4&选项!$A$1"),
    ],
)
def test_a_copied_formula_takes_its_relative_rows_along(before: str, after: str) -> None:
    assert TWENTY.copied(before, 3) == after
