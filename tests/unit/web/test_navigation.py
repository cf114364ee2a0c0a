"""The navigation shows what is built and allowed, in two lines at most."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.checks import navigation_resolves
from wuyicun.kernel.web.navigation import Item, Menu, menu

ITEMS = (
    Item("screening", "转运", "tubes", order=20),
    Item("screening", "轮次", "rounds", order=10),
    Item("people", "名册", "people", Permission.VIEW_PEOPLE),
    Item("today", "今日", "today", behind="/today/"),
    Item("supplies", "库存", "not_built_yet"),
)


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    urls = ModuleType("urls_of_the_navigation_test")
    names = {"": "today", "rounds/": "rounds", "rounds/tubes/": "tubes", "people/": "people"}
    urls.urlpatterns = [path(route, lambda _request: HttpResponse(), name=name) for route, name in names.items()]  # type: ignore[attr-defined]
    with override_settings(ROOT_URLCONF=urls):
        yield


def _menu(where: str, *allowed: Permission) -> Menu:
    return menu(ITEMS, lambda permission: permission in allowed, where)


def test_sections_stand_in_their_order_and_lead_to_their_first_page() -> None:
    sections = _menu("/", Permission.VIEW_PEOPLE).sections
    assert [(link.title, link.url) for link in sections] == [
        ("今日", "/"),
        ("人和户", "/people/"),
        ("检测", "/rounds/"),
    ]


def test_who_may_not_does_not_see_the_entry() -> None:
    assert "人和户" not in [link.title for link in _menu("/").sections]


def test_the_page_we_are_on_is_marked_and_its_section_too() -> None:
    shown = _menu("/rounds/tubes/7/")
    assert [link.title for link in shown.sections if link.here] == ["检测"]
    assert [(link.title, link.here, link.exact) for link in shown.items] == [
        ("轮次", False, False),
        ("转运", True, False),
    ]
    assert [link.exact for link in _menu("/rounds/tubes/").items] == [False, True]


def test_a_section_of_one_page_needs_no_second_line() -> None:
    assert _menu("/people/", Permission.VIEW_PEOPLE).items == ()


def test_the_front_page_is_not_the_parent_of_every_page() -> None:
    assert not any(link.here for link in _menu("/elsewhere/").sections)


def test_pages_behind_an_entry_may_have_an_address_of_their_own() -> None:
    assert [link.title for link in _menu("/today/mistakes/").sections if link.here] == ["今日"]


def test_the_check_names_an_entry_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wuyicun.kernel.web.checks.registered", lambda: (*ITEMS, Item("nowhere", "无", "today")))
    assert [problem.id for problem in navigation_resolves()] == ["kernel_web.E002", "kernel_web.E001"]
