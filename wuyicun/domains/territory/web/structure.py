"""组织图 on the screen and on one page of paper; units and hub households; who served before."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.territory import access, hubs, queries, units
from wuyicun.domains.territory.chart import chart
from wuyicun.domains.territory.web import shown
from wuyicun.domains.territory.web.shown import BoxShown, BranchShown, Line
from wuyicun.domains.territory.words import UNIT_KINDS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import ours, pdf

FORMER = 50


class UnitChangeForm(forms.Form):
    """What of a unit is corrected."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=64)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)


@require_GET
def org_chart(request: ScopedRequest) -> HttpResponse:
    """Both lines on the same areas."""
    village_id = access.organisation(request.scope, request.village)
    found = chart(village_id, clock.now())
    context = {
        "root": shown.branch(found.root, found.heavy),
        "support": [shown.box(each, found.heavy) for each in found.support],
        "answer": answer(len(found.missing("head")), len(found.missing("unit")), len(found.heavy)),
        "loads": shown.loads(found),
    }
    return render(request, "territory/chart.html", context)


def answer(heads: int, missing_units: int, heavy: int) -> tuple[str, str]:
    """The sentence on top of the organisation, and its tone."""
    if heads:
        return ngettext("%(count)s 个岗位空缺", "%(count)s 个岗位空缺", heads) % {"count": heads}, "owed"
    if missing_units:
        return ngettext("还缺 %(count)s 个单位", "还缺 %(count)s 个单位", missing_units) % {
            "count": missing_units
        }, "owed"
    if heavy:
        return ngettext("岗位都有人，%(count)s 人兼职过多", "岗位都有人，%(count)s 人兼职过多", heavy) % {
            "count": heavy
        }, "owed"
    return _("每个岗位都有人"), "done"


@require_GET
def org_chart_pdf(request: ScopedRequest) -> HttpResponse:
    """The same on one page of A4."""
    village_id, now = access.organisation(request.scope, request.village), clock.now()
    found = chart(village_id, now)
    heads, missing = len(found.missing("head")), len(found.missing("unit"))
    data = {
        "made": {"by": request.account.name, "at": in_words(now)},
        "village": request.village.name,
        "sentence": answer(heads, missing, len(found.heavy))[0],
        "rows": list(_rows(shown.branch(found.root, found.heavy))),
        "support": [_on_paper(shown.box(each, found.heavy)) for each in found.support],
        "loads": [_("%(name)s：%(posts)s") % {"name": name, "posts": posts} for name, _n, posts in shown.loads(found)],
    }
    return pdf(typeset("org_chart", data, language=get_language() or "zh-hans"), _("组织图"))


def _rows(branch: BranchShown, ends: tuple[bool, ...] = ()) -> Sequence[dict[str, object]]:
    """Areas from above to below. `ends` says of each step down to it whether it is the last one of its parent."""
    row: dict[str, object] = {
        "ends": list(ends),
        "area": branch.name,
        "command": _on_paper(branch.command),
        "party": _on_paper(branch.party),
        "hubs": [f"{hub.contact_name} {hub.house}" for hub in branch.hubs] if branch.is_micro_grid else None,
    }
    found = [row]
    for place, below in enumerate(branch.below, 1):
        found += _rows(below, (*ends, place == len(branch.below)))
    return found


def _on_paper(box: BoxShown) -> dict[str, object]:
    vacant = [Line(box.vacant_word, [])] if box.wants_head and box.head is None else []
    head = [box.head] if box.head else vacant
    return {
        "title": box.title,
        "there": box.is_there,
        "phone": box.phone,
        "lines": [
            {"word": str(line.word), "names": _("、").join(_with_load(line)), "vacant": not line.names}
            for line in (*head, *box.lines)
        ],
    }


def _with_load(line: Line) -> list[str]:
    return [
        _("%(name)s（兼 %(posts)s 岗）") % {"name": each.name, "posts": each.posts} if each.posts else each.name
        for each in line.names
    ]


