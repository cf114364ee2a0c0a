"""`wuyi demo-check URL`: walk the main path over HTTP and print what came out as JSON. Started by `demo --check`.

The accounts to log in with come as JSON on the standard input, as `demo-village` prints them.
"""

import argparse
import json
import sys

from wuyicun.config.cli.console import say
from wuyicun.config.demo import check


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base_url")


def run(arguments: argparse.Namespace) -> int:
    result = check.run(base_url=arguments.base_url, accounts=json.load(sys.stdin), progress=say)
    print(json.dumps(result, ensure_ascii=False))
    return 0
