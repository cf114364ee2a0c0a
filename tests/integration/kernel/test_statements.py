"""Statements sent at once fail and are taken back as if each had been sent by itself."""

from __future__ import annotations

import pytest
from django.db import DataError, transaction

from wuyicun.kernel.database.statements import at_once, execute, send

pytestmark = pytest.mark.django_db


def test_what_is_sent_at_once_is_there_afterwards() -> None:
    with at_once():
        send("CREATE TEMP TABLE told (word text) ON COMMIT DROP")
        send("INSERT INTO told VALUES (%s)", "一")
        send("INSERT INTO told VALUES (%s)", "二")
    assert execute("SELECT word FROM told ORDER BY word") == [("一",), ("二",)]


def count_to_one() -> None:
    with transaction.atomic(), at_once():
        send("INSERT INTO counted VALUES (1)")
        send("INSERT INTO counted VALUES (1 / 0)")
        send("INSERT INTO counted VALUES (2)")


def test_the_first_that_fails_is_told_and_the_whole_is_taken_back() -> None:
    execute("CREATE TEMP TABLE counted (number int) ON COMMIT DROP")
    with pytest.raises(DataError, match="division by zero"):
        count_to_one()
    assert execute("SELECT count(*) FROM counted") == [(0,)]
