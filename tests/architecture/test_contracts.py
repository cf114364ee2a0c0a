"""Imports go downward only; and a room that nobody entered in the contracts would be bound by none of them."""

import subprocess
import sys
import tomllib
from typing import Any

import pytest

from wuyicun.config.environment import ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
ROOMS = sorted(folder.parent.name for folder in (ROOT / "wuyicun" / "domains").glob("*/__init__.py"))


def test_imports_keep_to_the_contracts() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def contract(name: str) -> dict[str, Any]:
    return next(contract for contract in CONTRACTS if contract["name"] == name)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_stands_on_a_floor(room: str) -> None:
    floors = [name.strip() for layer in contract("The rooms")["layers"] for name in layer.split("|")]
    assert room in floors, "add it to the contract 'The rooms' in pyproject.toml"


@pytest.mark.parametrize("room", ROOMS)
def test_the_inside_of_every_room_has_its_order(room: str) -> None:
    assert f"wuyicun.domains.{room}" in contract("The inside of a room")["containers"]


@pytest.mark.parametrize("room", ROOMS)
def test_the_models_of_every_room_are_private(room: str) -> None:
    private = {module for found in CONTRACTS for module in found.get("protected_modules", [])}
    assert f"wuyicun.domains.{room}.models" in private, "copy the last contract in pyproject.toml for this room"
