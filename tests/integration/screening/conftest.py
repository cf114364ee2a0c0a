"""A round to tell a story of, and one for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import make_cast
from tests.integration.screening.desk import Desk
from tests.integration.screening.story import Story, begin
from wuyicun.kernel import scope


@pytest.fixture
def story(db: None) -> Iterator[Story]:
    """A round over the whole village, in the village's scope; everything is taken back after the test."""
    cast = make_cast()
    with scope.enter(cast.scope()):
        yield begin(cast)


@pytest.fixture
def desk(db: None, settings: Any) -> Desk:
    """A round that runs. Nobody logs in by password, so that passwords need not be hard to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Desk()
