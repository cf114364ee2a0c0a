"""What `manage check` says about the shell."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error
from django.urls import NoReverseMatch, reverse

from wuyicun.kernel.web import assets
from wuyicun.kernel.web.navigation import SECTIONS, registered


def assets_are_built(**_options: Any) -> list[CheckMessage]:
    """Without the built front end the pages have neither style nor script."""
    if assets.manifest():
        return []
    return [checks.Warning("The front end is not built.", hint="Run the build in frontend/.", id="kernel_web.W001")]


def navigation_resolves(**_options: Any) -> list[CheckMessage]:
    """Every item stands in a known section and leads to a page that exists."""
    problems: list[CheckMessage] = []
    for item in registered():
        if item.section not in SECTIONS:
            problems.append(Error(f"No section {item.section!r} in the navigation.", id="kernel_web.E001"))
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            problems.append(Error(f"The navigation leads to {item.url_name!r}: no such page.", id="kernel_web.E002"))
    return problems
