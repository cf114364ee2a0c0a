"""What the tests of importing share."""

from pathlib import Path

import pytest

from tests.integration.registry.rosters import CODE, START, Shelf
from wuyicun.domains.territory import actions as territory


@pytest.fixture
def shelf(db: None, tmp_path: Path) -> Shelf:
    """A village without anybody, and rosters to import into it."""
    territory.found_village(code=CODE, name="西头岭村", by=None, at=START)
    return Shelf(tmp_path)
