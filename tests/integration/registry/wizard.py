"""The pages of an import, gone through as somebody with a browser would."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.integration.registry.rosters import Shelf, last_batch
from wuyicun.domains.registry.models import ImportBatch

SECRETARY = "梁会明"


def upload(client: Client, content: bytes, name: str = "名册.csv", **more: Any) -> HttpResponse:
    data = {"file": SimpleUploadedFile(name, content)}
    response: HttpResponse = client.post(reverse("import_start"), data, **more)
    return response


def csv_of(tmp_path: Path, *rows: dict[str, str]) -> bytes:
    return Shelf(tmp_path).write(rows).read_bytes()


def url(name: str, batch: ImportBatch | None = None) -> str:
    return reverse(name, args=[(batch or last_batch()).pk])


def go(client: Client, name: str, **data: str) -> HttpResponse:
    response: HttpResponse = client.post(url(name), data)
    return response


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def to_preview(client: Client, content: bytes, name: str = "名册.csv") -> HttpResponse:
    assert upload(client, content, name).status_code == 302
    assert go(client, "import_kinds")["Location"].endswith("?step=columns")
    assert go(client, "import_columns").status_code == 302
    response: HttpResponse = client.get(url("import_batch"))
    return response


def commit(client: Client) -> HttpResponse:
    return go(client, "import_commit", digest=last_batch().diff_digest)
