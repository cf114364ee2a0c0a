"""`wuyi account`: the last resort of whoever holds the machine."""

from __future__ import annotations

import argparse

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast, make_cast
from wuyicun.config.cli import account
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping, setup_code


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    account.configure(parser)
    return account.run(parser.parse_args(argv))


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    return make_cast()


def test_it_lets_the_last_one_in_again(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    keeping.lock(account_id=cast.accounts["梁会明"].pk, by=None, at=clock.now())
    assert run("reset", "梁会明", "--second-factor") == 0
    password = capsys.readouterr().out.strip()
    client = Client()
    for typed in (PASSWORD, password):
        client.post(reverse("account_login"), {"login": "梁会明", "password": typed})
    assert client.get(reverse("today"))["Location"] == reverse("first_password")


def test_it_says_when_there_is_no_such_account_or_it_has_ended(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    keeping.end(account_id=cast.accounts["闲人"].pk, by=None, at=clock.now())
    assert (run("reset", "谁"), run("reset", "闲人")) == (1, 1)
    assert "There is no account 谁" in capsys.readouterr().err


def test_a_new_set_up_code_is_for_an_empty_installation(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("code") == 0
    assert setup_code.claim(capsys.readouterr().out, at=clock.now())


def test_with_accounts_there_is_no_set_up_code(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("code") == 1
    assert capsys.readouterr().out == ""
