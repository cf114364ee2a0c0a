"""`wuyi jobs`: the process that works off the background jobs. `serve` and `demo` start it."""

import argparse

from wuyicun.kernel.jobs import worker


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""


def run(arguments: argparse.Namespace) -> int:
    worker.main()
    return 0
