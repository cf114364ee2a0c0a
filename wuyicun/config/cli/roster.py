"""`wuyi roster import FILE`: what the import page does, from the shell."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wuyicun.config.cli.console import say
from wuyicun.domains.registry.importing import shell
from wuyicun.kernel import clock
from wuyicun.kernel.errors import Refusal

SAY_AFTER_SECONDS = 3.0


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="import")
    importing = actions.add_parser("import", help="导入名册 / import a roster")
    importing.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .xls, .ods, .csv")
    importing.add_argument("--dry-run", action="store_true", help="只看结果 / only say what it would do")
    importing.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    importing.add_argument("--village", metavar="CODE", help="12 位行政区划代码 / the village's code of 12 digits")


def run(arguments: argparse.Namespace) -> int:
    file: Path = arguments.file
    try:
        with _progress(file.name):
            done = shell.import_file(
                file, name=file.name, code=arguments.village, dry_run=arguments.dry_run, at=clock.now()
            )
    except Refusal as refusal:
        return _refuse(str(refusal), _refusal_as_json(refusal), as_json=arguments.json)
    except OSError as error:
        words = f"{file}: {error.strerror or error}"
        return _refuse(words, {"code": "unreadable", "message": words}, as_json=arguments.json)
    if arguments.json:
        print(json.dumps(done.result, ensure_ascii=False, indent=1))
    else:
        _print(done, dry_run=arguments.dry_run)
    return 0


def _refusal_as_json(refusal: Refusal) -> dict[str, Any]:
    data = dict(refusal.data)
    data.pop("words", None)
    code = data.pop("refused", refusal.code)
    return {"code": code, "message": str(refusal), **data}


def _refuse(words: str, refused: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"refused_file": refused}, ensure_ascii=False, indent=1, default=str))
    print(f"✗ {words}", file=sys.stderr, flush=True)
    return 1


def _print(done: shell.Done, *, dry_run: bool) -> None:
    result = done.result
    village = f"{done.village.name}({done.village.area_path})" + (" 新建" if done.founded else "")
    print(village + (" 试运行，没有导入" if dry_run else ""))
    print("  {people} 人 {households} 户，外来务工 {workers} 人，点位 {places} 处".format(**result))
    words = {"created": "新增", "updated": "变更", "unchanged": "不变", "conflicts": "待定", "refused": "没有导入"}
    print("  " + " · ".join(f"{word} {result[key]}" for key, word in words.items()))
    for problem in result["problems"]:
        if problem["severity"] != "fixed":
            place = f"{problem['sheet']} {problem['row'] or ''} {problem['name']}".rstrip()
            print(f"  {place}:{problem['message']}")


@contextmanager
def _progress(name: str) -> Iterator[None]:
    """Say that the work goes on when it takes longer than a few seconds."""
    ended = threading.Event()
    started = time.monotonic()

    def watch() -> None:
        while not ended.wait(SAY_AFTER_SECONDS):
            say(f"正在导入 {name} / Importing: {time.monotonic() - started:.0f} s")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
