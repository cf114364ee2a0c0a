"""What can be refused, with a stable code, data and words; `kernel.web` turns it into a page, the API into JSON.

Each refusal is a class beside the code that raises it: ``class RoundStillOwes(Refusal): code = …``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """Something the user asked for that cannot be done; nothing was changed.

    Attributes:
        code: stable, the same on every door (page, phone, command line).
        status: the HTTP status that fits.
        words: a translatable sentence in the user's words, with ``%(name)s`` places for `data`.
        data: plain values that fill the words and travel with the code.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    words: ClassVar[str | Promise] = ""

    def __init__(self, **data: object) -> None:
        super().__init__(self.code)
        self.data: Mapping[str, object] = data

    def __str__(self) -> str:
        return str(self.words) % dict(self.data) if self.data else str(self.words)


class NotYours(Refusal):
    """Somebody else's thing: to this person it does not exist."""

    code = "not_found"
    status = 404
