"""我要做的: what the account has to do by when, each done with one press and taken back with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.tasks import access, actions, queries
from wuyicun.domains.tasks.queries import TaskView
from wuyicun.domains.tasks.words import KINDS, Words
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.web.responses import path
from wuyicun.kernel.web.writing import attempt, back_to

PAGE = 50
ON_THE_BOARD = 5


@dataclass(frozen=True)
class Line:
    """A task in words. `by` is who did it, '' when it came about by itself."""

    task: TaskView
    title: str
    how: Words
    area: str
    role: Words
    late: bool
    by: str


@require_GET
def tasks(request: ScopedRequest) -> HttpResponse:
    """What is to be done, and below it what was."""
    access.may_have_tasks(request.scope)
    village_id, now = request.village.pk, clock.now()
    found = queries.to_do(request.scope, village_id, after=_read(request.GET.get("after", "")), limit=PAGE + 1)
    page = found[:PAGE]
    late = sum(each.is_late(now) for each in page)
    context = {
        "answer": _answer(queries.count_to_do(request.scope, village_id, PAGE + 1), late),
        "lines": lines(village_id, page, now),
        "next": f"{page[-1].due_at.isoformat()}~{page[-1].id}" if len(found) > PAGE else None,
        "lately": lines(village_id, queries.lately(request.scope, village_id), now),
    }
    return render(request, "tasks/tasks.html", context)


def _answer(count: int, late: int) -> tuple[str, str]:
    if not count:
        return _("现在没有要做的事"), "done"
    words = {"count": f"{PAGE}+" if count > PAGE else count, "late": late}
    if late:
        said = ngettext(
            "有 %(count)s 件事要做，%(late)s 件过了时限", "有 %(count)s 件事要做，%(late)s 件过了时限", count
        )
        return said % words, "late"
    return ngettext("有 %(count)s 件事要做", "有 %(count)s 件事要做", count) % words, "owed"


def _read(text: str) -> tuple[datetime, UUID] | None:
    try:
        due, task = text.split("~", 1)
        return datetime.fromisoformat(due), UUID(task)
    except ValueError:
        return None


def lines(village_id: UUID, found: Sequence[TaskView], now: datetime) -> Sequence[Line]:
    """Tasks in words."""
    if not found:  # asked for every two seconds by who looks at the board
        return []
    areas = territory.names(village_id, {each.area_path for each in found})
    names = accounts.names_of([each.done_by for each in found if each.done_by])
    return [
        Line(
            each,
            KINDS[each.kind].titled(each.about),
            KINDS[each.kind].how,
            areas.get(each.area_path, ""),
            ROLES[each.role].name,
            each.is_late(now),
            names.get(each.done_by, "") if each.done_by else "",
        )
        for each in found
    ]


def on_the_board(request: ScopedRequest, now: datetime) -> Sequence[Line]:
    """What the account has to do first, for the Today board."""
    return lines(request.village.pk, queries.to_do(request.scope, request.village.pk, limit=ON_THE_BOARD), now)


@require_POST
def task_done(request: ScopedRequest, task_id: UUID) -> HttpResponse:
    """It is done."""
    task = access.a_task(request.scope, request.village.pk, task_id)

    def finish() -> None:
        actions.finish(task=task, by=request.account.pk, at=clock.now())

    attempt(request, finish, _("已办好"), undo_url=reverse("task_reopen", args=[task.pk]))
    return back_to(request, reverse("tasks"))


@require_POST
def task_reopen(request: ScopedRequest, task_id: UUID) -> HttpResponse:
    """It is not done after all."""
    task = access.a_task(request.scope, request.village.pk, task_id)

    def reopen() -> None:
        actions.reopen(task=task, by=request.account.pk, at=clock.now())

    attempt(request, reopen, _("已改回没办"))
    return redirect("tasks")


urlpatterns = [
    path("", tasks, "tasks"),
    path("<uuid:task_id>/done/", task_done, "task_done"),
    path("<uuid:task_id>/reopen/", task_reopen, "task_reopen"),
]
