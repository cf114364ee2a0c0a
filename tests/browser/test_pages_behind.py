"""Every page behind those of the menu, and those outside of it: there, whole, accessible, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Data, Visit
from tests.browser.looking import UUID, look, read, told
from tests.browser.scene import Round
from tests.browser.visitor import Visitor, chinese_in

# Pages behind the menu's: where a link to one stands (a page or the name of one here), and what its address looks like.
BEHIND = {
    "mistakes": ("/", r"/today/mistakes/"),
    "new round": ("/screening/", r"/screening/new/"),
    "round": ("/screening/tubes/{round}/", r"/screening/{id}/"),
    "plan of a round": ("/screening/{round}/", r"/screening/plan/{id}/"),
    "those who refused": ("/screening/{round}/", r"/screening/missing/{id}/\?state=refused"),
    "person in a round": ("/screening/missing/{round}/", r"/screening/missing/{id}/{id}/"),
    "refusal": ("/screening/missing/{round}/", r"/screening/missing/{id}/{id}/refused/[^\"]*"),
    "excuse": ("/screening/missing/{round}/", r"/screening/missing/{id}/{id}/excuse/[^\"]*"),
    "positive tube": ("/screening/tubes/{round}/?state=positive", r"/screening/tubes/one/{id}/"),
    "open tube": ("/screening/tubes/{round}/?state=open", r"/screening/tubes/one/{id}/"),
    "labels": ("/screening/tubes/{round}/", r"/screening/tubes/{id}/labels/"),
    "swabs that do not count": ("/screening/{round}/", r"/screening/tubes/{id}/swabs/"),
    "boxes": ("/screening/runs/{round}/", r"/screening/runs/{id}/boxes/"),
    "receipt": ("/screening/runs/{round}/", r"/screening/runs/{id}/receipt/"),
    "station": ("/screening/{round}/", r"/screening/stations/{id}/"),
    "waiting area": ("station", r"/screening/stations/{id}/waiting/"),
    "disinfection": ("/hygiene/", r"/hygiene/new/[^\"]*"),
    "re-tests": ("/screening/results/{round}/", r"/screening/results/{id}/retests/"),
    "scanned tubes": ("/screening/laboratory/{round}/", r"/screening/laboratory/{id}/scan/"),
    "results that match no tube": ("/screening/laboratory/{round}/", r"/screening/laboratory/{id}/queue/unmatched/"),
    "results that differ": ("/screening/laboratory/{round}/", r"/screening/laboratory/{id}/queue/mismatch/"),
    "delivery of a laboratory": ("/screening/laboratory/{round}/", r"/screening/laboratory/delivery/{id}/"),
    "tokens of laboratories": ("/screening/laboratory/{round}/", r"/screening/laboratory/tokens/"),
    "person": ("/people/", r"/people/{id}/"),
    "person who left": ("/people/{person}/", r"/people/{id}/left/"),
    "household": ("/people/", r"/people/households/{id}/"),
    "households to check": ("/people/verification/", r"/people/verification/area/[0-9]+/"),
    "household to check": ("household", r"/people/verification/{id}/"),
    "micro-grid": ("/people/micro-grids/", r"/people/micro-grids/{id}/"),
    "household as a table": ("household", r"/people/households/{id}/table/"),
    "death": ("person", r"/people/{id}/death/"),
    "place": ("/people/places/", r"/people/places/{id}/"),
    "worksite": ("/people/places/?kind=worksite", r"/people/places/{id}/"),
    "add a place": ("/people/places/", r"/people/places/add/"),
    "positions on the map": ("/people/micro-grids/", r"/people/micro-grids/map/"),
    "add a person": ("/people/", r"/people/add/"),
    "add a household": ("/people/", r"/people/households/add/"),
    "ledger": ("/people/ledgers/", r"/people/ledgers/resident/"),
    "form of a ledger": ("/people/ledgers/resident/", r"/people/ledgers/resident/template/"),
    "new ledger": ("/people/ledgers/", r"/people/ledgers/new/"),
    "exports": ("/people/ledgers/", r"/people/ledgers/taken/"),
    "working book": ("/people/reports/", r"/people/reports/book/"),
    "population": ("/people/reports/", r"/people/reports/population/"),
    "weekly changes": ("/people/reports/", r"/people/reports/changes/"),
    "import that is done": ("/people/import/", r"/people/import/{id}/"),
    "new post": ("/settings/organisation/", r"/settings/organisation/posts/new/"),
    "new area": ("/settings/organisation/", r"/settings/organisation/areas/new/"),
    "organisation chart": ("/settings/organisation/", r"/settings/organisation/chart/"),
    "unit": ("/settings/organisation/", r"/settings/organisation/units/{id}/"),
    "end of a post": ("/settings/organisation/", r"/settings/organisation/posts/{id}/term/"),
    "hand over": ("/settings/organisation/", r"/settings/organisation/posts/{id}/handover/"),
    "former posts": ("/settings/organisation/", r"/settings/organisation/history/"),
    "account": ("/settings/accounts/", r"/settings/accounts/{id}/"),
    "new unit": ("/settings/organisation/", r"/settings/organisation/units/new/"),
}
ALSO = (
    "/screening/proof/{round}/twice/",
    "/people/{person}/?edit=identity",
    "/find/?q=wang",
    "/find/?q=zzzz",
    "/settings/accounts/new/",
    "/account/",
    "/account/phone/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/logout/",
)


def behind(visitor: Visitor, round_: Round, name: str) -> str:
    """The address of a page behind the menu's: that of the first link which looks so."""
    known = {"round": round_.id, "person": round_.somebody["id"]}
    if name in ALSO:
        return name.format(**known)
    start, pattern = BEHIND[name]
    start = behind(visitor, round_, start) if start in BEHIND else start.format(**known)
    page = visitor.context.request.get(visitor.site.url + start).text()
    found = re.search(f'href="({pattern.replace("{id}", UUID)})"', page)
    assert found is not None, f"{start} leads to no {pattern}"
    return found[1]


@pytest.mark.parametrize("name", [*BEHIND, *ALSO])
def test_every_page_behind_the_menu_is_whole(resident: Visit, busy_round: Round, name: str) -> None:
    visitor = resident("shuji")
    assert not told(look(visitor, behind(visitor, busy_round, name)))


@pytest.mark.parametrize("name", [*BEHIND, *ALSO])
def test_every_page_behind_the_menu_is_english_for_who_wants_english(
    resident: Visit, busy_round: Round, data: Data, name: str
) -> None:
    visitor = resident("shuji", english=True)
    assert not told(read(visitor, behind(visitor, busy_round, name), data()))


def test_the_log_in_page_is_whole(resident: Visit) -> None:
    assert not told(look(resident(""), "/account/login/"))
    assert not told(read(resident("", english=True), "/account/login/", frozenset()))


def test_a_page_that_is_not_there_says_so(resident: Visit) -> None:
    visitor = resident("shuji")
    answer = visitor.page.goto(f"{visitor.site.url}/nowhere/")
    assert answer is not None
    assert answer.status == 404
    assert not told(visitor.found_wrong())


def test_what_counts_as_chinese() -> None:
    assert chinese_in("第 3 轮, round 3") == ["第", "轮"]
