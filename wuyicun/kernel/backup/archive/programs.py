"""PostgreSQL's pg_dump and pg_restore: which ones, and running them with a stream on one side."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from psycopg import pq

from wuyicun.kernel.backup.archive import faults
from wuyicun.kernel.database.cluster import MAJOR_VERSION, own_programs

BLOCK_BYTES = 1024 * 1024
# pg_restore 17 and later sets it on older servers, too, which do not know it: harmless.
_HARMLESS = 'unrecognized configuration parameter "transaction_timeout"'


@dataclass(frozen=True)
class Database:
    """A database by its URL; the password travels to the programs in the environment, never in their arguments."""

    url: str

    def variables(self) -> dict[str, str]:
        """What libpq reads instead of a connection string."""
        given = {option.envvar: option.val for option in pq.Conninfo.parse(self.url.encode()) if option.val}
        named = {name.decode(): value.decode() for name, value in given.items() if name}
        return {**{name: value for name, value in os.environ.items() if not name.startswith("PG")}, **named}


def find(name: str, server_version: int) -> Path:
    """The program that can talk to this server: our own or, for a newer server, the one on the PATH. Raises Failure."""
    if server_version <= int(MAJOR_VERSION):
        return own_programs() / name
    found = shutil.which(name)
    if found is None or _version_of(found) < server_version:
        raise faults.program_missing(name, server_version)
    return Path(found)


def _version_of(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)(?:\.\d+)*\s*(?:\(|$)", said)
    return int(number.group(1)) if number else 0


@contextlib.contextmanager
def reading(command: Sequence[str], database: Database | None = None) -> Iterator[Iterator[bytes]]:
    """What a program writes, block by block. Raises Failure when it fails; ended when the block is left early."""
    with _started(command, database, stdout=subprocess.PIPE) as process:
        output = cast("IO[bytes]", process.stdout)
        yield iter(lambda: output.read(BLOCK_BYTES), b"")


@contextlib.contextmanager
def turning(command: Sequence[str], content: Iterable[bytes]) -> Iterator[IO[bytes]]:
    """What a program makes of this content. Raises Failure when it fails, or whatever reading the content raised."""
    with _started(command, None, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process, _fed(process, content):
        yield cast("IO[bytes]", process.stdout)


def feed(command: Sequence[str], database: Database, content: Iterable[bytes]) -> None:
    """Have a program take in this content. Raises Failure when it fails, or whatever reading the content raised."""
    with _started(command, database, stdin=subprocess.PIPE) as process, _fed(process, content):
        pass


@contextlib.contextmanager
def _fed(process: subprocess.Popen[bytes], content: Iterable[bytes]) -> Iterator[None]:
    """Write the content beside; a program that ends early says itself why."""
    raised: list[BaseException] = []

    def write() -> None:
        try:
            with cast("IO[bytes]", process.stdin) as stdin:
                for block in content:
                    stdin.write(block)
        except BrokenPipeError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            raised.append(error)
            process.kill()

    feeder = threading.Thread(target=write)
    feeder.start()
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        feeder.join()
    if raised:
        raise raised[0]


@contextlib.contextmanager
def _started(
    command: Sequence[str],
    database: Database | None,
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL if stdout is None else stdout,
            stderr=said,
            env={**(database.variables() if database else os.environ), "LC_ALL": "C", "PGCONNECT_TIMEOUT": "30"},
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
            code = process.wait()
        if code:
            said.seek(0)
            _judge(Path(command[0]).name, said.read().decode(errors="replace"))


def _judge(name: str, said: str) -> None:
    """Raise Failure for what the program complained of. Its details are left out: they may name people."""
    errors = [line for line in said.splitlines() if "error:" in line]
    serious = [line for line in errors if _HARMLESS not in line]
    if serious or not errors:
        line = serious[0] if serious else (said.strip().splitlines() or ["?"])[-1]
        raise faults.program_failed(name, line.split("error:", 1)[-1].strip())
