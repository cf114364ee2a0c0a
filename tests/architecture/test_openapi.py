"""The phone's interface is written down, and no change of it goes unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.architecture.addresses import ADDRESSES
from wuyicun.config.cli import contracts
from wuyicun.domains.laboratory import openapi as laboratory
from wuyicun.fieldsync import door, openapi
from wuyicun.interop import openapi as reading
from wuyicun.kernel.records.kinds import kinds

DOCUMENT: dict[str, Any] = openapi.document()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def test_the_document_that_is_kept_is_what_the_code_says() -> None:
    for name, text in contracts.DOCUMENTS.items():
        kept = (contracts.FOLDER / name).read_text(encoding="utf-8")
        assert kept == text(), "the interface has changed: look at it, then ./wuyi contracts"


def test_every_address_of_the_phone_is_in_it() -> None:
    routes = {f"/{address.route}" for address in ADDRESSES if address.route.startswith("api/field/")}
    assert routes | {door.PATH} == set(DOCUMENT["paths"])


def test_every_address_of_the_reading_api_is_in_its_own() -> None:
    routes = {f"/{address.route}" for address in ADDRESSES if address.route.startswith("api/read/")}
    assert routes == set(reading.document()["paths"])


def test_every_address_of_the_laboratories_door_is_in_its_own() -> None:
    routes = {f"/{address.route}" for address in ADDRESSES if address.route.startswith("api/laboratory/")}
    assert routes == set(laboratory.document()["paths"])


def test_every_kind_of_record_is_in_it() -> None:
    assert set(SCHEMAS["Envelope"]["discriminator"]["mapping"]) == set(kinds())


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_data_of_a_kind_are_those_of_its_schema(kind: str) -> None:
    envelope = SCHEMAS[f"Envelope.{kind}"]
    assert envelope["properties"]["kind"] == {"const": kind}
    data = SCHEMAS[envelope["properties"]["data"]["$ref"].rsplit("/", 1)[-1]]
    assert set(data["properties"]) == set(kinds()[kind].schema.__struct_fields__)
    assert data["additionalProperties"] is False
    assert data["description"]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            elif key == "mapping":
                yield from value.values()
            else:
                yield from references(value)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_whatever_it_points_to_is_there_and_nothing_else() -> None:
    named = {reference.removeprefix("#/components/schemas/") for reference in references(DOCUMENT)}
    assert named == set(SCHEMAS)


def test_it_says_the_statuses_that_the_door_answers_with() -> None:
    source = msgspec.json.encode(DOCUMENT["paths"][door.PATH]["post"]["responses"]).decode()
    said = set(re.findall(r'"(\d{3})":', source))
    assert said == {"200", "400", "401", "404", "413", "503"}
