"""Taking a row from under the job that works on it: whoever stops a job ends its session, and with it its lock."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.jobs import progress

_TRIES = 5

Row = TypeVar("Row", bound=models.Model)


class NotStopped(Refusal):
    """Whoever holds the row has not let go of it."""

    code = "import_not_stopped"
    status = 503
    words = _("现在停不下来，请过一会儿再试。")


def taken_hold_of(job: UUID, rows: models.QuerySet[Row, Any]) -> Row:
    """The one row of a query, locked by us, from under whoever works on it as this job. Raises NotStopped."""
    for _try in range(_TRIES):
        progress.end(job)
        current: Row | None = rows.select_for_update(skip_locked=True).first()
        if current is not None:
            return current
    raise NotStopped
