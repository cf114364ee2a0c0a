"""Texts that JSON can say and PostgreSQL cannot hold: the character 0, half a surrogate pair, bytes that are no UTF-8.

Half a pair is what a field of limited length makes of an emoji at its end. The phone must not be stuck with such a
record for ever, nor with those beside it: the character is replaced by U+FFFD. Pure.
"""

from __future__ import annotations

import re

# A whole pair, what cannot be held, any other escape: in this order, so that an escaped backslash is read as one.
_ESCAPES = re.compile(rb"(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|(\\u(?:0000|[dD][89a-fA-F]..))|\\.", re.DOTALL)
_REPLACEMENT = rb"\ufffd"
_TELLTALE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def holdable(body: bytes) -> bytes:
    """The JSON text as the database can hold it: mostly itself."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            body = body.decode(errors="replace").encode()
    if _TELLTALE.search(body) is None:
        return body
    return _ESCAPES.sub(lambda found: _REPLACEMENT if found[2] else found[0], body)
