"""The office's own form of a ledger: uploaded, its columns said, filled."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.registry.ledgers import lines, shelf, templates
from wuyicun.domains.registry.ledgers.definition import Column
from wuyicun.domains.registry.ledgers.shelf import Ledger
from wuyicun.domains.registry.ledgers.subjects import listed
from wuyicun.domains.registry.ledgers.taking import How
from wuyicun.domains.registry.ledgers.templates import SEQUENCE, Layout
from wuyicun.domains.registry.models import LedgerTemplate
from wuyicun.domains.registry.web.ledgers import asking
from wuyicun.domains.registry.web.ledgers.asking import Asked
from wuyicun.domains.registry.web.ledgers.taking import OFFICIAL_LANGUAGE, Counted, log, or_back_to
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.accounts.queries import names_of
from wuyicun.kernel.documents.filling import Form, FormRefused, fill
from wuyicun.kernel.documents.filling.package import MOST_BYTES
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import attachment


@require_http_methods(["GET", "POST"])
def ledger_template(request: ScopedRequest, code: str) -> HttpResponse:
    """The form of a ledger: upload one, see what its columns were taken for."""
    ledger = _to_change(request, code)
    if request.method != "POST":
        return _page(request, ledger)
    upload = request.FILES.get("file")
    if upload is None:
        return _page(request, ledger, _("请先选一个文件"))
    try:
        content = upload.read(MOST_BYTES + 1)
        layout = templates.propose(content, ledger.definition)
    except FormRefused as refusal:
        return _page(request, ledger, str(refusal))
    templates.put(
        village_id=request.village.pk,
        code=ledger.code,
        file_name=upload.name or "",
        content=content,
        layout=layout,
        by=request.account.pk,
        at=clock.now(),
    )
    notices.say(request, _("表格收下了。看看每一列填什么对不对"))
    return HttpResponseRedirect(reverse("ledger_template", args=[code]))


@require_POST
def ledger_template_columns(request: ScopedRequest, code: str) -> HttpResponse:
    """Which sheet is filled, from which row on, and what stands in each column."""
    ledger = _to_change(request, code)
    template = _template(request, ledger)
    try:
        layout = _chosen(request, ledger, template)
    except FormRefused as refusal:
        return _page(request, ledger, str(refusal))
    templates.map_columns(template=template, layout=layout, by=request.account.pk, at=clock.now())
    notices.say(request, _("记住了，以后都这样填"))
    return HttpResponseRedirect(reverse("ledger_template", args=[code]))


@require_POST
def ledger_template_drop(request: ScopedRequest, code: str) -> HttpResponse:
    """Use the form no longer."""
    template = _template(request, _to_change(request, code))
    templates.drop(template=template, by=request.account.pk, at=clock.now())
    notices.say(request, _("不再用这个表格"))
    return HttpResponseRedirect(reverse("ledger", args=[code]))


@require_POST
@or_back_to("ledger")
def ledger_fill(request: ScopedRequest, code: str) -> HttpResponseBase:
    """The office's own form, filled as it is."""
    asked, at = asking.to_take(request, code), clock.now()
    template = _template(request, asked.ledger)
    layout = templates.layout_of(template)
    filled = [each for each in layout.columns if each.field and each.field != SEQUENCE]
    sequence = next((each.letters for each in layout.columns if each.field == SEQUENCE), "")
    form = Form(layout.sheet, layout.first_row, [each.letters for each in filled], sequence)
    with override(OFFICIAL_LANGUAGE):
        wanted = asked.wanted.with_columns(_columns(asked, [each.field for each in filled]))
        counted = Counted(lines.lines(request.scope, request.village.pk, wanted))
        title = asking.title_of(request, asked.ledger)
        rows = (line.cells for line in counted)
        file = fill(template.content, form, rows, made_by=request.account.name, made_at=at)
    log(request, asked, How.TEMPLATE, title=title, rows=counted.count, at=at)
    return attachment(file, f"{title}.xlsx")


def _columns(asked: Asked, codes: list[str]) -> list[Column]:
    """What the ledger always masks is masked in its form too."""
    masked = {each.field for each in asked.ledger.definition.columns if each.masked}
    return [Column(code, masked=code in masked) for code in codes]


def _to_change(request: ScopedRequest, code: str) -> Ledger:
    """A ledger whose form the asker may say. Raises NotYours."""
    ledger = shelf.find(request.scope, request.village.pk, code)
    if not shelf.may_have_form(request.scope, request.village.area_path, ledger):
        raise NotYours
    return ledger


def _template(request: ScopedRequest, ledger: Ledger) -> LedgerTemplate:
    found = templates.find(request.village.pk, ledger.code)
    if found is None:
        raise NotYours
    return found


def _chosen(request: ScopedRequest, ledger: Ledger, template: LedgerTemplate) -> Layout:
    """What the form under the columns says. Another sheet or row is looked at anew."""
    layout = templates.layout_of(template)
    sheet, text = request.POST.get("sheet", layout.sheet), request.POST.get("first_row", "")
    row = int(text) if text.isdecimal() and 1 <= len(text) <= 6 and int(text) > 0 else layout.first_row
    if sheet != layout.sheet:
        return templates.propose(template.content, ledger.definition, sheet=sheet)
    if row != layout.first_row:
        return msgspec.structs.replace(layout, first_row=row)
    known = {SEQUENCE, *listed(ledger.definition).field_by_code}
    columns, taken = [], set[str]()
    for each in layout.columns:
        field = request.POST.get(f"c.{each.letters}", each.field)
        field = field if field in known and field not in taken else ""
        taken.add(field)
        columns.append(msgspec.structs.replace(each, field=field))
    return msgspec.structs.replace(layout, columns=tuple(columns))


def _page(request: ScopedRequest, ledger: Ledger, refusal: str = "") -> HttpResponse:
    template = templates.find(request.village.pk, ledger.code)
    layout = templates.layout_of(template) if template else None
    known = listed(ledger.definition)
    fields = [("", _("不填，保持原样")), (SEQUENCE, _("序号")), *((each.code, each.title) for each in known.fields)]
    context = {
        "ledger": ledger,
        "template": template,
        "by": names_of([template.made_by]).get(template.made_by, "") if template else "",
        "layout": layout,
        "columns": [
            (each, [(code, words, code == each.field) for code, words in fields])
            for each in (layout.columns if layout else ())
        ],
        "sheets": [(name, name == layout.sheet) for name in layout.sheets] if layout else [],
        "left_alone": sum(not each.field for each in layout.columns) if layout else 0,
        "refusal": refusal,
    }
    return render(request, "registry/ledger_template.html", context, status=422 if refusal else 200)
