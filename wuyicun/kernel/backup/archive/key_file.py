"""`<data>/secrets/backup_key`: the key pair that this installation's archives are sealed for."""

from __future__ import annotations

import json
from pathlib import Path

from wuyicun.kernel.backup.archive import faults
from wuyicun.kernel.backup.archive.keys import KeyPair, make_pair, open_pair, pair_from
from wuyicun.kernel.secret_files import put


def path(data: Path) -> Path:
    return data / "secrets" / "backup_key"


def load(data: Path) -> KeyPair | None:
    """The pair; None when no passphrase was ever set. Raises Failure when the file is not one."""
    try:
        found = path(data).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return pair_from(json.loads(found))
    except (ValueError, KeyError, TypeError) as error:
        raise faults.key_file_broken(path(data)) from error


def keep(data: Path, pair: KeyPair) -> None:
    """From now on archives are sealed for this pair."""
    put(path(data), json.dumps(pair.as_dict()))


def set_passphrase(data: Path, passphrase: str) -> KeyPair:
    """A new pair for this passphrase; archives made before it keep the old one. Raises Failure."""
    pair = make_pair(passphrase)
    keep(data, pair)
    return pair


def settle(data: Path, passphrase: str) -> KeyPair | None:
    """The pair, made now when there is none and a passphrase was given.

    Raises Failure when the given one is not the pair's.
    """
    pair = load(data)
    if pair is None:
        return set_passphrase(data, passphrase) if passphrase else None
    if passphrase:
        open_pair(pair, passphrase)
    return pair
