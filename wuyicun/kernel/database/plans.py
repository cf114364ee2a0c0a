"""Plans of statements that a connection keeps for long."""

from __future__ import annotations

import time

from django.db import Error, connection

from wuyicun.kernel.database.statements import execute

KEPT_SECONDS = 60.0


class Plans:
    """Has the plans of this thread's connection made anew as its tables grow.

    Made while the tables were empty they read them from end to end, hence anew after a second, two, four … and then
    once a minute; PostgreSQL itself does so only when a table has been analysed.
    every: seconds until the first time.
    """

    def __init__(self, every: float = 1.0) -> None:
        self._every = every
        self._due = time.monotonic() + every

    def make_anew_when_due(self) -> None:
        """Between transactions."""
        now = time.monotonic()
        if now < self._due:
            return
        self._every = min(self._every * 2, KEPT_SECONDS)
        self._due = now + self._every
        try:
            execute("DISCARD PLANS")
        except Error:
            connection.close()  # the next statement opens another, which has no plans yet
