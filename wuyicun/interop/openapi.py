"""The OpenAPI document of the reading API, made from the structs that write it (`contracts/reading.json`)."""

from __future__ import annotations

from typing import Any

import msgspec

from wuyicun.interop import schemas
from wuyicun.interop.lists import MOST, USUAL

Json = dict[str, Any]

BASE = "/api/read/"
_REF = "#/components/schemas/{name}"
_ABOUT = (
    "Read-only, for lists of the areas over which the token's account may export at that moment. Id numbers and phones"
    " are masked unless the token was made with a reason for more. Every page that is read is written down. To go on,"
    " repeat the request with `after` set to `next`, until `next` is null."
)
_STATUS = {
    "400": "A parameter could not be read.",
    "401": "The token is unknown, ended or revoked.",
    "404": "To this account it does not exist, or it may not export, or not before it has a second factor.",
    "410": "The row that `after` names is no more: read again from the beginning.",
}
LISTS: dict[str, tuple[str, type]] = {
    "areas": ("Areas by their paths", schemas.AreasTold),
    "people": ("People who have not left, by their pinyin", schemas.PeopleTold),
    "households": ("Households by micro-grid and number", schemas.HouseholdsTold),
    "places": ("Places", schemas.PlacesTold),
}


def document() -> Json:
    """The whole document, in a fixed order."""
    structs = [schemas.VillagesTold, *(struct for _summary, struct in LISTS.values()), schemas.Refused]
    _references, components = msgspec.json.schema_components(structs, ref_template=_REF)
    paths = {f"{BASE}villages": _get("The villages of the account", schemas.VillagesTold, [])}
    paths |= {f"{BASE}{name}": _get(summary, struct, _parameters()) for name, (summary, struct) in LISTS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wuyicun: reading",
            "version": "1",
            "description": _ABOUT,
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _get(summary: str, struct: type, parameters: list[Json]) -> Json:
    refused = {status: {"description": words, "content": _json(schemas.Refused)} for status, words in _STATUS.items()}
    told = {"200": {"description": f"{summary}.", "content": _json(struct)}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": {**told, **refused}}}


def _parameters() -> list[Json]:
    uuid = {"type": "string", "format": "uuid"}
    path = {"type": "string", "pattern": "^[0-9]{0,32}$"}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return [
        _query("village", "The village.", uuid, required=True),
        _query("area", "The path of an area; all that may be read without it.", path),
        _query("after", "`next` of the page before.", uuid),
        _query("limit", "How many at most.", limit),
    ]


def _query(name: str, description: str, shape: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": shape}


def _json(struct: type) -> Json:
    return {"application/json": {"schema": {"$ref": _REF.format(name=struct.__name__)}}}


def text() -> str:
    """The document as it stands in `contracts/reading.json`."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"
