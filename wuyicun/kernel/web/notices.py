"""Words after an action, with a way back where there is one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

_UNDO = "undo:"


def say(request: HttpRequest, words: str | Promise, *, undo_url: str = "", level: int = messages.SUCCESS) -> None:
    """Show `words` on the next page; with `undo_url` the toast has a button 撤销 that posts to it."""
    messages.add_message(request, level, str(words), extra_tags=f"{_UNDO}{undo_url}" if undo_url else "")


def undo_url(extra_tags: str) -> str:
    """The address that `say` packed into a message, or ''."""
    return extra_tags.removeprefix(_UNDO) if extra_tags.startswith(_UNDO) else ""
