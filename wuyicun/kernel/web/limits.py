"""How often one address may ask what needs no log-in; counted in each server process."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.http import HttpRequest

from wuyicun.kernel import clock


def allowed(request: HttpRequest, what: str, *, most: int, within_seconds: int) -> bool:
    """May this address ask once more? At most so many times in each span."""
    span = int(clock.now().timestamp()) // within_seconds
    key = f"limit:{what}:{get_client_ip_address(request)}:{span}"
    cache.add(key, 0, within_seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # thrown out in between to make room for others
        return True
