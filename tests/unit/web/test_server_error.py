"""What somebody sees when the program fails, and when only the database is away."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from wuyicun.kernel.web.errors import server_error


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Django calls it while it handles the exception."""
    try:
        raise error
    except type(error):
        return server_error(request)


@pytest.mark.parametrize("error", [OperationalError(), InterfaceError()])
def test_a_page_asks_again_by_itself_while_the_database_is_away(error: Exception) -> None:
    response = answer(RequestFactory().get("/"), error)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert 'http-equiv="refresh"' in response.content.decode()


def test_a_form_is_told_that_it_was_not_saved_while_the_database_is_away() -> None:
    response = answer(RequestFactory().post("/"), OperationalError())
    assert response.status_code == 503
    assert "没有保存" in response.content.decode()
    assert 'http-equiv="refresh"' not in response.content.decode()


def test_a_fault_of_the_program_is_one() -> None:
    assert answer(RequestFactory().get("/"), KeyError()).status_code == 500
