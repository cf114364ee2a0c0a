"""A village whose households are being checked, in its own scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.verification.round_of_checks import Checking
from wuyicun.kernel import scope


@pytest.fixture
def checking(db: None) -> Iterator[Checking]:
    """The first period of 30 days, opened three days ago."""
    found = Checking()
    with scope.enter(found.cast.scope()):
        found.begin()
        yield found
