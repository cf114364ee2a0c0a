"""查找: one box for everything; every room is asked for what it knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.web.finding import Finder, Instead, Kind, Match, finders

MOST_OF_A_KIND = 30
MOST_AT_ONCE = 5  # while one types
LONGEST = 64


@dataclass(frozen=True)
class Group:
    """What was found of a kind, best first."""

    kind: Kind
    matches: Sequence[Match]


@dataclass(frozen=True)
class Answer:
    """What was found, the kind that fits best first; and whether there is more."""

    groups: Sequence[Group]
    truncated: bool

    @property
    def count(self) -> int:
        """How many things in all."""
        return sum(len(group.matches) for group in self.groups)

    @property
    def certain(self) -> Match | None:
        """The only thing there is, when a card or a whole number named it."""
        matches = [match for group in self.groups for match in group.matches]
        return matches[0] if len(matches) == 1 and matches[0].rank == 0 else None


@never_cache
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """The page of everything that was found; the only thing that a card or a number names opens at once."""
    asked, answer = _ask(request, MOST_OF_A_KIND)
    if answer.certain is not None:
        return HttpResponseRedirect(answer.certain.url)
    return render(request, "portal/find.html", {"answer": answer, "most": MOST_OF_A_KIND, **asked})


@never_cache
@require_GET
def find_now(request: HttpRequest) -> HttpResponse:
    """The list below the box, while one types."""
    asked, answer = _ask(request, MOST_AT_ONCE)
    return render(request, "portal/parts/found.html", {"answer": answer, **asked})


def _ask(request: HttpRequest, most: int) -> tuple[dict[str, object], Answer]:
    """What was asked, with what may be asked for, and the answer of all who may be asked. Raises NotYours."""
    scoped = cast("ScopedRequest", request)
    # Whom the second factor is missing is told so: it is the last that is asked for.
    may = [finder for finder in finders() if scoped.scope.permits(finder.permission)]
    if not may or scoped.village.pk not in scoped.scope.villages:
        raise NotYours
    text = request.GET.get("q", "").strip()[:LONGEST]
    asked: dict[str, object] = {
        "find_text": text,
        "kinds": [kind for finder in may for kind in finder.kinds],
        "instead": [finder.instead for finder in may if _may(scoped, finder.instead)],
    }
    return asked, _answer(scoped, may, text, most) if text else Answer((), truncated=False)


def _may(request: ScopedRequest, instead: Instead | None) -> bool:
    return instead is not None and request.scope.permits(instead.permission)


def _answer(request: ScopedRequest, may: Sequence[Finder], text: str, most: int) -> Answer:
    found = [finder.find(request, text, most) for finder in may]
    matches = [match for each in found for match in each.matches]
    return Answer(tuple(_grouped(matches)), any(each.truncated for each in found))


def _grouped(matches: Sequence[Match]) -> Iterator[Group]:
    by_kind: dict[Kind, list[Match]] = {}
    for match in sorted(matches, key=lambda each: each.rank):
        by_kind.setdefault(match.kind, []).append(match)
    for kind, of_kind in by_kind.items():
        yield Group(kind, of_kind)
