"""First passwords: made at random, printed once on a slip, and changed at the first log-in."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

VALID_FOR = timedelta(days=14)
LENGTH = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
ROUNDS = 100_000


def make() -> str:
    """A random password of about 49 bits, easy to read aloud and to type."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def hashed(password: str) -> str:
    """The hash of a first password.

    With a tenth of the usual rounds, which stretch what people think up: nobody guesses random letters in two weeks
    anyway, and a whole village's slips are made at once. Django hashes it anew at the first log-in.
    """
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher) and hasher.iterations > ROUNDS:
        return hasher.encode(password, hasher.salt(), iterations=ROUNDS)
    return make_password(password)
