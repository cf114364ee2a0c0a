"""One full village for all tests of a module that only look: written once, in a transaction that is rolled back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests.architecture.village import FullVillage, fill_village


@pytest.fixture(scope="module")
def full_village(django_db_setup: None, django_db_blocker: Any) -> Iterator[FullVillage]:
    """A village in which every table has something to hide. What a test does to it is the test's to take back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill_village()
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        connection.close()
