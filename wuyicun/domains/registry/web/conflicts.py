"""待定: what an import left to be decided, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from wuyicun.domains.registry.importing import access
from wuyicun.domains.registry.importing.decide import deciding, disputes
from wuyicun.domains.registry.importing.decide.deciding import FIRST, NEW, OURS, SECOND, THEIRS
from wuyicun.domains.registry.models import Conflict
from wuyicun.domains.registry.rules import ConflictCode
from wuyicun.domains.registry.web.common import cursor
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.web import notices


@never_cache
@require_GET
def conflicts(request: ScopedRequest) -> HttpResponse:
    """All that is open, one dispute below the other."""
    access.may_decide(request.scope, request.village)
    return _page(request)


def _page(request: ScopedRequest, refused: UUID | None = None, refusal: Refusal | None = None) -> HttpResponse:
    page = disputes.open_disputes(request.village.pk, after=cursor(request))
    total = disputes.count_open(request.village.pk)
    context = {"disputes": page.disputes, "next": page.next, "total": total, "refused": refused, "refusal": refusal}
    return render(request, "registry/conflicts.html", context, status=refusal.status if refusal else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def conflict_decide(request: ScopedRequest, conflict_id: UUID) -> HttpResponse:
    """Decide one; by itself it is shown on the list's page."""
    conflict = access.conflict(request.scope, request.village, conflict_id)
    if request.method == "GET":
        return redirect("conflicts")
    act = _ACTS.get((conflict.code, request.POST.get("choice", "")))
    if act is None:
        raise NotYours
    try:
        act(request, conflict)
    except Refusal as refusal:
        return _page(request, conflict.pk, refusal)
    notices.say(request, _("已记下您的决定。"))
    return redirect("conflicts")


def _hold(choice: str) -> Callable[[ScopedRequest, Conflict], None]:
    def act(request: ScopedRequest, conflict: Conflict) -> None:
        deciding.decide_holder(conflict=conflict, choice=choice, by=request.account.pk, at=clock.now())

    return act


def _correct(choice: str) -> Callable[[ScopedRequest, Conflict], None]:
    def act(request: ScopedRequest, conflict: Conflict) -> None:
        number = request.POST.get("number", "")
        by, at = request.account.pk, clock.now()
        deciding.correct_number(conflict=conflict, choice=choice, number=number, by=by, at=at)

    return act


def _value(choice: str) -> Callable[[ScopedRequest, Conflict], None]:
    def act(request: ScopedRequest, conflict: Conflict) -> None:
        deciding.decide_cell(conflict=conflict, choice=choice, by=request.account.pk, at=clock.now())

    return act


def _person(request: ScopedRequest, conflict: Conflict) -> None:
    choice = request.POST.get("person", "")
    try:
        person_id = None if choice == NEW else UUID(choice)
    except ValueError:
        raise NotYours from None
    by, at = request.account.pk, clock.now()
    deciding.decide_person(village=request.village, conflict=conflict, person_id=person_id, by=by, at=at)


_ACTS: Mapping[tuple[str, str], Callable[[ScopedRequest, Conflict], None]] = {
    (ConflictCode.DUPLICATE_ID, FIRST): _hold(FIRST),
    (ConflictCode.DUPLICATE_ID, SECOND): _hold(SECOND),
    (ConflictCode.DUPLICATE_ID, "correct_first"): _correct(FIRST),
    (ConflictCode.DUPLICATE_ID, "correct_second"): _correct(SECOND),
    (ConflictCode.BOTH_CHANGED, OURS): _value(OURS),
    (ConflictCode.BOTH_CHANGED, THEIRS): _value(THEIRS),
    (ConflictCode.SEVERAL_MATCH, "person"): _person,
}
