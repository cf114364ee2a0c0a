"""Every address of the program: the URL table walked, with sample values of what an address can name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """An entry of the URL table.

    Attributes:
        name: the name by which templates link to it.
        route: the whole route, as `urls.py` writes it.
        parameters: what the route names.
    """

    name: str
    route: str
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def addresses() -> list[Address]:
    """All of them, in the order of the table."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Address]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        else:
            yield Address(each.name or "", route, _parameters(route))


def _parameters(route: str) -> tuple[str, ...]:
    """`<uuid:round_id>` and `(?P<key>…)` name a parameter."""
    parts = [part.split(">")[0] for part in route.replace("(?P<", "<").split("<")[1:]]
    return tuple(part.rsplit(":", 1)[-1] for part in parts)


ADDRESSES = addresses()
