"""`wuyi manage …`: Django's management commands, with the database running."""

import argparse

from django.core.management import execute_from_command_line


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="COMMAND …")


def run(arguments: argparse.Namespace) -> int:
    execute_from_command_line(["wuyi manage", *arguments.arguments])
    return 0
