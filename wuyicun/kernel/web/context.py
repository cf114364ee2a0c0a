"""What the frame around every page shows: village, mode, navigation, appearance.

Which village, which mode and what this person may do is known above the kernel: the configuration names a function
(`WUYI_SHELL`) that answers with a `Shell`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.appearance import appearance_of
from wuyicun.kernel.web.finding import finders
from wuyicun.kernel.web.navigation import menu, registered

MODES: dict[str, tuple[str | Promise, str]] = {
    "normal": (_("平时"), "shield-check"),
    "alert": (_("警戒"), "alert-triangle"),
    "emergency": (_("战时"), "urgent"),
}


@dataclass(frozen=True)
class VillageChoice:
    """A village that this person may work in; `url` switches to it."""

    name: str
    url: str
    here: bool = False


@dataclass(frozen=True)
class Notice:
    """Something that this person is told on every page until they say that they have seen it.

    Attributes:
        url: where it is read in full.
        seen_url: where 知道了 posts to.
    """

    words: str
    url: str
    seen_url: str


@dataclass(frozen=True)
class Alert:
    """Something that is wrong now, told on every page while it is; `url` is where it is put right."""

    words: str
    url: str


@dataclass(frozen=True)
class Shell:
    """What the configuration tells the frame.

    Attributes:
        village: the name of the village we are in, '' outside of any.
        villages: all that this person may switch to; shown when there are several.
        mode: a key of MODES, '' when there is none to show.
        may: whether this person holds a permission somewhere in the village.
        notices: what they are told until they have seen it.
        is_alerted: whether anything could be wrong that this person puts right.
        alerts: what is.
    """

    village: str = ""
    villages: tuple[VillageChoice, ...] = ()
    mode: str = ""
    may: Callable[[Permission], bool] = lambda _permission: False
    notices: tuple[Notice, ...] = ()
    is_alerted: bool = False
    alerts: tuple[Alert, ...] = ()


def outside(_request: HttpRequest) -> Shell:
    """The shell of somebody who is not logged in."""
    return Shell()


def _told(request: HttpRequest) -> Shell:
    provider: Callable[[HttpRequest], Shell] = import_string(settings.WUYI_SHELL)
    return provider(request)


def program_version() -> str:
    """The version of the installed package, '' in a bare checkout."""
    try:
        return version("wuyicun")
    except PackageNotFoundError:
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` for base.html, worked out only when a template asks for it."""

    def build() -> dict[str, Any]:
        told = _told(request)
        mode = MODES.get(told.mode)
        return {
            "village": told.village,
            "villages": told.villages,
            "mode": None if mode is None else {"code": told.mode, "word": mode[0], "icon": mode[1]},
            "menu": menu(registered(), told.may, request.path),
            "notices": told.notices,
            "is_alerted": told.is_alerted,
            "alerts": told.alerts,
            "may_sample": told.may(Permission.SAMPLE),
            "may_find": any(told.may(finder.permission) for finder in finders()),
            "version": program_version(),
        }

    return {"frame": SimpleLazyObject(build), "appearance": appearance_of(request)}
