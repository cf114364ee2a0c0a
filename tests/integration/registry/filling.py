"""A row for each table of the registry that the cast and an import leave empty."""

from __future__ import annotations

from datetime import date

from tests.cast import Cast
from tests.unit.documents.filling import forms
from wuyicun.domains.registry import access, actions
from wuyicun.domains.registry.ledgers import making, taking, templates
from wuyicun.domains.registry.ledgers.builtin import BUILTIN
from wuyicun.domains.registry.ledgers.taking import How, Leaving, Sort
from wuyicun.domains.registry.rules import Sex
from wuyicun.kernel import clock


def fill(cast: Cast) -> dict[str, object]:
    """The secretary's own ledger, taken along once, another put away, a form for one of the plan; two kept apart."""
    village, by, at = cast.village.pk, cast.accounts["梁会明"].pk, clock.now()
    definition = BUILTIN["resident"].definition
    made = making.make(
        village_id=village, title="自己的台账", about="", definition=definition, copied_from="resident", by=by, at=at
    )
    code = str(made.pk)
    content = forms.of_township()
    layout = templates.propose(content, definition)
    templates.put(
        village_id=village, code="resident", file_name="表.xlsx", content=content, layout=layout, by=by, at=at
    )
    leaving = Leaving(Sort.LEDGER, code, made.title, How.EXCEL, "", cast.village.area_path, rows=1)
    taking.log(village_id=village, leaving=leaving, by=by, at=at)
    retired = making.make(
        village_id=village, title="停用的台账", about="", definition=definition, copied_from="", by=by, at=at
    )
    making.retire(village_id=village, ledger_id=retired.pk, by=by, at=at)
    first, second = cast.people["甲09"], cast.people["甲10"]
    pairing = actions.keep_apart(first=first, second=second, by=by, at=at)
    people = [first.pk, second.pk]
    bulk = actions.begin_bulk(village_id=village, change=actions.Change(code=True), people=people, by=by, at=at)
    newborn = actions.Newborn(date(2022, 11, 20), Sex.FEMALE)
    event = actions.register_birth(mother=cast.people["甲12"], newborn=newborn, by=by, at=at)
    site = access.site(cast.scope(), village, cast.areas["第一微网格"].area_path)
    worksite = actions.add_place(
        village_id=village, site=site, values={"name": "修路", "kind": "worksite"}, by=by, at=at
    )
    (worker,) = actions.take_on(place=worksite, people=[cast.people["甲11"]], by=by, at=at)
    return {
        "worker_id": worker.pk,
        "event_id": event.pk,
        "ledger_id": made.pk,
        "retired_ledger_id": retired.pk,
        "other_id": second.pk,
        "pairing_id": pairing.pk,
        "bulk_id": bulk.pk,
    }
