"""What goes with every request: appearance, live fragments, notices, refusals as pages."""

import re
from typing import ClassVar

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.web import errors, live, notices
from wuyicun.kernel.web.appearance import Appearance, appearance_of, set_appearance
from wuyicun.kernel.web.context import Shell

requests = RequestFactory()


def _asked(name: str, value: str, **more: str) -> HttpResponse:
    return set_appearance(requests.post("/appearance/", {name: value, **more}))


@pytest.mark.parametrize(("name", "value"), [("theme", "dark"), ("theme", "auto"), ("size", "large")])
def test_a_choice_of_appearance_is_remembered(name: str, value: str) -> None:
    response = _asked(name, value, next="/people/?page=2")
    assert response.cookies[name].value == value
    assert response["Location"] == "/people/?page=2"


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_changing_the_appearance_leads_to_no_other_site(back: str) -> None:
    assert _asked("theme", "dark", next=back)["Location"] == "/"


def test_an_unknown_appearance_is_neither_kept_nor_shown() -> None:
    assert not _asked("theme", 'dark" onload="').cookies
    request = requests.get("/")
    request.COOKIES = {"theme": 'dark" onload="', "size": "large"}
    assert appearance_of(request) == Appearance(theme="auto", size="large")


def test_a_fragment_that_is_current_costs_no_content() -> None:
    request = requests.get("/board/", headers={live.HEADER: "17"})
    answer = live.unchanged(request, "17")
    assert answer is not None
    assert answer.status_code == 204
    assert live.unchanged(request, "18") is None
    assert live.unchanged(requests.get("/board/"), "17") is None


def test_a_notice_carries_its_way_back() -> None:
    request = requests.post("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    notices.say(request, "已暂免", undo_url="/undo/7/")
    notices.say(request, "已保存")
    assert [notices.undo_url(message.extra_tags or "") for message in request._messages] == ["/undo/7/", ""]  # type: ignore[attr-defined]


class _StillOwes(Refusal):
    code: ClassVar[str] = "screening.still_owes"
    words: ClassVar[str] = "还有 %(number)s 人待采"


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(settings: object) -> None:
    settings.WUYI_SHELL = f"{__name__}.outside"  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = "wuyicun.kernel.web.urls"  # type: ignore[attr-defined]
    settings.WUYI_NAVIGATION = f"{__name__}.NO_ITEMS"  # type: ignore[attr-defined]


NO_ITEMS = ()


def outside(_request: HttpRequest) -> Shell:
    return Shell()


def _refused(problem: Exception) -> HttpResponse | None:
    request = requests.get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return errors.RefusalMiddleware(lambda _request: HttpResponse()).process_exception(request, problem)


def test_a_refusal_becomes_a_page_with_its_words_and_status() -> None:
    response = _refused(_StillOwes(number=3))
    assert response is not None
    assert response.status_code == 409
    assert "还有 3 人待采" in response.content.decode()


def _without_token(response: HttpResponse) -> str:
    return re.sub(r"X-CSRFToken[^']*'", "", response.content.decode())


def test_what_is_not_yours_looks_like_what_does_not_exist() -> None:
    response = _refused(NotYours())
    assert response is not None
    assert response.status_code == 404
    assert _without_token(response) == _without_token(errors.page_not_found(requests.get("/"), Exception()))


def test_any_other_fault_is_left_to_django() -> None:
    assert _refused(ValueError()) is None


def _fail_with(fault: type[Exception]) -> None:
    raise fault


@pytest.mark.parametrize(("fault", "status"), [(ValueError, 500), (OperationalError, 503)])
def test_the_page_of_a_fault_needs_neither_database_nor_session(fault: type[Exception], status: int) -> None:
    try:
        _fail_with(fault)
    except fault:
        response = errors.server_error(requests.get("/"))
    assert response.status_code == status
    assert "<h1>" in response.content.decode()
