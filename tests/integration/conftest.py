"""Integration tests hash passwords fast; how they are hashed in earnest is Django's business."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True, scope="session")
def fast_passwords() -> Iterator[None]:
    """The cast has an account for each role: with the real hasher that alone would take seconds for every test."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
