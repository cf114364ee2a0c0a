"""交接: who takes a post over, what goes with it, and the page that both can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.territory import access, handing, queries
from wuyicun.domains.territory.handing import OpenWork, Taker
from wuyicun.domains.territory.models import Handover
from wuyicun.domains.territory.words import WORK
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import ROLES, Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import ours

SOMEBODY_ELSE = "other"


class HandoverForm(forms.Form):
    """Somebody with an account of the village, or somebody else by name."""

    account = forms.ChoiceField(label=gettext_lazy("接手的人"))
    name = forms.CharField(
        label=gettext_lazy("名单里没有的人，写姓名"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("没有账号的人，交接以后再发账号"),
    )
    note = forms.CharField(
        label=gettext_lazy("要交代的话"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("哪几户要多留心、钥匙在哪里"),
    )

    def __init__(self, people: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        self.people = people
        listed = sorted(people.items(), key=lambda pair: pair[1])
        choices = [("", _("请选择")), *listed, (SOMEBODY_ELSE, _("名单里没有的人"))]
        self.fields["account"] = forms.ChoiceField(label=gettext_lazy("接手的人"), choices=choices)
        self.order_fields(["account", "name", "note"])

    def clean(self) -> dict[str, Any]:
        """Somebody else has a name; who was chosen has one already."""
        data: dict[str, Any] = super().clean() or {}
        chosen, name = data.get("account"), data.get("name", "").strip()
        if chosen and (chosen == SOMEBODY_ELSE) != bool(name):
            self.add_error("name", _("选名单里的人，或者写一个姓名，只填一样"))
        return data

    def taker(self) -> Taker:
        """Who takes over."""
        chosen = self.cleaned_data["account"]
        if chosen == SOMEBODY_ELSE:
            return Taker(self.cleaned_data["name"].strip())
        return Taker(self.people[chosen], UUID(chosen))


@require_http_methods(["GET", "POST"])
def post_hand_over(request: ScopedRequest, post_id: UUID) -> HttpResponse:
    """Hand a post over, with what is open in its area."""
    post = access.post(request.scope, request.village, post_id)
    village_id, now = request.village.pk, clock.now()
    holders = [each for each in queries.holders(village_id, now) if each.account_id and each.name != post.holder_name]
    people = {str(each.account_id): each.name for each in holders}
    form = HandoverForm(people, request.POST or None)
    if request.method == "POST" and form.is_valid():
        note, by = form.cleaned_data["note"], request.account.pk
        try:
            made = handing.hand_over(post=post, taker=form.taker(), note=note, by=by, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            notices.say(request, _("已从%(giver)s交接给%(taker)s，双方都会看到") % _names(made))
            return redirect("handover", handover_id=made.pk)
    context = {
        "post": post,
        "role": ROLES[post.role].name,
        "area": queries.names(village_id).get(post.area_path, ""),
        "form": form,
        "work": [(WORK[each.what], each) for each in handing.open_work(village_id, post.area_path)],
    }
    return render(request, "territory/hand_over.html", context)


def _names(made: Handover) -> dict[str, str]:
    return {"giver": made.ended.holder_name, "taker": made.begun.holder_name}


@require_GET
def handover(request: ScopedRequest, handover_id: UUID) -> HttpResponse:
    """What was handed over: to be read by both and by who arranges posts, and to be printed and signed."""
    found = access.handover(request.scope, request.village, handover_id)
    by = accounts.names_of([found.made_by]) if found.made_by else {}
    context = {
        "handover": found,
        "role": ROLES[found.begun.role].name,
        "area": queries.names(request.village.pk).get(found.area_path, ""),
        "work": [(WORK[each["what"]], OpenWork(**each)) for each in found.open_work],
        "by": by.get(found.made_by, "") if found.made_by else "",
        "may_acknowledge": any(each.pk == found.pk for each in handing.to_tell(request.village.pk, request.account.pk)),
        "may_see": request.scope.permits(Permission.VIEW_PEOPLE, found.area_path),
        "concerns_me": request.account.pk in (found.ended.account_id, found.begun.account_id),
    }
    return render(request, "territory/handover.html", context)


@require_POST
def handover_seen(request: ScopedRequest, handover_id: UUID) -> HttpResponse:
    """One of the two has taken note: the line on top of their pages goes."""
    found = access.handover(request.scope, request.village, handover_id)
    handing.seen(handover=found, by=request.account.pk, at=clock.now())
    return HttpResponseRedirect(ours(request, request.POST.get("next", ""), reverse("today")))
