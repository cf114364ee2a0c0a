"""What the tests of forms send and read: as somebody, at an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.rolls.models import Entry


def say(cast: Cast, by: str, url: str, **data: Any) -> HttpResponse:
    response: HttpResponse = cast.client(by).post(url, data)
    return response


def get(cast: Cast, by: str, url: str) -> str:
    response = cast.client(by).get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def newcomer(**data: Any) -> dict[str, Any]:
    return {
        "name": "新来的", "id_kind": "resident", "sex": "unknown", "residence": "resident", "whereabouts": "in_village",
        **data,
    }  # fmt: skip


def part(person: Person, which: str, /, **data: Any) -> Mapping[str, Any]:
    return {"part": which, "seen_at": person.updated_at.isoformat(), **data}


def fresh(person: Person) -> Person:
    return Person.rows().get(pk=person.pk)


def entry(cast: Cast, person: UUID) -> Entry:
    return Entry.rows().get(subject_id=person)


def add_page(household: Household) -> str:
    return f"{reverse('person_add')}?household={household.pk}"
