"""The OpenAPI document of the phone's door, made from the same structs that read and write it.

`contracts/openapi.json` is what this makes (`./wuyi contracts`); a test compares the two, so that no change of the
interface goes unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wuyicun.fieldsync import door, schemas
from wuyicun.kernel.records.kinds import Envelope, Kind, kinds

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_CODE = "A stable code for the phone's own words."
_STATUS = {
    "400": "It could not be read.",
    "401": "The token is unknown, ended or revoked; the log-in's cookie, where one is asked for, is missing.",
    "404": "To this sender it does not exist.",
    "413": f"More than {door.MOST_RECORDS} records or {door.MOST_BYTES} bytes at once.",
    "503": "Nothing was stored; come again after the seconds of `Retry-After`.",
}


class Refused(msgspec.Struct, frozen=True):
    """Why a whole request was refused."""

    code: str


def document() -> Json:
    """The whole document, in a fixed order."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wuyicun: the phone's door",
            "version": "1",
            "description": "Times are RFC 3339 with an offset. Everything is kept within the villages of the account.",
        },
        "paths": _paths(),
        "components": {"schemas": _schemas(kinds()), "securitySchemes": _SECURITY},
    }


_SECURITY: Json = {
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "With the header X-CSRFToken."},
    "token": {"type": "http", "scheme": "bearer", "description": "The token of `/api/field/session`."},
}


def _paths() -> Json:
    asks, post = _operation, "post"
    village = _query("village", "The village.", required=True)
    return {
        "/api/field/session": {
            post: {
                **asks("A token for a device", schemas.SessionTold, body=schemas.SessionAsked),
                "security": [{"session": []}],
            }
        },
        "/api/field/rounds": {"get": asks("The open rounds", schemas.RoundsTold, parameters=[village])},
        "/api/field/find": {post: asks("Find somebody to sample", schemas.PeopleTold, body=schemas.FindAsked)},
        "/api/field/missing": {
            "get": asks(
                "Who is missing in a round, page by page",
                schemas.MissingTold,
                parameters=[
                    village,
                    _query("round", "The round.", required=True),
                    _query("area", "The path of an area; all of the round without it.", shape={"type": "string"}),
                    _query("cursor", "`next` of the page before."),
                ],
            )
        },
        door.PATH: {
            post: asks("Store records; acknowledged means committed", door.Answer, body=door.Sent, more=("413", "503"))
        },
    }


def _operation(
    summary: str,
    answer: type,
    *,
    body: type | None = None,
    parameters: list[Json] | None = None,
    more: tuple[str, ...] = (),
) -> Json:
    refused = {
        status: {"description": _STATUS[status], "content": _json(Refused)} for status in ("400", "401", "404", *more)
    }
    operation: Json = {"summary": summary, "security": [{"token": []}]}
    if parameters is not None:
        operation["parameters"] = parameters
    if body is not None:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    operation["responses"] = {"200": {"description": summary + ".", "content": _json(answer)}, **refused}
    return operation


def _query(name: str, description: str, *, required: bool = False, shape: Json | None = None) -> Json:
    shape = shape or {"type": "string", "format": "uuid"}
    return {"name": name, "in": "query", "required": required, "description": description, "schema": shape}


def _json(struct: type) -> Json:
    return {"application/json": {"schema": {"$ref": _REF.format(name=struct.__name__)}}}


def _schemas(known: Mapping[str, Kind]) -> Json:
    structs = [
        schemas.SessionAsked,
        schemas.SessionTold,
        schemas.RoundsTold,
        schemas.FindAsked,
        schemas.PeopleTold,
        schemas.MissingTold,
        door.Sent,
        door.Answer,
        Refused,
        *(kind.schema for kind in known.values()),
    ]
    references, components = msgspec.json.schema_components(structs, ref_template=_REF)
    data = dict(zip(known, references[-len(known) :], strict=True))
    envelope = components.pop(Envelope.__name__)
    components["Refused"]["properties"]["code"]["description"] = _CODE
    names = {kind: f"{Envelope.__name__}.{kind}" for kind in known}
    components.update({names[kind]: _envelope_of(envelope, kind, data[kind]) for kind in known})
    components[Envelope.__name__] = {
        "title": Envelope.__name__,
        "description": "A record as it travels; its kind says what its data are. The same id with the same body is"
        " stored once. What the server cannot take in is kept aside and answered with why.",
        "oneOf": [{"$ref": _REF.format(name=name)} for name in names.values()],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind: _REF.format(name=name) for kind, name in names.items()},
        },
    }
    return dict(sorted(components.items()))


def _envelope_of(envelope: Json, kind: str, data: Json) -> Json:
    properties = {**envelope["properties"], "kind": {"const": kind}, "data": data, "v": {"const": 1, "default": 1}}
    return {**envelope, "title": f"{envelope['title']} of {kind}", "properties": properties}


def text() -> str:
    """The document as it stands in `contracts/openapi.json`."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"
