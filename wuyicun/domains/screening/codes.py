"""The codes on paper that leaves the village, by which anybody can ask whether it is genuine. Pure.

A code begins with the village's official number, so that it is known whom to ask; `P` is the proof of a
round, `R` the result of a swab. The first is random, the second is the swab's id with a keyed digest.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, which are mistaken for 1, 1, 0 and V."""

PROOF, RESULT = "P", "R"
PROOF_LENGTH = 12
"""60 bits: with the limit on asking, nobody guesses one."""

MAC_BYTES = 8
_RESULT_BYTES = 16 + MAC_BYTES
_RESULT_LENGTH = -(-_RESULT_BYTES * 8 // 5)

_CODE = re.compile(rf"^(\d{{12}})-([{PROOF}{RESULT}])([{ALPHABET}]{{8,48}})$")
_MISTAKEN = str.maketrans({"I": "1", "L": "1", "O": "0"})


@dataclass(frozen=True)
class Code:
    """A code that was read.

    Attributes:
        village_path: the official number of the village.
        kind: what it stands on: P the proof of a round, R a result.
    """

    village_path: str
    kind: str
    rest: str

    def __str__(self) -> str:
        return f"{self.village_path}-{self.kind}{self.rest}"


def new(village_path: str) -> str:
    """A code for the proof of a round."""
    return f"{village_path}-{PROOF}" + "".join(secrets.choice(ALPHABET) for _ in range(PROOF_LENGTH))


def of_result(village_path: str, swab: UUID, mac: bytes) -> str:
    """The code of a result, from the swab's id and its keyed digest."""
    number = int.from_bytes(swab.bytes + mac[:MAC_BYTES])
    signs = (ALPHABET[number >> 5 * place & 31] for place in reversed(range(_RESULT_LENGTH)))
    return f"{village_path}-{RESULT}{''.join(signs)}"


def swab_of(code: Code) -> tuple[UUID, bytes] | None:
    """The swab that the code of a result names, and the digest it bears; None when it cannot be one."""
    number = 0
    for sign in code.rest:
        number = number << 5 | ALPHABET.index(sign)
    if len(code.rest) != _RESULT_LENGTH or number >> 8 * _RESULT_BYTES:
        return None
    raw = number.to_bytes(_RESULT_BYTES)
    return UUID(bytes=raw[:16]), raw[16:]


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
