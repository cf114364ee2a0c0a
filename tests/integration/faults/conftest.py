"""The installation that the tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from benchmarks.serving import Served
from tests.integration.faults.ground import Ground
from wuyicun.config.cli import ports, scratch


@pytest.fixture(scope="package")
def ground(django_db_blocker: Any) -> Iterator[Ground]:
    """One for all: only the first start makes a cluster and tables."""
    with (
        scratch.folder() as data,
        closing(Served(data, ports.free("127.0.0.1"))) as served,
        django_db_blocker.unblock(),
    ):
        served.start()
        yield Ground(served)
