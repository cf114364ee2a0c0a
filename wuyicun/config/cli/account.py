"""`wuyi account reset NAME`: let somebody in again who nobody else can help. `wuyi account code`: a new set-up code.

For whoever holds the machine, as a last resort: the first password is printed here, once.
"""

import argparse
import sys

from wuyicun.config import environment
from wuyicun.config.cli.console import complain, say
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping, passwords, queries, setup_code
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.failure import Failure


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="reset | code")
    reset = what.add_parser("reset", help="重设密码并解锁 / a new first password, and unlock")
    reset.add_argument("name", metavar="NAME", help="登录名 / the user name")
    reset.add_argument(
        "--second-factor", action="store_true", help="同时清除两步验证 / forget the second factor as well"
    )
    what.add_parser("code", help="换一个首次使用的一次性码 / a new one-time code for the set-up page")


def run(arguments: argparse.Namespace) -> int:
    if arguments.what == "code":
        return _code()
    return _reset(arguments.name, second_factor=arguments.second_factor)


def _reset(name: str, *, second_factor: bool) -> int:
    account, at = queries.by_username(name), clock.now()
    if account is None:
        complain(Failure("account_unknown", f"没有账号 {name}。", f"There is no account {name}."))
        return 1
    try:
        keeping.unlock(account_id=account.pk, by=None, at=at)
        password = keeping.reset_password(account_id=account.pk, by=None, at=at)
    except Refusal as refusal:
        complain(Failure(refusal.code, str(refusal), "The account was ended."))
        return 1
    if second_factor:
        keeping.reset_second_factor(account_id=account.pk, by=None, at=at)
        say("两步验证已清除 / The second factor is forgotten")
    days = passwords.VALID_FOR.days
    say(f"初始密码,{days} 天内有效,登录后须更换 / First password, valid {days} days, to be changed at the log-in:")
    print(password)
    return 0


def _code() -> int:
    if not setup_code.is_empty():
        complain(
            Failure(
                "not_empty",
                "已经有账号了,不再需要一次性码;忘了密码用 ./wuyi account reset 登录名。",
                "There are accounts, so no set-up code is needed; for a lost password: ./wuyi account reset NAME.",
            )
        )
        return 1
    hours = setup_code.VALID_FOR.total_seconds() / 3600
    say(f"第一次使用:在浏览器打开 / First use: open  {_address()}/setup/")
    say(f"一次性码,{hours:.0f} 小时内有效 / One-time code, valid {hours:.0f} hours:")
    print(setup_code.make(at=clock.now()), file=sys.stdout, flush=True)
    return 0


def _address() -> str:
    read = environment.read()
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(read.host, read.host)  # noqa: S104 - what was asked for
    name = f"[{host}]" if ":" in host else host
    return read.address or f"http://{name}:{read.port}"
