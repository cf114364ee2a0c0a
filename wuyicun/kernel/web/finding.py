"""Finding anything from anywhere: what a room is asked for, and what it answers.

Rooms register nothing here and this file knows no room: the configuration lists the finders (`WUYI_FINDERS`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.spelling import How, how

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that can be found.

    Attributes:
        what: by what it is found, in words.
    """

    title: Words
    icon: str
    what: Words


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to know of what was found, as a tag: a group, that somebody is away."""

    word: Words
    icon: str


@dataclass(frozen=True, slots=True)
class Match:
    """Something that was found.

    Attributes:
        rank: how well it fits: 0 for a card or a whole number, 1 and 2 for the whole of a name, more for a part.
        url: its page.
        why: what of it was found.
    """

    kind: Kind
    rank: int
    title: str
    url: str
    about: str
    area: str
    why: str
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """What a room found, best first, no more of a kind than was asked for; and whether there is more."""

    matches: Sequence[Match] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Instead:
    """What can be done when nothing was found."""

    permission: Permission
    url_name: str
    words: Words


@dataclass(frozen=True)
class Finder:
    """What a room finds.

    Attributes:
        permission: who finds anything of it at all; within what they may see the room itself looks.
        find: asked with a text and how many of a kind are wanted; finds nothing but what who asks may see.
    """

    permission: Permission
    kinds: Sequence[Kind]
    find: Callable[[ScopedRequest, str, int], Matches]
    instead: Instead | None = None


def finders() -> Sequence[Finder]:
    """All of them, in the order of the configuration."""
    found: Sequence[Finder] = import_string(settings.WUYI_FINDERS)
    return found


def why(name: str, typed: str, written: str) -> str:
    """What of a name was found: `written` for the characters of it, else how they are read.

    Args:
        typed: what was typed, made `spelling.normal`.
    """
    said, reading = how(name, typed)
    if said is How.WRITTEN:
        return written
    words = _("拼音 %(reading)s") if said is How.PINYIN else _("首字母，读作 %(reading)s")
    return words % {"reading": reading}
