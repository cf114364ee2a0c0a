"""导入: a roster file on its way in, four steps on one page that never loses what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from wuyicun.domains.registry import roster, words
from wuyicun.domains.registry.importing import access, batches, reports, stepping
from wuyicun.domains.registry.importing.reading import FileGone, FileRefused
from wuyicun.domains.registry.importing.undo.foreseeing import Foreseen, foresee
from wuyicun.domains.registry.importing.undo.undoing import NotCommitted
from wuyicun.domains.registry.models import ImportBatch
from wuyicun.domains.registry.rules import BatchState
from wuyicun.domains.registry.web import import_steps, import_working
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import live, notices, uploads
from wuyicun.kernel.web.uploads import NoFile, TooLarge

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@csrf_exempt
def import_start(request: ScopedRequest) -> HttpResponseBase:
    """The upload, and the imports so far. Too large a body is refused unread, so before its token is looked for."""
    access.may_import(request.scope, request.village)
    if request.method == "POST":
        try:
            uploads.refuse_unread(request)
        except TooLarge as refusal:
            return _start_page(request, refusal)
    return _import_start(request)


@csrf_protect
def _import_start(request: ScopedRequest) -> HttpResponse:
    if request.method != "POST":
        return _start_page(request)
    try:
        file = uploads.given(request)
        batch = batches.take_in(
            village=request.village,
            file_name=file.name or "",
            content=file.chunks(),
            by=request.account.pk,
            at=clock.now(),
        )
    except (NoFile, FileRefused) as refusal:
        return _start_page(request, refusal)
    address = reverse("import_batch", args=[batch.pk])
    return HttpResponseClientRedirect(address) if _by_htmx(request) else HttpResponseRedirect(address)


def _by_htmx(request: ScopedRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _start_page(request: ScopedRequest, refusal: Refusal | None = None) -> HttpResponse:
    context = {"refusal": refusal, "batches": reports.batches(request.village.pk)}
    # htmx shows no page with a status of refusal.
    status = refusal.status if refusal is not None and not _by_htmx(request) else 200
    return render(request, "registry/import_start.html", context, status=status)


@require_GET
def import_template(request: ScopedRequest) -> HttpResponse:
    """A blank roster to fill in."""
    access.may_import(request.scope, request.village)
    return _workbook(roster.template(), _("名册模板.xlsx"))


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_WORKBOOK)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_GET
def import_batch(request: ScopedRequest, batch_id: UUID) -> HttpResponse:
    """Where the batch stands: its sheets, its columns, what it will do, or what it did."""
    batch = access.batch(request.scope, request.village, batch_id)
    return _page(request, batch)


def _page(request: ScopedRequest, batch: ImportBatch, refusal: Refusal | None = None) -> HttpResponse:
    step = import_steps.step_of(batch, request.GET.get("step", ""))
    context: dict[str, Any] = {"batch": batch, "step": step, "refusal": refusal}
    try:
        context |= import_steps.CONTEXT[step](request, batch)
    except FileGone as gone:
        context |= {"refusal": gone, "gone": True}
    status = refusal.status if refusal is not None else 200
    return render(request, f"registry/import_{step}.html", context, status=status)


def _step(act: Callable[[ScopedRequest, ImportBatch], str]) -> Callable[[ScopedRequest, UUID], HttpResponseBase]:
    """A step of the way: act on the batch, go on to the address it returns; a refusal is said on the batch's page."""

    @require_POST
    def view(request: ScopedRequest, batch_id: UUID) -> HttpResponseBase:
        batch = access.batch(request.scope, request.village, batch_id)
        try:
            return redirect(act(request, batch))
        except Refusal as refusal:
            return _page(request, batch, refusal)

    return view


def _address(batch: ImportBatch, step: str = "") -> str:
    address = reverse("import_batch", args=[batch.pk])
    return f"{address}?step={step}" if step else address


