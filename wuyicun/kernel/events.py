"""Effects between rooms that may not import each other.

A room publishes a frozen dataclass; `config/reactions.py` says in one table which actions follow. Handlers run in
the publisher's transaction, in the table's order.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

Reactions = Mapping[type[Any], Sequence[Callable[[Any], None]]]


@cache
def _table() -> Reactions:
    table: Reactions = import_string(settings.WUYI_REACTIONS)
    return table


def publish(event: object) -> None:
    """Run what the table names for this event's class.

    Args:
        event: an instance of a frozen dataclass from some room's `events.py`.
    """
    for react in _table().get(type(event), ()):
        react(event)
