"""Record kinds: every room's are in the register, and all of them can be told in words."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from tests.architecture.source import PACKAGE
from wuyicun.kernel.records.kinds import Kind, kinds

ROOMS = sorted({path.parent for path in PACKAGE.glob("domains/*/records.py")})


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_register_holds_the_kinds_of_every_room(room: Path) -> None:
    module = import_module(f"wuyicun.domains.{room.name}.records")
    missing = [kind.name for kind in module.KINDS if kinds().get(kind.name) is not kind]
    assert not missing, f"config/kinds.py does not list {missing} of {room.name}"


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_what_a_record_says_has_labels(kind: Kind) -> None:
    assert str(kind.title)
    unlabelled = {each.name for each in msgspec.structs.fields(kind.schema)} - set(kind.told.fields) - UNSAID
    assert not unlabelled, f"the tray does not tell these fields of {kind.name}: {unlabelled}"


# What says nothing to a person: secrets of cards, ids of records, numbers that the round gives, what a finger drew.
UNSAID = {"card", "record", "pool", "retest", "giver_signature", "receiver_signature"}