def _kinds(request: ScopedRequest, batch: ImportBatch) -> str:
    kinds = import_steps.kinds_of(request.POST, batch)
    batches.choose(batch=batch, kinds=kinds, columns={}, by=request.account.pk, at=clock.now())
    return _address(batch, "columns")


def _columns(request: ScopedRequest, batch: ImportBatch) -> str:
    columns = import_steps.columns_of(request.POST, batch)
    by, at = request.account.pk, clock.now()
    batch = batches.choose(batch=batch, kinds={}, columns=columns, by=by, at=at)
    stepping.begin(village=request.village, batch=batch, step="preview", digest="", by=by, at=at)
    return _address(batch)


def _commit(request: ScopedRequest, batch: ImportBatch) -> str:
    digest = request.POST.get("digest", "")
    stepping.begin(
        village=request.village, batch=batch, step="commit", digest=digest, by=request.account.pk, at=clock.now()
    )
    return _address(batch)


def _preview(request: ScopedRequest, batch: ImportBatch) -> str:
    stepping.begin(
        village=request.village, batch=batch, step="preview", digest="", by=request.account.pk, at=clock.now()
    )
    return _address(batch)


def _stop(request: ScopedRequest, batch: ImportBatch) -> str:
    step = stepping.stop(batch=batch, by=request.account.pk, at=clock.now())
    notices.say(request, _("已停下，什么都没有改动。"))
    return _address(batch, "columns" if step == "preview" else "")


def _undo(request: ScopedRequest, batch: ImportBatch) -> str:
    stepping.begin(village=request.village, batch=batch, step="undo", digest="", by=request.account.pk, at=clock.now())
    return _address(batch)


def _drop(request: ScopedRequest, batch: ImportBatch) -> str:
    batches.drop(batch=batch, by=request.account.pk, at=clock.now())
    notices.say(request, _("已放弃，没有导入任何内容，上传的文件也已删除。"))
    return reverse("import_start")


import_kinds = _step(_kinds)
import_columns = _step(_columns)
import_preview = _step(_preview)
import_commit = _step(_commit)
import_stop = _step(_stop)
import_drop = _step(_drop)
_take_back = _step(_undo)


@never_cache
def import_undo(request: ScopedRequest, batch_id: UUID) -> HttpResponseBase:
    """What an undo will do, and the undo itself."""
    if request.method == "POST":
        return _take_back(request, batch_id)
    batch = access.batch(request.scope, request.village, batch_id)
    try:
        foreseen = foresee(village=request.village, batch=batch, at=clock.now())
    except NotCommitted:
        return redirect(_address(batch))
    return render(
        request, "registry/import_undo.html", {"batch": batch, "foreseen": foreseen, "kinds": _kinds_of(foreseen)}
    )


def _kinds_of(foreseen: Foreseen) -> list[tuple[words.Words, int]]:
    return [(reports.KIND[kind], number) for kind, number in foreseen.by_kind.items()]


@never_cache
@require_GET
def import_progress(request: ScopedRequest, batch_id: UUID) -> HttpResponse:
    """Asked every two seconds while a long file is worked on; the page is loaded anew when it is done."""
    batch = access.batch(request.scope, request.village, batch_id)
    if batch.state == BatchState.WORKING:
        said = import_working.asked(batch)
        response = live.unchanged(request, import_working.token(batch, said))
        return response or render(request, "registry/parts/import_working.html", import_working.working(batch, said))
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


@never_cache
@require_GET
def import_returned(request: ScopedRequest, batch_id: UUID) -> HttpResponse:
    """The clerk's own file with a column that says what is wrong with each row."""
    batch = access.batch(request.scope, request.village, batch_id)
    read = batches.read_again(batch)
    problems = reports.problems_of_file(request.village.pk, batch.pk)
    content = roster.returned(read.book, read.layouts, problems, lambda each: words.problem(each.code, each.data))
    name = batch.file_name.rpartition(".")[0] or batch.file_name
    return _workbook(content, _("%(name)s（带问题）.xlsx") % {"name": name})
