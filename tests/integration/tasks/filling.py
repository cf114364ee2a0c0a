"""A task for the tests of the whole (see tests/architecture/village.py), which its positive pool has asked."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cast import Cast
from wuyicun.domains.tasks.models import Task


def fill(cast: Cast) -> Mapping[str, object]:
    """What the secretary has to know of the positive pool."""
    return {"task_id": Task.rows().get(village_id=cast.village.pk, role="secretary").pk}
