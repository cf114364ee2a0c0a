"""The codes on paper that leaves the village, by which anybody can ask whether it is genuine. Pure.

A code begins with the village's official number, so that it is known whom to ask; `P` is the proof of a round.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, which are mistaken for 1, 1, 0 and V."""

PROOF_LENGTH = 12
"""60 bits: with the limit on asking, nobody guesses one."""

_CODE = re.compile(rf"^(\d{{12}})-([P])([{ALPHABET}]{{8,48}})$")
_MISTAKEN = str.maketrans({"I": "1", "L": "1", "O": "0"})


@dataclass(frozen=True)
class Code:
    """A code that was read.

    Attributes:
        village_path: the official number of the village.
        kind: what it stands on: P the proof of a round.
    """

    village_path: str
    kind: str
    rest: str

    def __str__(self) -> str:
        return f"{self.village_path}-{self.kind}{self.rest}"


def new(village_path: str) -> str:
    """A code for the proof of a round."""
    return f"{village_path}-P" + "".join(secrets.choice(ALPHABET) for _ in range(PROOF_LENGTH))


def read(text: str) -> Code | None:
    """A code as it was scanned or typed: blanks and case do not matter; None when it is none."""
    plain = "".join(text.split()).upper()
    number, dash, rest = plain.partition("-")
    found = _CODE.match(f"{number}{dash}{rest[:1]}{rest[1:].replace('-', '').translate(_MISTAKEN)}")
    return None if found is None else Code(*found.groups())


def spoken(code: str) -> str:
    """The code in groups of four, to be read out and typed."""
    number, _, rest = code.partition("-")
    return f"{number}-{rest[:1]}-" + "-".join(rest[1:][start : start + 4] for start in range(0, len(rest) - 1, 4))
