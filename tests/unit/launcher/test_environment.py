import base64
import json
import stat
from pathlib import Path

import pytest

from wuyicun.config import environment
from wuyicun.kernel.failure import Failure

KEY = base64.b64encode(bytes(range(32))).decode()


def read(data: Path, **variables: str) -> environment.Environment:
    return environment.read({"WUYI_DATA": str(data), **variables})


def test_nothing_has_to_be_set() -> None:
    assert environment.data_folder({}) == environment.ROOT / "var"
    assert (environment.host({}), environment.port({})) == ("127.0.0.1", 8000)


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first, second = read(tmp_path / "data"), read(tmp_path / "data")
    assert first == second
    assert len(first.index_key) == len(first.field_keys[first.current_field_key]) == 32
    secrets = tmp_path / "data" / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets.iterdir()} == {0o600}


def test_two_data_folders_have_different_keys(tmp_path: Path) -> None:
    one, other = read(tmp_path / "one"), read(tmp_path / "other")
    assert (one.secret_key, one.index_key, one.field_keys) != (other.secret_key, other.index_key, other.field_keys)
    assert one.database_url != other.database_url


def test_keys_of_the_environment_come_before_those_in_files(tmp_path: Path) -> None:
    keys = json.dumps({"current": "b", "keys": {"a": KEY, "b": KEY}})
    found = read(tmp_path, WUYI_FIELD_KEYS=keys, WUYI_INDEX_KEY=KEY, WUYI_SECRET_KEY="given")
    assert (found.current_field_key, set(found.field_keys)) == ("b", {"a", "b"})
    assert (found.index_key, found.secret_key) == (bytes(range(32)), "given")


def test_the_embedded_server_is_reached_over_its_socket_by_three_roles(tmp_path: Path) -> None:
    found = read(tmp_path, WUYI_DATABASE="other")
    assert found.embedded
    urls = {"wuyi_app": found.database_url, "wuyi_owner": found.owner_url, "wuyi_sealer": found.sealer_url}
    for role, url in urls.items():
        assert url.startswith(f"postgresql://{role}:")
        assert "@/other?host=%2F" in url


def test_a_server_of_ones_own_takes_the_place_of_the_embedded_one(tmp_path: Path) -> None:
    found = read(tmp_path, DATABASE_URL="postgresql://a@h/d", DATABASE_OWNER_URL="postgresql://o@h/d")
    assert not found.embedded
    assert (found.database_url, found.owner_url, found.sealer_url) == ("postgresql://a@h/d", "postgresql://o@h/d", "")


def test_names_of_this_machine_are_always_allowed(tmp_path: Path) -> None:
    assert read(tmp_path, WUYI_ALLOWED_HOSTS="village.example, 10.0.0.7").allowed_hosts == (
        "village.example",
        "10.0.0.7",
        "127.0.0.1",
        "localhost",
        "[::1]",
    )


def test_the_name_of_the_address_is_allowed(tmp_path: Path) -> None:
    found = read(tmp_path, WUYI_ADDRESS="https://village.example/")
    assert (found.address, found.allowed_hosts[0]) == ("https://village.example", "village.example")
    assert read(tmp_path, WUYI_ADDRESS="http://[fd00::1]:8000").allowed_hosts[0] == "[fd00::1]"


def test_a_second_factor_is_required_unless_somebody_says_no(tmp_path: Path) -> None:
    assert (read(tmp_path).second_factor, read(tmp_path).second_factor_days) == (True, 3)
    found = read(tmp_path, WUYI_SECOND_FACTOR="optional", WUYI_SECOND_FACTOR_DAYS="0")
    assert (found.second_factor, found.second_factor_days) == (False, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WUYI_ADDRESS", "village.example"),
        ("WUYI_ADDRESS", "http://village.example/wuyi"),
        ("WUYI_SECOND_FACTOR", "yes"),
        ("WUYI_SECOND_FACTOR_DAYS", "-1"),
        ("WUYI_PORT", "0"),
        ("WUYI_PORT", "65536"),
        ("WUYI_PORT", "eighty"),
        ("WUYI_WORKERS", "-1"),
        ("WUYI_FIELD_KEYS", "{"),
        ("WUYI_FIELD_KEYS", '{"current": "k2", "keys": {}}'),
        ("WUYI_FIELD_KEYS", json.dumps({"current": "k1", "keys": {"k1": "c2hvcnQ="}})),
        ("WUYI_INDEX_KEY", "not base64!"),
        ("DATABASE_URL", "postgresql://a@h/d"),
        ("DATABASE_OWNER_URL", "postgresql://o@h/d"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Failure) as refused:
        read(tmp_path, **{name: value})
    assert refused.value.code == "setting_wrong"
    assert name.removesuffix("_URL").split("_")[0] in refused.value.english


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure) as refused:
        read(tmp_path / "file")
    assert refused.value.code == "secret_unreadable"
    assert str(tmp_path / "file") in refused.value.chinese
