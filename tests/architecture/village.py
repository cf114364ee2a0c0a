"""A village in which every table has something to hide: the cast, rounds with all in them, traces of an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models

from tests.cast import Cast, make_cast
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.registry import cards, search
from wuyicun.domains.registry.models import (
    ColumnMapping,
    Conflict,
    ImportBatch,
    ImportChange,
    ImportProblem,
    ImportRow,
    PersonGroup,
    Place,
)
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.screening import actions as screening
from wuyicun.domains.screening.models import Round, Tube
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.models import Post
from wuyicun.kernel import clock, scope
from wuyicun.kernel.database.models import VillageModel
from wuyicun.kernel.records.models import Quarantined

VALUES: dict[type[models.Field[Any, Any]], object] = {
    models.CharField: "x",
    models.PositiveIntegerField: 1,
    models.JSONField: {},
    models.BinaryField: b"x",
}


@dataclass
class FullVillage:
    """The cast with what was done in its village.

    Attributes:
        round: an open round over the grid 西头岭, which the grid worker of 北头岭 has nothing to do with.
        closed: a closed round over 第二微网格, with a report.
        ids: an id for each kind of thing that an address can name; all belong to 西头岭.
    """

    cast: Cast
    round: Round
    closed: Round
    ids: dict[str, object] = field(default_factory=dict)


def fill_village() -> FullVillage:
    """Write it into the database."""
    cast = make_cast()
    with scope.enter(cast.scope()):
        _settle_in(cast)
        _leave_traces_of_an_import(cast)
        village = FullVillage(cast, _round(cast, "西头岭", "第 1 轮"), _round(cast, "第二微网格", "第 2 轮"))
        _test_everything(village)
        _close(village)
        _name_things(village)
    return village


def _settle_in(cast: Cast) -> None:
    at = clock.now()
    village, path = cast.village.pk, cast.areas["第一微网格"].area_path
    unit = territory.add_unit(
        village_id=village, area_path=path, kind="command", name="前线指挥所", phone="", by=None, at=at
    )
    territory.appoint(
        village_id=village,
        area_path=path,
        role="micro_grid_leader",
        holder_name="杜梅",
        account_id=None,
        unit_id=unit.pk,
        starts_at=at,
        by=None,
        at=at,
    )
    cards.issue(village_id=village, letter="P", subjects=[cast.people["甲01"].pk], at=at)
    search.reindex(village, people=[person.pk for person in cast.people.values()])


def _leave_traces_of_an_import(cast: Cast) -> None:
    person, area = cast.people["甲01"], cast.areas["第一微网格"]
    place = {"area": area, "area_path": area.area_path}
    batch = a_row(ImportBatch, cast)
    for model in (ImportRow, ImportChange, ImportProblem):
        a_row(model, cast, batch=batch, subject_id=person.pk)
    a_row(Conflict, cast, first_id=person.pk)
    a_row(ColumnMapping, cast)
    a_row(Place, cast, kind="shop", **place)
    a_row(PersonGroup, cast, person=person, group="elderly")


def a_row(model: type[VillageModel], cast: Cast, **values: object) -> VillageModel:
    """A row with something in every column that needs something."""
    names = {each.name for each in model._meta.concrete_fields} | {each.attname for each in model._meta.concrete_fields}
    said = {name: value for name, value in values.items() if name in names} | {"village_id": cast.village.pk}
    for each in model._meta.concrete_fields:
        if not (each.null or each.has_default() or {each.name, each.attname} & said.keys() or each.generated):
            said[each.attname] = _something(each, cast)
    row: VillageModel = model.rows().create(**said)
    return row


def _something(column: models.Field[Any, Any], cast: Cast) -> object:
    if isinstance(column, models.UUIDField):
        return cast.people["甲01"].pk
    if isinstance(column, models.DateField):  # a moment is a date, too
        return clock.now() if isinstance(column, models.DateTimeField) else clock.now().date()
    return next((value for kind, value in VALUES.items() if isinstance(column, kind)), 1)


def _round(cast: Cast, area: str, title: str) -> Round:
    return open_round(cast, area_path=cast.areas[area].area_path, title=title)


def _test_everything(village: FullVillage) -> None:
    cast, phone = village.cast, Phone(village.cast, village.round)
    person = {name: each.pk for name, each in cast.people.items()}
    swab = phone.make("sample", tube="T-1", person=person["甲03"])
    handover = phone.make("tube.handover", tubes=["T-1"], counted=1, giver="杜梅", receiver="常明")
    outcomes = phone.send(
        phone.make("tube.open", tube="T-1", pool=5),
        phone.make("sample", tube="T-1", person=person["甲01"]),
        phone.make("sample", tube="T-1", person=person["甲02"]),
        swab,
        phone.make("void", record=swab.id, reason="undo"),
        phone.make("tube.close", tube="T-1", count=2, reason="no_more_people"),
        handover,
        phone.make("tube.result", tube="T-1", result="positive"),
        phone.make("outcome", person=person["甲04"], outcome="refused", reason="refused_ill"),
        phone.make("excuse", person=person["甲05"], reason="ill", until=clock.now() + timedelta(days=2)),
        phone.make("sample", tube="T-1", person=uuid4()),
    )
    assert [each.code for each in outcomes if each.outcome != "accepted"] == ["unknown_person"]
    village.ids["record_id"] = handover.id


def _close(village: FullVillage) -> None:
    cast, phone = village.cast, Phone(village.cast, village.closed)
    names = [name for name in cast.people if name.startswith("乙")]
    phone.send(
        phone.make("tube.open", tube="T-2", pool=10),
        *(phone.make("sample", tube="T-2", person=cast.people[name].pk) for name in names),
        phone.make("tube.result", tube="T-2", result="negative"),
    )
    screening.close_round(village_id=cast.village.pk, round_id=village.closed.pk, by=None, at=clock.now())
    rolls.touch([cast.village.pk], clock.now())


def _name_things(village: FullVillage) -> None:
    cast = village.cast
    first = cast.village.pk
    village.ids.update(
        round_id=village.round.pk,
        closed_id=village.closed.pk,
        person_id=cast.people["甲01"].pk,
        household_id=cast.people["甲01"].household_id,
        place_id=Place.rows().filter(village_id=first).values_list("pk", flat=True)[0],
        tube_id=Tube.rows().get(village_id=first, code="T-1").pk,
        quarantined_id=Quarantined.rows().get(village_id=first).pk,
        batch_id=ImportBatch.rows().get(village_id=first).pk,
        problem_id=ImportProblem.rows().filter(village_id=first).values_list("pk", flat=True)[0],
        conflict_id=Conflict.rows().filter(village_id=first).values_list("pk", flat=True)[0],
        post_id=Post.rows().get(village_id=first, role="micro_grid_leader").pk,
        village_id=first,
    )
