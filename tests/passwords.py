"""Passwords in tests: hashed as in real life, so that every process reads them, but in no time."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """A million rounds for each account of the cast would take most of a test's time."""

    iterations = 1
