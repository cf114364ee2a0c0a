"""A row in each table of checking, for the tests of the whole (see tests/architecture/village.py)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cast import Cast
from tests.sending import Phone
from wuyicun.domains.verification import actions
from wuyicun.kernel import clock


def fill(cast: Cast) -> Mapping[str, object]:
    """A plan, a period, a check of 甲01's household and one that was taken back."""
    village, at = cast.village, clock.now()
    actions.set_every_days(village_id=village.pk, every_days=30, by=None, at=at)
    actions.keep_going(village_id=village.pk, area_path=village.area_path, by=None, at=at)
    phone, household = Phone(cast), cast.people["甲01"].household_id
    check = phone.make("household.check", household=household, result="confirmed")
    other = phone.make("household.check", household=household, result="corrected")
    outcomes = phone.send(check, other, phone.make("household.uncheck", check=other.id))
    assert {each.outcome for each in outcomes} == {"accepted"}
    return {"check_id": check.id, "area_path": cast.areas["第一微网格"].area_path}
