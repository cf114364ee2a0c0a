"""A small browser and a small phone, to walk through the program over real HTTP."""

from __future__ import annotations

import html
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any
from uuid import UUID, uuid4

from wuyicun.kernel.ids import uuid7

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
TIMEOUT_SECONDS = 60


class Unexpected(Exception):
    """The program answered something else than the walk expects."""


class Browser:
    """Somebody at a desk: cookies, forms with their token."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def get(self, path: str) -> str:
        """A page's text. Raises Unexpected for any other answer than 200."""
        return self._ask(urllib.request.Request(self.base_url + path))[1]  # noqa: S310 - our own server

    def fill_in(self, path: str, changes: Mapping[str, str | Sequence[str]], at: str | None = None) -> tuple[str, str]:
        """Send the form of a page as it is prefilled, with changes; the address and the text of where it leads.

        Args:
            at: the address the form is sent to, when that is another than its page.
        """
        page = self.get(path)
        token = _TOKEN.search(page)
        if token is None:
            raise Unexpected(f"{path}: no form")
        values: dict[str, str | Sequence[str]] = {**_prefilled(page), **changes, "csrfmiddlewaretoken": token.group(1)}
        body = urllib.parse.urlencode(values, doseq=True).encode()
        return self._ask(
            urllib.request.Request(  # noqa: S310 - our own server
                self.base_url + (at or path), data=body, headers={"Referer": self.base_url + path}
            )
        )

    def log_in(self, user_name: str, password: str) -> None:
        """Raises Unexpected when the log-in is refused."""
        address, _page = self.fill_in("/account/login/", {"login": user_name, "password": password})
        if "login" in address:
            raise Unexpected(f"{user_name}: the log-in was refused")

    def cookie(self, name: str) -> str:
        """A cookie's value."""
        return next((cookie.value or "" for cookie in self._jar if cookie.name == name), "")

    def post_json(self, path: str, data: object, headers: Mapping[str, str]) -> Any:
        """Send JSON and read JSON."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.base_url + path,
            data=json.dumps(data, default=str).encode(),
            headers={"Content-Type": "application/json", "Referer": self.base_url + "/", **headers},
        )
        return json.loads(self._ask(request)[1])

    def _ask(self, request: urllib.request.Request) -> tuple[str, str]:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise Unexpected(f"{request.get_method()} {request.full_url}: {error.code} {_plain(text)}") from error


def _prefilled(page: str) -> dict[str, list[str]]:
    """The values that a page's fields carry: inputs, ticked boxes, chosen options of the last select before them."""
    values: dict[str, list[str]] = {}
    select = ""
    for tag in re.finditer(r"<(input|select|option)\b([^>]*)>", page):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag.group(2))}
        kind = tag.group(1)
        if kind == "select":
            select = attributes.get("name", "")
        elif kind == "option" and "selected" in attributes and select:
            values.setdefault(select, []).append(attributes.get("value", ""))
        elif kind == "input" and attributes.get("name"):
            box = attributes.get("type") in ("checkbox", "radio")
            if not box or "checked" in attributes:
                values.setdefault(attributes["name"], []).append(attributes.get("value", "on" if box else ""))
    return values


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())[:300]


class Phone:
    """A device in somebody's hands."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.device, self.seq = browser, uuid4(), 0
        session = browser.post_json(
            "/api/field/session", {"device": self.device}, {"X-CSRFToken": browser.cookie("csrftoken")}
        )
        self.village = session["villages"][0]["id"]
        self._headers = {"Authorization": f"Bearer {session['token']}"}

    def record(self, kind: str, data: Mapping[str, object], at: datetime | None = None) -> dict[str, Any]:
        """An envelope."""
        self.seq += 1
        moment = (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
        return {"id": str(uuid7()), "seq": self.seq, "kind": kind, "v": 1, "at": moment, "data": dict(data)}

    def send(self, records: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Send records; their outcomes. Raises Unexpected when one of them is kept aside."""
        sent_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        answer = self.browser.post_json(
            "/api/field/records",
            {"village": self.village, "device": str(self.device), "sent_at": sent_at, "records": list(records)},
            self._headers,
        )
        outcomes: list[dict[str, Any]] = answer["outcomes"]
        refused = [outcome for outcome in outcomes if outcome["outcome"] == "quarantined"]
        if refused:
            raise Unexpected(f"kept aside: {refused[0]}")
        return outcomes

    def find(self, round_id: UUID | str, text: str) -> list[dict[str, Any]]:
        """Look somebody up."""
        answer = self.browser.post_json(
            "/api/field/find", {"village": self.village, "round": round_id, "text": text}, self._headers
        )
        people: list[dict[str, Any]] = answer["people"]
        return people

    def ask(self, path: str) -> Any:
        """Read JSON with the token."""
        request = urllib.request.Request(self.browser.base_url + path, headers=self._headers)  # noqa: S310 - our own server
        return json.loads(self.browser._ask(request)[1])
