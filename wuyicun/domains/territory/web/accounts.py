"""账号: who has one, making them for posts, and what can be done with one."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.territory import access, issuing, staff
from wuyicun.domains.territory.web import candidates
from wuyicun.domains.territory.web.slips import show_slips
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.web import notices

STATES = {
    "new": gettext_lazy("待本人登录"),
    "active": gettext_lazy("使用中"),
    "locked": gettext_lazy("已锁定"),
    "ended": gettext_lazy("已结束"),
}


@require_GET
def accounts(request: ScopedRequest) -> HttpResponse:
    """Who has an account, by area; `?state=` shows those of one state, else all that were not ended."""
    at = clock.now()
    members = staff.members(request.scope, request.village, at)
    counts = Counter(member.state for member in members)
    state = request.GET.get("state", "")
    shown = [member for member in members if (member.state == state if state in STATES else member.state != "ended")]
    context = {
        "members": shown,
        "chips": [
            (_("全部"), "?", state not in STATES, len(members) - counts["ended"]),
            *((words, f"?state={code}", code == state, counts[code]) for code, words in STATES.items() if counts[code]),
        ],
        "lacking": len(access.posts_without_account(request.scope, request.village, at)),
    }
    return render(request, "territory/accounts.html", context)


@require_http_methods(["GET", "POST"])
def accounts_new(request: ScopedRequest) -> HttpResponse:
    """Make accounts for all who are ticked, or for the one whose button was pressed; then their slips."""
    at = clock.now()
    found = staff.candidates(request.scope, request.village, at)
    if request.method == "GET":
        return render(request, "territory/accounts_new.html", {"rows": candidates.rows(found)})
    wanted = candidates.read(request.POST, found)
    if wanted.faulty:
        return render(request, "territory/accounts_new.html", {"rows": wanted.rows, "faulty": True}, status=400)
    try:
        slips, linked = candidates.make(wanted, request.scope, request.village, by=request.account.pk, at=at)
    except Refusal as refusal:
        context = {"rows": wanted.rows, "refusal": str(refusal)}
        return render(request, "territory/accounts_new.html", context, status=refusal.status)
    if linked:
        notices.say(request, _("已加到原有账号：%(names)s") % {"names": _("、").join(linked)})
    return show_slips(request, slips, at) if slips else redirect("accounts")


@require_GET
def account(request: ScopedRequest, account_id: UUID) -> HttpResponse:
    """One account and what can be done with it."""
    access.account(request.scope, request.village, account_id)
    members = staff.members(request.scope, request.village, clock.now())
    member = next((member for member in members if member.id == account_id), None)
    if member is None:
        raise NotYours
    context = {"member": member, "word": STATES[member.state], "oneself": account_id == request.account.pk}
    return render(request, "territory/account.html", context)


@require_POST
def account_reset(request: ScopedRequest, account_id: UUID) -> HttpResponse:
    """A new first password, on a slip."""
    at = clock.now()
    kept = access.account_to_keep(request.scope, request.village, account_id, at)
    issued = issuing.reset(account=kept, by=request.account.pk, at=at)
    member = next(each for each in staff.members(request.scope, request.village, at) if each.id == account_id)
    return show_slips(request, [candidates.slip(issued, member.tasks)], at)


@require_POST
def account_lock(request: ScopedRequest, account_id: UUID) -> HttpResponse:
    """Let nobody in with it for now."""
    at = clock.now()
    kept = access.account_to_keep(request.scope, request.village, account_id, at)
    keeping.lock(account_id=kept.pk, by=request.account.pk, at=at)
    notices.say(
        request,
        _("%(name)s的账号已锁定，已登录的也退出了") % {"name": kept.name},
        undo_url=reverse("account_unlock", args=[account_id]),
    )
    return redirect("account_one", account_id)


@require_POST
def account_unlock(request: ScopedRequest, account_id: UUID) -> HttpResponse:
    """Let them in again."""
    at = clock.now()
    kept = access.account_to_keep(request.scope, request.village, account_id, at)
    keeping.unlock(account_id=kept.pk, by=request.account.pk, at=at)
    notices.say(request, _("%(name)s的账号可以登录了") % {"name": kept.name})
    return redirect("account_one", account_id)


@require_POST
def account_second_factor(request: ScopedRequest, account_id: UUID) -> HttpResponse:
    """Forget a second factor that was lost with the phone."""
    at = clock.now()
    kept = access.account_to_keep(request.scope, request.village, account_id, at)
    keeping.reset_second_factor(account_id=kept.pk, by=request.account.pk, at=at)
    notices.say(request, _("%(name)s的两步验证已清除，请本人重新开启") % {"name": kept.name})
    return redirect("account_one", account_id)


@require_POST
def account_end(request: ScopedRequest, account_id: UUID) -> HttpResponse:
    """End it for good, with its posts."""
    at = clock.now()
    kept = access.account_to_keep(request.scope, request.village, account_id, at)
    issuing.end(village_id=request.village.pk, account=kept, by=request.account.pk, at=at)
    notices.say(request, _("%(name)s的账号和任职都已结束") % {"name": kept.name}, level=messages.SUCCESS)
    return redirect("accounts")
