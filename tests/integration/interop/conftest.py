"""The cast, in the scope of whoever looks behind the scenes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import Cast, make_cast
from wuyicun.kernel import scope


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    made = make_cast()
    with scope.enter(made.scope()):
        yield made
