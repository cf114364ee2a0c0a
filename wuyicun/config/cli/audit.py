"""`wuyi audit verify`: check the chain of seals and every sealed row. `wuyi audit seal`: seal now."""

from __future__ import annotations

import argparse
import dataclasses
import json

import psycopg
from django.conf import settings

from wuyicun.kernel import clock
from wuyicun.kernel.audit import sealer


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify", "seal"])
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    with psycopg.connect(settings.WUYI_SEALER_URL, autocommit=True) as connection:
        if arguments.what == "seal":
            rows = sealer.seal(connection, clock.now())
            print(json.dumps({"sealed": rows}) if arguments.json else f"封存 {rows} 行 / {rows} rows sealed")
            return 0
        verdict = sealer.verify(connection)
    if arguments.json:
        print(json.dumps(dataclasses.asdict(verdict)))
    elif verdict.verified:
        print(
            f"审计无误:{verdict.rows} 行,{verdict.unsealed} 行待封存,末封 {verdict.head}"
            f" / The audit is sound: {verdict.rows} rows, {verdict.unsealed} not sealed yet, head {verdict.head}"
        )
    else:
        print(f"审计被改动:{verdict.first_bad} / The audit was tampered with: {verdict.first_bad}")
    return 0 if verdict.verified else 1
