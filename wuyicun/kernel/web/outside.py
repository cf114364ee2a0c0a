"""The addresses that stand on paper: where others find a page."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

_ONLY_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def address(request: HttpRequest, path: str) -> str:
    """Where others find a path: at what the settings say, else at the address by which the request asked."""
    return settings.WUYI_ADDRESS + path if settings.WUYI_ADDRESS else request.build_absolute_uri(path)


def only_here(request: HttpRequest) -> bool:
    """Would an address on paper open nothing but on this machine?"""
    return urlsplit(address(request, "/")).hostname in _ONLY_THIS_MACHINE
