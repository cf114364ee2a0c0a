"""What stands in the QR code of a card: a letter for what it is the card of, and 130 random bits. Pure.

Capital letters and digits only (Crockford's base 32, without I, L, O and U): a USB scanner types them the same on every
keyboard, a person can read them out, and a QR code stays small.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

PERSON, HOUSEHOLD, PLACE = "P", "H", "D"
"""D for 点位: an L would be read as a 1."""

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26  # of five bits each
_SHORT = 8
_LETTERS = PERSON + HOUSEHOLD + PLACE
_TOKEN = re.compile(rf"[{_LETTERS}][{_DIGITS}]{{{_LENGTH}}}")
_SHORT_CODE = re.compile(rf"[{_LETTERS}][{_DIGITS}]{{{_SHORT}}}")
_LOOK_ALIKE = str.maketrans("OIL", "011")


def make(letter: str) -> str:
    """A new token: P, H or D and 26 characters."""
    return letter + "".join(secrets.choice(_DIGITS) for _ in range(_LENGTH))


def read(text: str) -> str | None:
    """The token that was scanned or typed, small and full-width letters put right; None when it can't be one."""
    return _read(text, _TOKEN)


def read_short(text: str) -> str | None:
    """The short code that was read out or typed, None when it can't be one."""
    return _read(text, _SHORT_CODE)


def _read(text: str, pattern: re.Pattern[str]) -> str | None:
    bare = "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("-", "").translate(_LOOK_ALIKE)
    return bare if pattern.fullmatch(bare) else None


def short(token: str) -> str:
    """The beginning of a token that finds a card whose code is torn: P7K3F9Q2M (enough to find, not to prove)."""
    return token[: 1 + _SHORT]


def spaced(short_code: str) -> str:
    """The short code as it is printed: P 7K3F 9Q2M."""
    return f"{short_code[0]} {short_code[1:5]} {short_code[5:]}"
