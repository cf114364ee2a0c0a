"""Every setting of the program, read from the environment. docs/settings.md has one row for each.

Keys that the environment does not give are made at the first start and kept in `<data>/secrets`. Standard library only.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wuyicun.kernel.database.layout import APP, OWNER, SEALER, Layout
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.secret_files import read_or_make

ROOT = Path(__file__).resolve().parent.parent.parent
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
KEY_BYTES = 32
MOST_THREADS = 32
MOST_CONNECTIONS = 160
"""Of the embedded server's 200: for all processes that serve, each with a connection for each thread and two more."""


@dataclass(frozen=True)
class Environment:
    """What the program was told.

    embedded: whether the URLs are those of the embedded server. sealer_url is empty when a server of one's own has no
    sealer's URL. field_keys: key id -> 32 bytes for encrypted fields, of which new values use current_field_key.
    index_key: 32 bytes for the blind indexes. workers: how many processes serve. backup_folder: where the daily
    archives go; backup_hour: when, local time; backup_passphrase: "" when it is asked for or was set on the page.
    address: where others find the program, empty when nobody said. second_factor: whether exports and administration
    wait for one, second_factor_days after the first log-in.
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
    backup_folder: Path
    backup_hour: int
    backup_passphrase: str
    address: str
    second_factor: bool
    second_factor_days: int

    @property
    def threads(self) -> int:
        """How many threads of each process answer pages."""
        return max(4, min(MOST_THREADS, MOST_CONNECTIONS // self.workers - 2))


def read(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the environment (or the given variables). Raises Failure, naming the variable, when one makes no sense."""
    given = os.environ if variables is None else variables
    data = data_folder(given)
    database = given.get("WUYI_DATABASE") or "wuyicun"
    database_url, owner_url, sealer_url = _database_urls(given, data, database)
    current, field_keys = _field_keys(given, data)
    address = _address(given)
    hosts = [name.strip() for name in given.get("WUYI_ALLOWED_HOSTS", "").split(",") if name.strip()]
    return Environment(
        data=data,
        host=host(given),
        port=port(given),
        database=database,
        embedded=not given.get("DATABASE_URL"),
        database_url=database_url,
        owner_url=owner_url,
        sealer_url=sealer_url,
        secret_key=_secret(given, data, "WUYI_SECRET_KEY", lambda: secrets.token_urlsafe(50)),
        field_keys=field_keys,
        current_field_key=current,
        index_key=_key("WUYI_INDEX_KEY", _secret(given, data, "WUYI_INDEX_KEY", _new_key)),
        allowed_hosts=tuple(dict.fromkeys((*hosts, *_host_of(address), *LOOPBACK_NAMES))),
        workers=_whole_number(given, "WUYI_WORKERS", 2, 1, 64),
        backup_folder=backup_folder(given),
        backup_hour=_whole_number(given, "WUYI_BACKUP_HOUR", 2, 0, 23),
        backup_passphrase=backup_passphrase(given),
        address=address,
        second_factor=_second_factor(given),
        second_factor_days=_whole_number(given, "WUYI_SECOND_FACTOR_DAYS", 3, 0, 90),
    )


def data_folder(variables: Mapping[str, str]) -> Path:
    """The data folder: WUYI_DATA, else `var` beside the launcher; without a launcher, in the current folder."""
    beside = ROOT if (ROOT / "wuyi").exists() else Path()
    return Path(variables.get("WUYI_DATA") or beside / "var").absolute()


def backup_folder(variables: Mapping[str, str]) -> Path:
    """Where the daily archives go."""
    return Path(variables.get("WUYI_BACKUP_FOLDER") or data_folder(variables) / "backups").absolute()


def backup_passphrase(variables: Mapping[str, str]) -> str:
    """The passphrase of the archives, "" when it isn't given."""
    return variables.get("WUYI_BACKUP_PASSPHRASE", "")


def key_texts(read: Environment) -> dict[str, str]:
    """The keys as the files in `secrets` hold them, wherever they came from."""
    keys = {name: base64.b64encode(key).decode() for name, key in read.field_keys.items()}
    return {
        "secret_key": read.secret_key,
        "field_keys": json.dumps({"current": read.current_field_key, "keys": keys}),
        "index_key": base64.b64encode(read.index_key).decode(),
    }


