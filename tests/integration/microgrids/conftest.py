"""What the tests of micro-grids share."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import Cast, make_cast
from wuyicun.domains.registry import indexing
from wuyicun.kernel import scope


@pytest.fixture
def cast(db: None, settings: Any) -> Iterator[Cast]:
    """The cast, findable; the test runs in the program's own scope over 西头岭村."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = make_cast()
    with scope.enter(made.scope()):
        indexing.reindex(made.village.pk)
        yield made
