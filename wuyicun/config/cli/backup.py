"""`wuyi backup [FILE]`: everything into one file that only the passphrase opens, read back before it gets its name."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from django.conf import settings

from wuyicun.config.cli.backup_words import Progress, ask, size
from wuyicun.config.cli.console import say
from wuyicun.config.cli.services import interruptible
from wuyicun.kernel import clock
from wuyicun.kernel.backup import actions, queries, rules, work
from wuyicun.kernel.backup.archive import checking, faults, key_file
from wuyicun.kernel.backup.archive.checking import Checked
from wuyicun.kernel.backup.archive.keys import KeyPair
from wuyicun.kernel.backup.archive.making import Made
from wuyicun.kernel.backup.rules import Kind, RunState
from wuyicun.kernel.failure import Failure


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="备份文件 / where it goes")
    parser.add_argument("--check", action="store_true", help="只核对 FILE / only read FILE back")
    parser.add_argument("--new-passphrase", action="store_true", help="换备份口令 / set another passphrase")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    interruptible()
    if arguments.check:
        return _check(arguments)
    pair = _pair(renew=arguments.new_passphrase)
    path = (arguments.file or work.folder() / rules.name_of(clock.now())).absolute()
    noted = queries.can_be_recorded()
    at = clock.now()
    record = actions.begin(kind=Kind.SHELL, state=RunState.RUNNING, by=None, at=at) if noted else None
    with Progress() as progress:
        made = work.make_here(path, pair, progress, record)
    if not noted:
        say(
            "数据表属于另一版本,这次备份不记入页面 / The tables are of another release: the page will not show this one"
        )
    _print(made, as_json=arguments.json)
    return 0


def _pair(*, renew: bool) -> KeyPair:
    """Whom it is sealed for; the first time, or when asked for, the passphrase is set."""
    data, given = Path(settings.WUYI_DATA), settings.WUYI_BACKUP_PASSPHRASE
    if not renew and (given or key_file.load(data) is not None):
        return work.pair()
    passphrase = given or _ask_twice()
    if not passphrase:
        raise faults.passphrase_missing()
    actions.set_passphrase(passphrase=passphrase, by=None, at=clock.now())
    return work.pair(passphrase)


def _ask_twice() -> str:
    first = ask(
        "新的备份口令,至少 10 个字符,忘了就打不开 / New passphrase, 10 characters or more; without it nothing opens"
    )
    if first and ask("再输一遍 / Once more") != first:
        raise Failure("backup_passphrase_differs", "两次输入的口令不同。", "The two passphrases differ.")
    return first


def _check(arguments: argparse.Namespace) -> int:
    if arguments.file is None:
        raise Failure("backup_file_missing", "请写明要核对的文件。", "Say which file to check.")
    checking.read_header(arguments.file)
    passphrase = settings.WUYI_BACKUP_PASSPHRASE or ask("备份口令 / Passphrase of the backup")
    if not passphrase:
        raise faults.passphrase_missing()
    key = checking.own_key(arguments.file, passphrase)
    with Progress() as progress:
        checked = checking.check(arguments.file, key, progress)
    if arguments.json:
        print(json.dumps(dataclasses.asdict(checked)))
    else:
        print(f"备份完好 / The backup is sound: {arguments.file}\n{_holds(checked)}")
    return 0


def _print(made: Made, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**dataclasses.asdict(made), "path": str(made.path)}))
        return
    print(f"备份已做好并读回核对 / The backup is made and was read back: {made.path} ({size(made.bytes)})")
    print(_holds(made.checked))
    print("忘了口令就打不开它 / Without the passphrase nobody can open it")


def _holds(checked: Checked) -> str:
    return (
        f"  {checked.people} 人,{checked.villages} 个村,{checked.tables} 张表 {checked.rows} 行,{checked.files} 个文件"
        f" / {checked.people} people, {checked.villages} villages, {checked.rows} rows in {checked.tables} tables,"
        f" {checked.files} files"
    )
