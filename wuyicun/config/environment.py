"""Every setting of the program, read from the environment. Standard library only; docs/settings.md has one row for each.

Keys that the environment does not give are made at the first start and kept in `<data>/secrets`.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wuyicun.kernel.database import embedded, roles
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.secret_files import read_or_make

ROOT = Path(__file__).resolve().parent.parent.parent
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
KEY_BYTES = 32


@dataclass(frozen=True)
class Environment:
    """What the program was told.

    field_keys: key id -> 32 bytes for encrypted fields, current_field_key is the id that new values use; index_key: 32 bytes for the blind
    indexes. embedded: whether the URLs are those of the embedded server. sealer_url is empty when an own server has no sealer's URL.
    """

    data: Path
    host: str
    port: int
    database: str
    embedded: bool
    database_url: str
    owner_url: str
    sealer_url: str
    secret_key: str
    field_keys: dict[str, bytes]
    current_field_key: str
    index_key: bytes
    allowed_hosts: tuple[str, ...]
    workers: int


def read(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the environment (or the given variables). Raises Failure, naming the variable, when one makes no sense."""
    given = os.environ if variables is None else variables
    data = data_folder(given)
    database = given.get("WUYI_DATABASE", "wuyicun")
    external = given.get("DATABASE_URL", "")
    if external and not given.get("DATABASE_OWNER_URL"):
        raise wrong("DATABASE_OWNER_URL", "设置了 DATABASE_URL 就必须设置它", "it must be set when DATABASE_URL is")
    current, field_keys = _field_keys(given, data)
    hosts = tuple(name.strip() for name in given.get("WUYI_ALLOWED_HOSTS", "").split(",") if name.strip())
    return Environment(
        data=data,
        host=host(given),
        port=port(given),
        database=database,
        embedded=not external,
        database_url=external or embedded.url(data, roles.APP, database),
        owner_url=given.get("DATABASE_OWNER_URL", "") if external else embedded.url(data, roles.OWNER, database),
        sealer_url=given.get("DATABASE_SEALER_URL", "") or ("" if external else embedded.url(data, roles.SEALER, database)),
        secret_key=_secret(given, data, "WUYI_SECRET_KEY", "secret_key", lambda: secrets.token_urlsafe(50)),
        field_keys=field_keys,
        current_field_key=current,
        index_key=_key("WUYI_INDEX_KEY", _secret(given, data, "WUYI_INDEX_KEY", "index_key", _new_key)),
        allowed_hosts=tuple(dict.fromkeys((*hosts, *LOOPBACK_NAMES))),
        workers=_whole_number(given, "WUYI_WORKERS", 2, 1, 64),
    )


def data_folder(variables: Mapping[str, str]) -> Path:
    """The data folder: WUYI_DATA, else `var` beside the launcher."""
    return Path(variables.get("WUYI_DATA") or ROOT / "var").absolute()


def host(variables: Mapping[str, str]) -> str:
    """The address to serve on."""
    return variables.get("WUYI_HOST", "127.0.0.1")


def port(variables: Mapping[str, str]) -> int:
    """The port to serve on."""
    return _whole_number(variables, "WUYI_PORT", 8000, 1, 65535)


def wrong(name: str, chinese: str, english: str) -> Failure:
    """A variable that makes no sense."""
    return Failure("setting_wrong", f"设置 {name} 有误:{chinese}。", f"The setting {name} is wrong: {english}.")


def _whole_number(variables: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = variables.get(name, "").strip() or str(default)
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise wrong(name, f"应为 {lowest} 到 {highest} 的整数", f"it must be a whole number from {lowest} to {highest}")
    return int(text)


def _secret(variables: Mapping[str, str], data: Path, name: str, file: str, make: Callable[[], str]) -> str:
    given = variables.get(name)
    if given:
        return given
    path = data / "secrets" / file
    try:
        return read_or_make(path, make)
    except OSError as error:
        raise Failure("secret_unreadable", f"无法读写 {path}:{error.strerror}", f"Cannot read or write {path}: {error.strerror}") from error


def _field_keys(variables: Mapping[str, str], data: Path) -> tuple[str, dict[str, bytes]]:
    text = _secret(variables, data, "WUYI_FIELD_KEYS", "field_keys", lambda: json.dumps({"current": "k1", "keys": {"k1": _new_key()}}))
    try:
        given = json.loads(text)
        current, keys = str(given["current"]), {str(name): _key("WUYI_FIELD_KEYS", key) for name, key in given["keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        current, keys = "", {}
    if current not in keys:
        raise wrong("WUYI_FIELD_KEYS", '应为 {"current": "k1", "keys": {"k1": "…"}}', 'it must be {"current": "k1", "keys": {"k1": "…"}}')
    return current, keys


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise wrong(name, "密钥应为 32 字节的 base64", "a key is 32 bytes in base64")
    return key
