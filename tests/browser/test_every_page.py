"""Every page that the menu leads to, and those behind: there, whole, narrow enough, accessible, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

import pytest

from tests.browser.conftest import Visit
from tests.browser.scene import Round
from tests.browser.visitor import Visitor, chinese_in

ROLES = ("shuji", "wanggeyuan", "cunyi", "caiyang", "zhuanyun", "shenji")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

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
    "receipt": ("/screening/runs/{round}/", r"/screening/runs/{id}/receipt/"),
    "re-tests": ("/screening/results/{round}/", r"/screening/results/{id}/retests/"),
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

Data = Callable[[], frozenset[str]]


@dataclass
class Walk:
    """What somebody saw who went through the whole menu: by page what is wrong, and the links by their kind."""

    wrong: list[str] = field(default_factory=list)
    pages: dict[str, None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def note(self, page: str, hrefs: list[str]) -> None:
        """One link of a kind is enough: addresses that differ in an id or in what is asked lead to the same view."""
        for href in hrefs:
            address = href if href.startswith("/") else page.partition("?")[0] + href
            self.links.setdefault(re.sub(f"{UUID}|=[^&]*", "", address), address)


@pytest.fixture(scope="session")
def data(busy_round: Round, request: pytest.FixtureRequest) -> Data:
    """The Chinese that is the village's own: names, titles, addresses, and whatever else people have typed."""
    words: Data = cache(request.getfixturevalue("site").words)
    return words


@pytest.fixture(scope="session")
def walk(resident: Visit, busy_round: Round) -> Callable[[str], Walk]:
    """Goes through somebody's menu, once a session."""

    @cache
    def go(user_name: str) -> Walk:
        visitor, seen = resident(user_name), Walk()
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            seen.pages[path] = None
            seen.wrong += look(visitor, path)
            seen.note(path, hrefs(visitor, "main a[href^='/'], main a[href^='?']"))
            shown = hrefs(visitor, "header nav a")
            waiting += [each for each in dict.fromkeys(shown) if each not in seen.pages and each not in waiting]
        return seen

    return go


def hrefs(visitor: Visitor, selector: str) -> list[str]:
    """The addresses that links lead to."""
    found: list[str] = visitor.page.eval_on_selector_all(
        selector, "all => all.map((each) => each.getAttribute('href'))"
    )
    return found


def look(visitor: Visitor, path: str) -> list[str]:
    """What is wrong with a page at a desk, and on a screen as narrow as a phone's.

    At the desk axe looks with the secretary, who sees all that the others see; on the phone with everybody.
    """
    visitor.at_the_desk()
    visitor.open(path)
    wrong = visitor.too_wide() if visitor.user_name in ROLES[1:] else visitor.found_wrong()
    visitor.as_on_a_phone()
    return wrong + visitor.found_wrong()


def read(visitor: Visitor, path: str, data: frozenset[str]) -> list[str]:
    """What is wrong with an English page."""
    visitor.at_the_desk()
    visitor.open(path)
    wrong = visitor.too_wide() + [f"{path} in Chinese: {text}" for text in visitor.chinese_left(data)]
    visitor.as_on_a_phone()
    return wrong + visitor.too_wide()


def told(wrong: Iterable[str]) -> str:
    """All of it, a line each, so that one run names everything that is to be mended."""
    return "\n".join(dict.fromkeys(wrong))


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


@pytest.mark.parametrize("user_name", ROLES)
def test_every_page_of_the_menu_is_whole(walk: Callable[[str], Walk], user_name: str) -> None:
    assert not told(walk(user_name).wrong)


@pytest.mark.parametrize("user_name", ROLES)
def test_no_link_of_the_menus_pages_leads_nowhere(resident: Visit, walk: Callable[[str], Walk], user_name: str) -> None:
    site, ask = resident(user_name).site, resident(user_name).context.request
    answers = {
        address: ask.get(site.url + address).status
        for kind, address in walk(user_name).links.items()
        if kind not in walk(user_name).pages
    }
    assert not told(f"{address}: {status}" for address, status in answers.items() if status != 200)


@pytest.mark.parametrize("user_name", ROLES)
def test_every_page_of_the_menu_is_english_for_who_wants_english(
    resident: Visit, walk: Callable[[str], Walk], data: Data, user_name: str
) -> None:
    visitor = resident(user_name, english=True)
    read_before = () if user_name == ROLES[0] else walk(ROLES[0]).pages
    pages = ["/", *(path for path in walk(user_name).pages if path not in read_before)]
    assert not told(wrong for path in dict.fromkeys(pages) for wrong in read(visitor, path, data()))


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
