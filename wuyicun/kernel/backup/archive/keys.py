"""Whom an archive is sealed for.

When the passphrase is set, a key pair is made and its private half is sealed by the passphrase. An archive is sealed
for the public half: so the daily backup needs no passphrase, and only who knows it can open what was made. The pair
goes into every archive's header, still sealed, so that a restore needs nothing but the archive and the passphrase.

X25519 (RFC 7748) with HKDF-SHA-256 (RFC 5869) wraps an archive's own key; scrypt (RFC 7914) stretches the passphrase.
"""

from __future__ import annotations

import base64
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from wuyicun.kernel.backup.archive import faults

LEAST_CHARACTERS = 10
KEY_BYTES = 32
NONCE_BYTES = 12
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1  # 128 MB and about half a second for each guess
MOST_SCRYPT_N = 2**20  # an archive that asks for more is not one of ours
_PRIVATE = b"wuyicun backup private key"
_WRAP = b"wuyicun backup archive key"


@dataclass(frozen=True)
class KeyPair:
    """The public half in clear, the private half sealed by the passphrase."""

    public: bytes
    salt: bytes
    n: int
    sealed_private: bytes

    def as_dict(self) -> dict[str, Any]:
        scrypt = {"n": self.n, "r": SCRYPT_R, "p": SCRYPT_P, "salt": text(self.salt)}
        return {"public": text(self.public), "private": text(self.sealed_private), "scrypt": scrypt}


@dataclass(frozen=True)
class WrappedKey:
    """An archive's own key, sealed for a public key."""

    ephemeral: bytes
    sealed: bytes


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def pair_from(given: Mapping[str, Any]) -> KeyPair:
    """Read what `as_dict` wrote. Raises KeyError, TypeError or ValueError when it is something else."""
    scrypt = given["scrypt"]
    n = int(scrypt["n"])
    if (scrypt["r"], scrypt["p"]) != (SCRYPT_R, SCRYPT_P) or not 2 <= n <= MOST_SCRYPT_N:
        raise ValueError("scrypt")
    public, salt, private = (
        base64.b64decode(part, validate=True) for part in (given["public"], scrypt["salt"], given["private"])
    )
    return KeyPair(public, salt, n, private)


def make_pair(passphrase: str, n: int = SCRYPT_N) -> KeyPair:
    """A new key pair for this passphrase. Raises Failure when the passphrase is too short."""
    if len(_normal(passphrase)) < LEAST_CHARACTERS:
        raise faults.passphrase_short(LEAST_CHARACTERS)
    private, salt, nonce = X25519PrivateKey.generate(), os.urandom(16), os.urandom(NONCE_BYTES)
    sealed = AESGCM(_stretch(passphrase, salt, n)).encrypt(nonce, private.private_bytes_raw(), _PRIVATE)
    return KeyPair(private.public_key().public_bytes_raw(), salt, n, nonce + sealed)


def open_pair(pair: KeyPair, passphrase: str) -> X25519PrivateKey:
    """The private half. Raises Failure when the passphrase is not the pair's."""
    nonce, sealed = pair.sealed_private[:NONCE_BYTES], pair.sealed_private[NONCE_BYTES:]
    try:
        raw = AESGCM(_stretch(passphrase, pair.salt, pair.n)).decrypt(nonce, sealed, _PRIVATE)
    except InvalidTag as error:
        raise faults.passphrase_wrong() from error
    private = X25519PrivateKey.from_private_bytes(raw)
    if private.public_key().public_bytes_raw() != pair.public:
        raise faults.passphrase_wrong()
    return private


def wrap(archive_key: bytes, public: bytes) -> WrappedKey:
    """Seal an archive's key. The wrapping key is used once, so its nonce may be fixed."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    mine = ephemeral.public_key().public_bytes_raw()
    return WrappedKey(mine, AESGCM(_derive(shared, mine, public)).encrypt(bytes(NONCE_BYTES), archive_key, _WRAP))


def unwrap(wrapped: WrappedKey, private: X25519PrivateKey) -> bytes:
    """The archive's key. Raises InvalidTag when it was sealed for another one, or altered."""
    public = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(wrapped.ephemeral))
    return AESGCM(_derive(shared, wrapped.ephemeral, public)).decrypt(bytes(NONCE_BYTES), wrapped.sealed, _WRAP)


def _derive(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=ephemeral + public, info=_WRAP).derive(shared)


def _stretch(passphrase: str, salt: bytes, n: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=SCRYPT_R, p=SCRYPT_P).derive(_normal(passphrase).encode())


def _normal(passphrase: str) -> str:
    """Full-width digits typed with a Chinese input method are the same digits."""
    return unicodedata.normalize("NFKC", passphrase).strip()
