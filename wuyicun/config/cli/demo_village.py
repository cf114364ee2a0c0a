"""`wuyi demo-village`: fill in the synthetic village and print an account per role as JSON. Started by `demo`."""

import argparse
import dataclasses
import json

from wuyicun.config.cli.console import say
from wuyicun.config.demo import fill


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""


def run(arguments: argparse.Namespace) -> int:
    say("写入虚拟村庄 / Filling in the synthetic village")
    accounts = fill.prepare(say)
    print(json.dumps([dataclasses.asdict(account) for account in accounts]))
    return 0
