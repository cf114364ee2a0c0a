"""Secrets that are made at the first start and kept in files that only their owner can read. Standard library only."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in `path`; when there is none yet, keep what `make()` returns.

    Two processes may do this at the same moment: both get the same secret. Raises OSError when it cannot be kept.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip()
    make_passable(path.parent.parent)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write_private(draft, make())
    try:
        # A link is refused when the name is taken: whoever comes first decides, and nobody reads half a file.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def put(path: Path, text: str) -> None:
    """Keep this secret from now on, whatever was there; nobody ever reads half of it."""
    make_passable(path.parent.parent)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_private(draft, text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def make_passable(folder: Path) -> None:
    """Make a folder that others may pass through but not list, whatever the umask, unless it is there."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True)
        folder.chmod(0o711)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
