"""Fields that only the application can read, and blind indexes to find them by.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D); the key's id stands before the ciphertext so that keys can
be rotated, and the purpose (table and column) is authenticated, so that a value moved to another column is refused.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value that no key at hand opens: a lost key or a damaged value."""


@dataclass(frozen=True)
class Keyring:
    """Field keys by id, which one seals now, and the key of the blind indexes (32 bytes each)."""

    fields: Mapping[str, bytes]
    current: str
    index: bytes


@lru_cache(8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(8)
def _keyed(key: bytes) -> hmac.HMAC:
    """To be copied: making it anew takes longer than the digest."""
    return hmac.new(key, digestmod="sha256")


def _ring() -> Keyring:
    ring: Keyring = settings.WUYI_KEYRING
    return ring


def seal(text: str, purpose: str) -> bytes:
    """Encrypt `text` for `purpose` (``"registry.person.id_number"``)."""
    ring = _ring()
    name = ring.current.encode()
    nonce = os.urandom(NONCE_BYTES)
    body = _cipher(ring.fields[ring.current]).encrypt(nonce, text.encode(), purpose.encode())
    return bytes([len(name)]) + name + nonce + body


def unseal(value: bytes | memoryview, purpose: str) -> str:
    """Decrypt what `seal` made for the same purpose.

    Raises:
        Unreadable: the key is unknown, or the value was altered or belongs to another purpose.
    """
    raw = bytes(value)
    head = 1 + raw[0] if raw else 1
    key = _ring().fields.get(raw[1:head].decode(errors="replace"))
    if key is None or len(raw) < head + NONCE_BYTES:
        raise Unreadable(purpose)
    try:
        return (
            _cipher(key).decrypt(raw[head : head + NONCE_BYTES], raw[head + NONCE_BYTES :], purpose.encode()).decode()
        )
    except InvalidTag as error:
        raise Unreadable(purpose) from error


def blind_index(text: str, purpose: str) -> bytes:
    """A keyed digest (HMAC-SHA-256, 32 bytes) by which an equal value is found without being readable."""
    digest = _keyed(_ring().index).copy()
    digest.update(f"{purpose}\x00{text}".encode())
    return digest.digest()
