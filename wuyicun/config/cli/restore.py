"""`wuyi restore FILE`: what a backup holds into an empty data folder or database; the audit is verified at the end.

The archive is read through before anything is touched. The embedded server's database is filled under another name and
takes its place only when all is there; one's own is filled in place.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

import psycopg
from django.db.migrations.loader import MigrationLoader

from wuyicun.config import environment
from wuyicun.config.cli import check, database, restore_target
from wuyicun.config.cli.backup_words import Progress, ask, size
from wuyicun.config.cli.console import say
from wuyicun.config.cli.restore_target import Target
from wuyicun.config.cli.services import interruptible
from wuyicun.config.environment import Environment
from wuyicun.kernel.audit import sealer
from wuyicun.kernel.backup.archive import checking, faults, key_file, restoring
from wuyicun.kernel.backup.archive.contents import Manifest
from wuyicun.kernel.backup.archive.header import Header
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.secret_files import put


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="备份文件 / the backup")
    parser.add_argument("--replace", action="store_true", help="替换已有数据 / replace what is there")
    parser.add_argument("--yes", action="store_true", help="替换时不再询问 / replace without asking")


def run(arguments: argparse.Namespace) -> int:
    interruptible()
    began, path = time.monotonic(), arguments.file.absolute()
    head = checking.read_header(path)
    say(f"备份 / The backup: {head.made_at:%Y-%m-%d %H:%M} UTC, {size(path.stat().st_size)}")
    key = checking.own_key(path, _passphrase())
    with Progress() as progress:
        checking.check(path, key, progress)
    manifest, keys = _beginning(path, key)
    read = _with_keys(keys)
    _know_its_tables(path, manifest)
    with restore_target.opened(read) as target:
        _make_sure(target, read, arguments)
        with Progress() as progress:
            restoring.load(path, key, target.prepare(), read.data, progress.instead("load"))
        verdict = _finish(target, read)
        target.take_its_place()
        _put(read, keys, head)
        _note(head)
    print(
        f"已恢复 {manifest.people} 人、{manifest.villages} 个村;审计无误,{verdict.rows} 行"
        f" / Restored {manifest.people} people, {manifest.villages} villages; the audit is sound, {verdict.rows} rows"
        f" ({time.monotonic() - began:.0f} s)\n现在可以启动 / Now start: ./wuyi serve"
    )
    return 0


def _passphrase() -> str:
    given = environment.backup_passphrase(os.environ) or ask("备份口令 / Passphrase of the backup")
    if not given:
        raise faults.passphrase_missing()
    return given


def _beginning(path: Path, key: bytes) -> tuple[Manifest, dict[str, str]]:
    with checking.opened(path, key, lambda phase, done, total: None) as found:
        manifest, keys = checking.read_beginning(found)
    return manifest, dict(keys)


def _with_keys(keys: dict[str, str]) -> Environment:
    """Have this process, and those that it starts, work with the archive's keys. Raises Failure when others are set."""
    for name in ("field_keys", "index_key"):
        variable = f"WUYI_{name.upper()}"
        given = os.environ.get(variable)
        if given and _opens(name, given) != _opens(name, keys[name]):
            raise Failure(
                "restore_keys_differ",
                f"{variable} 与备份里的密钥不同:请先去掉这个设置。",
                f"{variable} is not the key of the backup: unset it first.",
            )
    for name, text in keys.items():
        os.environ.setdefault(f"WUYI_{name.upper()}", text)
    return environment.read()


def _opens(name: str, text: str) -> object:
    try:
        return json.loads(text)["keys"] if name == "field_keys" else text
    except (ValueError, KeyError, TypeError):
        return None


def _know_its_tables(path: Path, manifest: Manifest) -> None:
    """Refuse tables of a release newer than this one, before anything is touched."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")
    importlib.import_module("django").setup()
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {}
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown:
        raise faults.newer(path, ".".join(unknown[0]))


def _make_sure(target: Target, read: Environment, arguments: argparse.Namespace) -> None:
    """Refuse to overwrite anything unless that was asked for, and confirmed."""
    target.look()
    held = target.held(read)
    if held is None:
        return
    if not arguments.replace:
        raise faults.target_not_empty(target.name, *held)
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise Failure("restore_unconfirmed", "请加 --yes 确认替换。", "Confirm with --yes.")
    question = (
        f"{target.name}:{held[0]} / {held[1]}\n原有数据将被删除,输入 replace 确认 / It will be deleted; type replace: "
    )
    if input(question).strip() != "replace":
        raise Failure("restore_unconfirmed", "没有恢复。", "Nothing was restored.")


def _finish(target: Target, read: Environment) -> sealer.Verdict:
    """Bring the loaded tables up to date, have them know their keys, and verify the audit."""
    with target.named():
        database.migrate()
    with Progress() as progress, psycopg.connect(target.owner_url(), autocommit=True) as connection:
        check.remember_keys(connection, read)
        progress("audit")
        verdict = sealer.verify(connection)
    if not verdict.verified:
        raise Failure(
            "restore_audit_broken",
            f"备份里的审计记录被改动过:{verdict.first_bad}",
            f"The audit in the backup was tampered with: {verdict.first_bad}",
        )
    return verdict


def _put(read: Environment, keys: dict[str, str], head: Header) -> None:
    """Keys and files where the program looks for them; the daily backups go on under the same passphrase."""
    for name, text in keys.items():
        put(read.data / "secrets" / name, text)
    key_file.keep(read.data, head.pair)
    restoring.put_files(read.data, read.backup_folder)


def _note(head: Header) -> None:
    """Say in the audit what was restored."""
    actions = importlib.import_module("wuyicun.kernel.backup.actions")
    clock = importlib.import_module("wuyicun.kernel.clock")
    actions.note_restore(made_at=head.made_at, sha256=head.body_sha256, at=clock.now())
