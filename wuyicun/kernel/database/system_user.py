"""Under which account of the operating system PostgreSQL runs. Standard library only.

PostgreSQL refuses to run as root. Started by root it runs as an unprivileged account; no folder above the data folder
is ever opened for that account: when one would have to be, we say so instead.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wuyicun.kernel.database.layout import Layout
from wuyicun.kernel.failure import Failure

NAME = "wuyicun"
SUGGESTED_DATA_FOLDER = Path("/var/lib/wuyicun")
WAYS_TO_MAKE_ONE = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"),
    ("adduser", "-S", "-D", "-H", "-s", "/bin/false"),  # BusyBox
)


@dataclass(frozen=True)
class SystemUser:
    """The account that owns the cluster. `switch` says whether we are root and must change to it."""

    name: str
    uid: int
    gid: int
    switch: bool


def choose(layout: Layout) -> SystemUser:
    """Return the account for this cluster, making one when we are root and there is none.

    Raises Failure when this process has no account of its own (a container started with a bare number).
    """
    if os.geteuid() != 0:
        try:
            entry = pwd.getpwuid(os.geteuid())
        except KeyError:
            raise Failure(
                "system_user_unknown",
                f"用户编号 {os.geteuid()} 没有账户名,PostgreSQL 无法启动:请换一个有账户名的用户。",
                f"User number {os.geteuid()} has no account name and PostgreSQL needs one: run as a user that has.",
            ) from None
        return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=False)
    entry = _owner(layout) or _existing() or _made() or pwd.getpwnam("nobody")
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def obstacle(path: Path, uid: int = -1, gid: int = -1) -> Path | None:
    """Return the first folder on the way to `path` that this account may not enter; None when the way is free.

    Without uid and gid: an account that is not there yet. Folders that do not exist yet count as free.
    """
    resolved = path.resolve()
    for folder in [*reversed(resolved.parents), resolved]:
        try:
            status = folder.stat()
        except FileNotFoundError:
            return None
        if status.st_uid == uid:
            needed = stat.S_IXUSR
        elif status.st_gid == gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return folder
    return None


def check_data_folder(layout: Layout) -> None:
    """Raise Failure when PostgreSQL, started by root, could not enter the data folder."""
    if os.geteuid() != 0:
        return
    owner = _owner(layout) or _existing()
    closed = obstacle(layout.data, owner.pw_uid, owner.pw_gid) if owner else obstacle(layout.data)
    if closed:
        raise Failure(
            "data_folder_closed",
            f"PostgreSQL 不以 root 运行,而 {closed} 不让其他用户进入。请换数据目录:WUYI_DATA={SUGGESTED_DATA_FOLDER}",
            f"PostgreSQL does not run as root, and {closed} lets nobody else in. "
            f"Choose another data folder: WUYI_DATA={SUGGESTED_DATA_FOLDER}",
        )


def _owner(layout: Layout) -> pwd.struct_passwd | None:
    try:
        uid = layout.cluster.stat().st_uid
        return pwd.getpwuid(uid) if uid else None
    except (FileNotFoundError, KeyError):
        return None


def _existing() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd | None:
    """Make the account with whatever the system has for it; None when it has nothing."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    for program, *options in WAYS_TO_MAKE_ONE:
        found = shutil.which(program, path=path)
        if found and subprocess.run([found, *options, NAME], capture_output=True, check=False).returncode == 0:
            return _existing()
    return None
