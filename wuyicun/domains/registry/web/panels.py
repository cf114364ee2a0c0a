"""What rooms above show on the page of a person, a household or a place: tests, standing, checks. The configuration
lists them (`WUYI_PERSON_PANELS`, `WUYI_HOUSEHOLD_PANELS`, `WUYI_PLACE_PANELS`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.kernel.accounts.middleware import ScopedRequest


def panels(request: ScopedRequest, person: PersonBrief) -> list[SafeString]:
    """The panels beside a person, in the order of the configuration; one that has nothing to say is left out."""
    return _shown("WUYI_PERSON_PANELS", request, person)


def household_panels(request: ScopedRequest, household_id: UUID) -> list[SafeString]:
    """The panels beside a household, likewise."""
    return _shown("WUYI_HOUSEHOLD_PANELS", request, household_id)


def place_panels(request: ScopedRequest, place_id: UUID) -> list[SafeString]:
    """The panels beside a place, likewise."""
    return _shown("WUYI_PLACE_PANELS", request, place_id)


def _shown(setting: str, request: ScopedRequest, subject: object) -> list[SafeString]:
    path: str = getattr(settings, setting, "")
    listed: Sequence[Callable[[ScopedRequest, Any], SafeString | None]] = import_string(path) if path else ()
    return [shown for panel in listed if (shown := panel(request, subject)) is not None]
