"""Addresses of many pages of a kind, with their pattern looked up once: `reverse` looks for it each time."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.urls import reverse

_ANYBODY = UUID(int=0)


def addresses(name: str, *before: object) -> Callable[[UUID], str]:
    """From an id to the address of its page.

    Args:
        name: of the address; its last argument is the id.
        before: the arguments before it.
    """
    head, tail = reverse(name, args=[*before, _ANYBODY]).rsplit(str(_ANYBODY), 1)
    return lambda each: f"{head}{each}{tail}"
