"""`wuyi texts`: bring the English catalogue in line with the program's texts and say which have no translation."""

from __future__ import annotations

import argparse

from wuyicun.config import texts


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="只检查,不改文件 / change nothing, fail when some are missing"
    )


def run(arguments: argparse.Namespace) -> int:
    missing = texts.untranslated() if arguments.check else texts.refresh()[1]
    for text in missing:
        print(text)
    print(f"缺英文 {len(missing)} 条 / {len(missing)} without English")
    return 1 if arguments.check and missing else 0
