"""Answers that pages of several rooms give: a PDF, the way back, an address for who is logged in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern
from django.urls import path as plain_path
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser and is saved under its name."""
    response = HttpResponse(content, content_type="application/pdf")
    header = content_disposition_header(as_attachment=False, filename=f"{name}.pdf")
    response["Content-Disposition"] = header or "inline"
    response["Cache-Control"] = "no-store"
    return response


def attachment(file: Any, name: str, content_type: str = XLSX) -> FileResponse:
    """A workbook, or another file, to be saved under its name."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "no-store"
    return response


def ours(request: HttpRequest, asked: str, otherwise: str) -> str:
    """The address that was asked for, if it is one of ours."""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if asked and safe else otherwise


def path(route: str, view: Callable[..., HttpResponseBase], name: str, **arguments: Any) -> URLPattern:
    """An address for who is logged in."""
    return plain_path(route, login_required(view), arguments, name=name)
