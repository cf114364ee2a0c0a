"""A village in which every table has something to hide: the cast, rounds with all in them, traces of an import.

A room adds its own by a module `tests/integration/ROOM/filling.py`: `fill(cast)` puts a row into each of its tables and
returns the ids that its addresses name, by the parameter's name; all of 西头岭.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from allauth.mfa.models import Authenticator

from tests.cast import PASSWORD, Cast, make_cast
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.registry import cards, indexing
from wuyicun.domains.registry.importing.shell import import_file
from wuyicun.domains.registry.models import ColumnMapping, Conflict, ImportBatch, ImportProblem, Place
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.screening import actions as screening
from wuyicun.domains.screening.models import Round, Tube
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.models import Post
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.backup import actions as backup
from wuyicun.kernel.backup.archive.checking import Checked
from wuyicun.kernel.backup.archive.making import Made
from wuyicun.kernel.backup.rules import Kind, RunState
from wuyicun.kernel.records.models import Quarantined

FILLINGS = sorted(path.parent.name for path in (Path(__file__).parent.parent / "integration").glob("*/filling.py"))
ROSTER = Path(__file__).parent.parent / "data" / "roster-village.xlsx"


@dataclass
class FullVillage:
    """The cast with what was done in its village.

    Attributes:
        round: an open round over the grid 西头岭, which the grid worker of 北头岭 has nothing to do with.
        closed: a closed round over 第二微网格, with a report.
        digest: what its tables held before a test, for those tests that look whether anything has changed.
        ids: an id for each kind of thing that an address can name; all belong to 西头岭.
    """

    cast: Cast
    round: Round
    closed: Round
    ids: dict[str, object] = field(default_factory=dict)
    digest: dict[str, str] = field(default_factory=dict)


def fill_village() -> FullVillage:
    """Write it into the database."""
    cast = make_cast()
    with scope.enter(cast.scope()):
        _settle_in(cast)
        village = FullVillage(cast, _round(cast, "西头岭", "第 1 轮"), _round(cast, "第二微网格", "第 2 轮"))
        _test_everything(village)
        _close(village)
    _leave_traces_of_an_import(cast)
    _back_up(village)
    with scope.enter(cast.scope()):
        _name_things(village)
        for room in FILLINGS:
            village.ids.update(import_module(f"tests.integration.{room}.filling").fill(cast))
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
    indexing.reindex(village, people=[person.pk for person in cast.people.values()])


def _leave_traces_of_an_import(cast: Cast) -> None:
    """The sample roster has everything that an import can leave: problems, conflicts, changes, places, groups."""
    import_file(ROSTER, name=ROSTER.name, code=cast.village.area_path, dry_run=False, at=clock.now())
    with scope.enter(cast.scope()):
        ColumnMapping.rows().create(
            village_id=cast.village.pk, signature="a layout", kind="people", columns={}, updated_at=clock.now()
        )


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


def _back_up(village: FullVillage) -> None:
    """An archive's row, any file in its place; and who administers every village, and may take it away."""
    at, cast = clock.now(), village.cast
    run = backup.begin(kind=Kind.DAILY, state=RunState.RUNNING, by=None, at=at)
    backup.succeed(run=run, made=Made(ROSTER, 1, "ab" * 32, Checked(30, 2, 54, 9000, 0)), at=at)
    village.ids["run_id"] = run.pk
    account = accounts.create_account(username="总管", name="总管", password=PASSWORD, phone=None, by=None, at=at)
    with scope.enter(cast.scope()):
        accounts.give_grant(
            account_id=account.pk,
            role="administrator",
            area_path="",
            village_id=None,
            post_id=None,
            starts_at=at,
            by=None,
            at=at,
        )
    cast.accounts["总管"] = account


def _name_things(village: FullVillage) -> None:
    cast = village.cast
    first = cast.village.pk
    village.ids.update(
        round_id=village.round.pk,
        closed_id=village.closed.pk,
        person_id=cast.people["甲01"].pk,
        negative_id=cast.people["乙01"].pk,
        household_id=cast.people["甲01"].household_id,
        place_id=Place.rows().filter(village_id=first).values_list("pk", flat=True)[0],
        tube_id=Tube.rows().get(village_id=first, code="T-1").pk,
        quarantined_id=Quarantined.rows().get(village_id=first).pk,
        batch_id=ImportBatch.rows().get(village_id=first).pk,
        problem_id=ImportProblem.rows().filter(village_id=first).values_list("pk", flat=True)[0],
        conflict_id=Conflict.rows().filter(village_id=first).values_list("pk", flat=True)[0],
        post_id=Post.rows().get(village_id=first, role="micro_grid_leader").pk,
        account_id=cast.accounts["采样员"].pk,
        village_id=first,
        pk=_passkey(cast),
    )


def _passkey(cast: Cast) -> int:
    of = cast.accounts["采样员"]
    made = Authenticator.objects.create(user=of, type=Authenticator.Type.WEBAUTHN, data={"name": "手机"})
    return int(made.pk)
