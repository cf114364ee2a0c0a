"""The shelf of ledgers, and one of them on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import access
from wuyicun.domains.registry.labels import REVEAL_REASON
from wuyicun.domains.registry.ledgers import counts as counted
from wuyicun.domains.registry.ledgers import lines, shelf, templates
from wuyicun.domains.registry.ledgers.builtin import BUILTIN, SHELVES
from wuyicun.domains.registry.ledgers.definition import Kind, Subject
from wuyicun.domains.registry.ledgers.lines import Line, Wanted
from wuyicun.domains.registry.ledgers.shelf import Ledger
from wuyicun.domains.registry.ledgers.subjects import Listed, listed
from wuyicun.domains.registry.listing import Page
from wuyicun.domains.registry.web.common import Chip, areas_seen, bulk_controls, cursor, today
from wuyicun.domains.registry.web.ledgers import asking, controls
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.accounts.queries import names_of
from wuyicun.kernel.roles import Permission

_PAGE_OF = {Subject.PERSON: "person", Subject.HOUSEHOLD: "household", Subject.PLACE: "place"}


@require_GET
def ledgers(request: ScopedRequest) -> HttpResponse:
    """All ledgers: those of the plan, one's own and the shared ones; each one click from its Excel file."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    of_plan, made = shelf.builtin(), shelf.made_here(request.scope, request.village.pk)
    definitions = {each.code: each.definition for each in (*of_plan, *made)}
    counts = counted.counts(request.scope, request.village.pk, today(), definitions)
    owners = names_of([each.owner_id for each in made if each.owner_id])
    context = {
        "shelves": [
            (words, [_row(each, counts) for each in of_plan if BUILTIN[each.code].shelf is code])
            for code, words in SHELVES.items()
        ],
        "made": [
            _row(each, counts)
            | {
                "mine": each.owner_id == request.account.pk,
                "owner": owners.get(each.owner_id, "") if each.owner_id else "",
                "shared": bool(each.shared_path),
            }
            for each in made
        ],
        "retired": shelf.retired(request.scope, request.village.pk),
    }
    return render(request, "registry/ledgers.html", context)


def _row(ledger: Ledger, counts: Mapping[str, int]) -> dict[str, Any]:
    return {"ledger": ledger, "count": counts[ledger.code], "unit": listed(ledger.definition).unit}


@require_GET
def ledger(request: ScopedRequest, code: str) -> HttpResponse:
    """One ledger, numbers masked, with a filter for each column."""
    found, wanted = asking.on_screen(request, code)
    known = listed(found.definition)
    areas = asking.areas_to_choose(request)
    after = cursor(request)
    page = lines.page(request.scope, request.village.pk, wanted, after=after)
    asked = [*controls.as_query(wanted.further), ("area", wanted.area_path)]
    context = {
        "ledger": found,
        "title": asking.title_of(request, found),
        "counted": _counted(known, page, after),
        "count_later": page.next is not None and after is None,
        "columns": _columns(found, wanted, known, areas),
        "first": _first(wanted, known, areas),
        "rows": [(_link(found, line), line.name, _cells(found, known, line)) for line in page.rows],
        "next": page.next,
        "asked": [pair for pair in asked if pair[1]],
        "narrowed": _narrowed(wanted, known, areas),
        "address": controls.as_address(asked),
        "areas": _area_chips(request, wanted),
        "may_change": found.may_be_changed(request.scope),
        "may_have_form": shelf.may_have_form(request.scope, request.village.area_path, found),
        "may_have_all": request.scope.permits(Permission.EXPORT_LEDGER),
        "has_secrets": any(known.field_by_code[each.field].secret for each in found.definition.columns),
        "reasons": list(REVEAL_REASON.items()),
        "template": templates.find(request.village.pk, found.code),
        "share_areas": asking.areas_to_share(request),
        "bulk": _bulk(request, found, controls.as_address(asked)),
    }
    return render(request, "registry/ledger.html", context)


@require_GET
def ledger_count(request: ScopedRequest, code: str) -> HttpResponse:
    """How many lines a long ledger has: asked for by its page, which does not wait for it."""
    found, wanted = asking.on_screen(request, code)
    number = lines.count(request.scope, request.village.pk, wanted)
    return HttpResponse(escape(asking.counted(listed(found.definition).unit, number)))


def _bulk(request: ScopedRequest, found: Ledger, address: str) -> dict[str, Any] | None:
    """What can be said of all people of the ledger at once."""
    if found.definition.subject != Subject.PERSON or not request.scope.permits(Permission.EDIT_PEOPLE):
        return None
    return bulk_controls(found.code, address.removeprefix("?"), request.get_full_path())


def _counted(known: Listed, page: Page[Line], after: UUID | None) -> str:
    """How many lines there are, where the page shows all; else that there are more."""
    if after is not None:
        return ""
    if page.next is None:
        return asking.counted(known.unit, len(page.rows))
    return _("%(count)s %(unit)s以上") % {"count": len(page.rows), "unit": known.unit}


def _area_chips(request: ScopedRequest, wanted: Wanted) -> list[Chip]:
    seen = areas_seen(request.scope, request.village.pk, Permission.VIEW_PEOPLE)
    if len(seen) < 2:
        return []
    query, here = controls.as_query(wanted.further), wanted.area_path
    each = [("", _("全部")), *seen]
    return [Chip(name, controls.as_address([*query, ("area", path)]) or "?", path == here) for path, name in each]


def _columns(ledger: Ledger, wanted: Wanted, known: Listed, areas: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The columns behind the first, each with its filter."""
    return [
        {
            "title": shelf.heading(ledger.definition, column),
            "number": known.field_by_code[column.field].kind is Kind.NUMBER,
            "control": controls.control(known.field_by_code[column.field], wanted.further, areas),
        }
        for column in ledger.definition.columns
        if column.field != known.shown_first
    ]


def _first(wanted: Wanted, known: Listed, areas: Sequence[tuple[str, str]]) -> dict[str, Any]:
    field = known.field_by_code[known.shown_first]
    column = next((each for each in wanted.definition.columns if each.field == field.code), None)
    title = shelf.heading(wanted.definition, column) if column else field.title
    return {"title": title, "control": controls.control(field, wanted.further, areas)}


def _cells(ledger: Ledger, known: Listed, line: Line) -> list[tuple[Any, bool]]:
    """Words of the cells after the first, and whether each is a number."""
    columns = zip(ledger.definition.columns, line.cells, strict=True)
    return [
        (cell, known.field_by_code[column.field].kind is Kind.NUMBER)
        for column, cell in columns
        if column.field != known.shown_first
    ]


def _link(ledger: Ledger, line: Line) -> str:
    page = _PAGE_OF[ledger.definition.subject]
    return reverse(page, args=[line.id])


def _narrowed(wanted: Wanted, known: Listed, areas: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was asked above the columns, in words, each with the address without it."""
    named = dict(areas)
    found = []
    for each in wanted.further:
        rest = [*controls.as_query(other for other in wanted.further if other is not each), ("area", wanted.area_path)]
        words = controls.in_words(each, known.field_by_code[each.field], named)
        found.append((words, controls.as_address(rest) or "?"))
    return found