def host(variables: Mapping[str, str]) -> str:
    """The address to serve on."""
    return variables.get("WUYI_HOST") or "127.0.0.1"


def port(variables: Mapping[str, str]) -> int:
    """The port to serve on."""
    return _whole_number(variables, "WUYI_PORT", 8000, 1, 65535)


def _database_urls(variables: Mapping[str, str], data: Path, database: str) -> tuple[str, str, str]:
    app, owner = variables.get("DATABASE_URL", ""), variables.get("DATABASE_OWNER_URL", "")
    sealer = variables.get("DATABASE_SEALER_URL", "")
    if bool(app) != bool(owner):
        missing = "DATABASE_OWNER_URL" if app else "DATABASE_URL"
        raise _wrong(missing, "DATABASE_URL 与 DATABASE_OWNER_URL 须一起设置", "it must be given with the other one")
    if app:
        return app, owner, sealer
    layout = Layout(data)
    try:
        return layout.url(APP, database), layout.url(OWNER, database), sealer or layout.url(SEALER, database)
    except OSError as error:
        raise _unreadable(data / "secrets", error) from error


def _secret(variables: Mapping[str, str], data: Path, name: str, make: Callable[[], str]) -> str:
    given = variables.get(name)
    if given:
        return given
    path = data / "secrets" / name.removeprefix("WUYI_").lower()
    try:
        return read_or_make(path, make)
    except OSError as error:
        raise _unreadable(path, error) from error


def _field_keys(variables: Mapping[str, str], data: Path) -> tuple[str, dict[str, bytes]]:
    name = "WUYI_FIELD_KEYS"
    try:
        given = json.loads(_secret(variables, data, name, _new_field_keys))
        current = str(given["current"])
        keys = {str(key_id): _key(name, key) for key_id, key in given["keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        current, keys = "", {}
    if current not in keys:
        shape = '{"current": "k1", "keys": {"k1": "base64"}}'
        raise _wrong(name, f"应为 {shape}", f"it must be {shape}")
    return current, keys


def _new_field_keys() -> str:
    return json.dumps({"current": "k1", "keys": {"k1": _new_key()}})


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise _wrong(name, "密钥应为 32 字节的 base64", "a key is 32 bytes in base64")
    return key


def _address(variables: Mapping[str, str]) -> str:
    """Where others find the program: scheme, name and port, nothing behind."""
    given = variables.get("WUYI_ADDRESS", "").strip().rstrip("/")
    parts = urlsplit(given)
    if given and not (
        parts.scheme in {"http", "https"} and parts.hostname and given == f"{parts.scheme}://{parts.netloc}"
    ):
        raise _wrong(
            "WUYI_ADDRESS", "应像 http://village.example:8000", "it must look like http://village.example:8000"
        )
    return given


def _host_of(address: str) -> list[str]:
    name = urlsplit(address).hostname or ""
    return [f"[{name}]" if ":" in name else name] if name else []


def _second_factor(variables: Mapping[str, str]) -> bool:
    given = variables.get("WUYI_SECOND_FACTOR") or "required"
    if given not in {"required", "optional"}:
        raise _wrong("WUYI_SECOND_FACTOR", "应为 required 或 optional", "it must be required or optional")
    return given == "required"


def _whole_number(variables: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = variables.get(name, "").strip() or str(default)
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise _wrong(
            name, f"应为 {lowest} 到 {highest} 的整数", f"it must be a whole number from {lowest} to {highest}"
        )
    return int(text)


def _wrong(name: str, chinese: str, english: str) -> Failure:
    return Failure("setting_wrong", f"设置 {name} 有误:{chinese}。", f"The setting {name} is wrong: {english}.")


def _unreadable(path: Path, error: OSError) -> Failure:
    reason = error.strerror
    return Failure("secret_unreadable", f"无法读写 {path}:{reason}", f"Cannot read or write {path}: {reason}")
