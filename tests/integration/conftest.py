"""Integration tests hash passwords fast, and none speaks the language of the one before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.utils import translation


@pytest.fixture(autouse=True, scope="session")
def fast_passwords() -> Iterator[None]:
    """The cast has an account for each role: with the real hasher that alone would take seconds for every test."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """What a request was answered in stays with the thread until its next request."""
    yield
    translation.deactivate()
