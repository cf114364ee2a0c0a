"""Work in the background that is done portion by portion, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from wuyicun.kernel import scope


def work_off(village_id: UUID, portion: Callable[[], bool]) -> None:
    """Do portions until nothing is left: what is done is seen at once, and stays when the worker dies.

    Args:
        portion: does the next one, wherever the one before it stopped; whether there may be more.
    """
    while _one(village_id, portion):
        pass


def _one(village_id: UUID, portion: Callable[[], bool]) -> bool:
    """In a scope of its own, which is a transaction."""
    with scope.enter(scope.of_system([village_id])):
        return portion()