@require_POST
def units_set_up(request: ScopedRequest) -> HttpResponse:
    """Set up at once what the plan asks for and is not there yet."""
    village_id = access.organisation(request.scope, request.village)
    made = units.set_up_missing(village_id=village_id, by=request.account.pk, at=clock.now())
    words = ngettext("已建立 %(count)s 个单位", "已建立 %(count)s 个单位", len(made))
    notices.say(request, words % {"count": len(made)})
    return redirect("organisation")


@require_http_methods(["GET", "POST"])
def unit(request: ScopedRequest, unit_id: UUID) -> HttpResponse:
    """A unit: who serves and served in it; its name and phone are corrected here."""
    found = access.unit(request.scope, request.village, unit_id)
    form = UnitChangeForm(request.POST or None, initial={"name": found.name, "phone": found.phone})
    if request.method == "POST" and form.is_valid():
        try:
            units.change(unit=found, **form.cleaned_data, by=request.account.pk, at=clock.now())
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            notices.say(request, _("已保存"))
            return redirect("unit", unit_id=found.pk)
    now = clock.now()
    held = [each for each in queries.holders(request.village.pk, now) if each.unit_id == found.pk]
    context = {
        "unit": found,
        "kind": UNIT_KINDS[found.kind],
        "area": queries.names(request.village.pk).get(found.area_path, ""),
        "form": form,
        "holders": [(each, shown.post_word(each)) for each in held],
        "former": [(each, shown.post_word(each)) for each in queries.former(request.village.pk, now, unit_id=found.pk)],
        "appoint_url": shown.appoint_url(found.area_path, "member", found.pk),
    }
    return render(request, "territory/unit.html", context)


@require_POST
def unit_end(request: ScopedRequest, unit_id: UUID) -> HttpResponse:
    """End a unit in which nobody serves any more."""
    found = access.unit(request.scope, request.village, unit_id)
    try:
        units.end(unit=found, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return redirect("unit", unit_id=found.pk)
    notices.say(request, _("已撤销 %(name)s，任职记录仍在") % {"name": found.name})
    return redirect("organisation")


@require_POST
def hub_add(request: ScopedRequest) -> HttpResponse:
    """Make a household a hub; said on the household's own page."""
    village_id = access.organisation(request.scope, request.village)
    try:
        household_id = UUID(request.POST.get("household", ""))
    except ValueError:
        return redirect("organisation")
    hub = hubs.name(
        village_id=village_id,
        household_id=household_id,
        contact_name=request.POST.get("contact_name", "").strip()[:64],
        by=request.account.pk,
        at=clock.now(),
    )
    notices.say(request, _("已设为中心户"), undo_url=reverse("hub_end", args=[hub.pk]))
    return _back(request)


@require_POST
def hub_end(request: ScopedRequest, hub_id: UUID) -> HttpResponse:
    """It is a household like others again."""
    found = access.hub(request.scope, request.village, hub_id)
    hubs.end(hub=found, by=request.account.pk, at=clock.now())
    notices.say(request, _("不再是中心户"))
    return _back(request)


def _back(request: ScopedRequest) -> HttpResponse:
    asked = request.POST.get("next", "") or request.headers.get("Referer", "")
    return HttpResponseRedirect(ours(request, asked, reverse("organisation")))


@require_GET
def history(request: ScopedRequest) -> HttpResponse:
    """任职记录: posts that have ended, and what was handed over."""
    village_id, now = access.organisation(request.scope, request.village), clock.now()
    try:
        after = UUID(request.GET.get("after", ""))
    except ValueError:
        after = None
    rows = queries.former(village_id, now, after=after, limit=FORMER + 1)
    context = {
        "rows": [(each, shown.post_word(each)) for each in rows[:FORMER]],
        "next": str(rows[FORMER - 1].id) if len(rows) > FORMER else "",
        "handovers": queries.handovers(village_id),
    }
    return render(request, "territory/history.html", context)
