"""The OpenAPI document of the laboratories' door, made from the structs that it reads (`contracts/laboratory.json`)."""

from __future__ import annotations

from typing import Any

import msgspec

from wuyicun.domains.laboratory import schemas

Json = dict[str, Any]

PATH = "/api/laboratory/results"
_REF = "#/components/schemas/{name}"
_ABOUT = (
    "A laboratory sends the results of tubes with the token that a village's office gave it. Each result goes to the"
    " latest round that has the tube. Repeat a request that was not answered: the same sending is taken in once. What"
    " cannot be entered is never dropped: it waits in a queue of the village until somebody has looked at it."
)
_STATUS = {
    "400": "The body is not as described.",
    "401": "The token is unknown, ended or revoked.",
    "404": "The token's account has no such village, or may not enter results in all of it.",
    "409": "Something else was sent under this id (`id_conflict`), or the village has no round (`no_round`).",
    "413": "More than 1000000 bytes at once.",
}


def document() -> Json:
    """The whole document, in a fixed order."""
    structs = [schemas.Sending, schemas.Taken, schemas.Refused]
    _references, components = msgspec.json.schema_components(structs, ref_template=_REF)
    refused = {status: {"description": words, "content": _json(schemas.Refused)} for status, words in _STATUS.items()}
    told = {"200": {"description": "What became of each result.", "content": _json(schemas.Taken)}}
    post = {
        "summary": "Send results",
        "requestBody": {"required": True, "content": _json(schemas.Sending)},
        "responses": {**told, **refused},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wuyicun: laboratory results", "version": "1", "description": _ABOUT},
        "paths": {PATH: {"post": post}},
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _json(struct: type) -> Json:
    return {"application/json": {"schema": {"$ref": _REF.format(name=struct.__name__)}}}


def text() -> str:
    """The document as it stands in `contracts/laboratory.json`."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"
