"""Where the embedded server lies below a data folder, and how each role reaches it. Standard library only."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from wuyicun.kernel.secret_files import read_or_make

OWNER = "wuyi_owner"
APP = "wuyi_app"
PURGE = "wuyi_purge"
SEALER = "wuyi_sealer"
ROLES = (OWNER, APP, PURGE, SEALER)

# sun_path holds 104 bytes on macOS and 108 on Linux, its end included; the socket is called ".s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class Layout:
    """The embedded server's folders below one data folder (an absolute path)."""

    data: Path

    @property
    def home(self) -> Path:
        return self.data / "postgresql"

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def start_log(self) -> Path:
        return self.home / "start.log"

    @property
    def socket(self) -> Path:
        """The socket's own folder: in the data folder, else (path too long) one under /tmp that is named after it."""
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path("/tmp") / f"wuyicun-{digest}"  # noqa: S108 - one that is not ours is refused when the server starts

    def password(self, role: str) -> str:
        """Return the role's password, made at the first call. Raises OSError when it cannot be kept."""
        return read_or_make(self.data / "secrets" / f"database_{role}", lambda: secrets.token_urlsafe(32))

    def url(self, role: str, database: str) -> str:
        """Return how this role reaches the database; the server need not run."""
        secret, folder = quote(self.password(role), safe=""), quote(str(self.socket), safe="")
        return f"postgresql://{role}:{secret}@/{quote(database, safe='')}?host={folder}"
