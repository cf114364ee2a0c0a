"""重复登记: who may be registered twice, side by side; merged, kept apart, and both taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.registry import access, actions, duplicates
from wuyicun.domains.registry.actions.taking_over import CHOOSABLE
from wuyicun.domains.registry.importing import access as deciding
from wuyicun.domains.registry.models import Pairing, Person
from wuyicun.domains.registry.rules import Verdict
from wuyicun.domains.registry.web.common import next_url
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

PAGE = 10


@never_cache
@require_GET
def duplicates_(request: ScopedRequest) -> HttpResponse:
    """All pairs, likeliest first, and what was decided lately."""
    deciding.may_decide(request.scope, request.village)
    asked = request.GET.get("skip", "")
    skip = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    found = duplicates.probable(request.village.pk, limit=PAGE, skip=skip)
    context = {
        "pairs": found.pairs,
        "total": found.total,
        "more": found.next,
        "decided": duplicates.decided_lately(request.village.pk),
        "here": request.get_full_path(),
    }
    return render(request, "registry/duplicates.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def duplicate_pair(request: ScopedRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Two of whom somebody asks whether they are one; the first is the one in the address."""
    deciding.may_decide(request.scope, request.village)
    first, second = (
        access.person(request.scope, request.village.pk, each, Permission.EDIT_PEOPLE) for each in (person_id, other_id)
    )
    if first.pk == second.pk:
        raise NotYours
    refusal, gone = None, first.left_at is not None or second.left_at is not None
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("choice", ""))
        if act is None:
            raise NotYours
        try:
            pairing = act(request, first, second)
        except Refusal as refused:
            refusal = refused
        else:
            words = _("已合并成一条") if pairing.verdict == Verdict.SAME else _("已记下：不是同一人")
            notices.say(request, words, undo_url=reverse("duplicate_undo", args=[pairing.pk]))
            return redirect(next_url(request, reverse("duplicates")))
    context = {
        "pair": duplicates.pair(request.village.pk, first.pk, second.pk),
        "refusal": actions.NotTwo() if gone else refusal,
        "gone": gone,
        "here": next_url(request, reverse("duplicates")),
    }
    return render(request, "registry/duplicate_pair.html", context, status=refusal.status if refusal else 200)


@require_POST
def duplicate_undo(request: ScopedRequest, pairing_id: UUID) -> HttpResponse:
    """Take a decision back."""
    pairing = deciding.pairing(request.scope, request.village, pairing_id)
    back = actions.part_people if pairing.verdict == Verdict.SAME else actions.show_again
    back(pairing=pairing, by=request.account.pk, at=clock.now())
    notices.say(request, _("已撤销，两条都恢复了") if pairing.verdict == Verdict.SAME else _("已撤销"))
    return redirect(next_url(request, reverse("duplicates")))


def _merge(request: ScopedRequest, kept: Person, other: Person, side: str = "second") -> Pairing:
    """Of what differs, it is as the other one has it where that side was chosen."""
    chosen = frozenset(name for name in CHOOSABLE if request.POST.get(f"cell_{name}") == side)
    return actions.merge_people(kept=kept, other=other, chosen=chosen, by=request.account.pk, at=clock.now())


def _apart(request: ScopedRequest, first: Person, second: Person) -> Pairing:
    return actions.keep_apart(first=first, second=second, by=request.account.pk, at=clock.now())


_ACTS: Mapping[str, Callable[[ScopedRequest, Person, Person], Pairing]] = {
    "first": _merge,
    "second": lambda request, first, second: _merge(request, second, first, "first"),
    "two": _apart,
}
