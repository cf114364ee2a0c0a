"""组织图 on the screen and on one page of paper; hub households; who served before."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.territory import access, hubs, queries, units
from wuyicun.domains.territory.chart import chart
from wuyicun.domains.territory.web import shown
from wuyicun.domains.territory.web.shown import BoxShown, BranchShown, Line
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import ours, pdf

FORMER = 50


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
        "notes": [_("值班 %(hours)s") % {"hours": box.hours}] * bool(box.hours) + [box.help_with] * bool(box.help_with),
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
