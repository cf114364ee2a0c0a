"""What rooms above show on a person's page: tests, standing. The configuration lists them (`WUYI_PERSON_PANELS`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.kernel.accounts.middleware import ScopedRequest

Panel = Callable[[ScopedRequest, PersonBrief], SafeString | None]


def panels(request: ScopedRequest, person: PersonBrief) -> list[SafeString]:
    """The panels beside a person, in the order of the configuration; one that has nothing to say is left out."""
    path: str = getattr(settings, "WUYI_PERSON_PANELS", "")
    listed: Sequence[Panel] = import_string(path) if path else ()
    return [shown for panel in listed if (shown := panel(request, person)) is not None]
