"""Nothing that a phone sent is dropped: what cannot be taken in is kept aside, and the office decides."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

import msgspec
import pytest

from tests.integration.screening.sending import Phone
from tests.integration.screening.story import Story, begin
from wuyicun.domains.registry import cards
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.models import Sample, Tube
from wuyicun.fieldsync import actions as tray
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.models import Quarantined, Record
from wuyicun.kernel.records.store import Batch, store
from wuyicun.kernel.roles import Permission


def sent(story: Story, envelope: Envelope, may: Mapping[Permission, tuple[str, ...]] | None = None) -> Outcome:
    everything = dict.fromkeys(Permission, (story.cast.village.area_path,))
    batch = Batch(
        story.round.village_id, story.one.device, None, everything if may is None else may, [envelope], clock.now()
    )
    ((outcome,),) = store([batch])
    return outcome


def aside(record: UUID) -> Quarantined:
    found: Quarantined = Quarantined.rows().get(record_id=record)
    return found


CASES = {
    "unknown_kind": ("tube.juggle", {"tube": "X-1"}),
    "invalid": ("tube.close", {"tube": "X-1", "count": -1}),
    "unknown_round": ("tube.result", {"tube": "X-1", "result": "negative", "round": str(uuid4())}),
    "unknown_station": ("tube.open", {"tube": "X-1", "pool": 10, "station": str(uuid4())}),
    "unknown_person": ("sample", {"tube": "X-1", "person": str(uuid4())}),
    "unknown_card": ("sample", {"tube": "X-1", "card": "P" + "0" * 26}),
}


@pytest.mark.parametrize("code", CASES)
def test_what_cannot_be_taken_in_is_kept_with_its_reason(story: Story, code: str) -> None:
    kind, data = CASES[code]
    made = story.one.make(kind, **data)
    if {"round", "station"} & data.keys():
        body = {**msgspec.json.decode(made.data), **data}
        made = msgspec.structs.replace(made, data=msgspec.Raw(msgspec.json.encode(body)))
    outcome = sent(story, made)
    assert (outcome.outcome, outcome.code) == ("quarantined", code)
    kept = aside(made.id)
    assert (kept.code, kept.envelope["kind"], kept.envelope["data"]) == (code, kind, msgspec.json.decode(made.data))
    assert Record.rows().filter(pk=made.id).exists(), "the record itself is kept, too"
    story.recounted()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("tube.open", {"tube": "管 1", "pool": 10}),
        ("tube.open", {"tube": "X-1", "pool": 0}),
        ("tube.open", {"tube": "X" * 41, "pool": 10}),
        ("sample", {"tube": "X-1", "person": "not an id"}),
        ("tube.close", {"tube": "X-1", "count": 3, "reason": "because"}),
        ("tube.handover", {"tubes": [], "counted": 0, "giver": "杜梅", "receiver": "常明"}),
        ("tube.result", {"tube": "X-1", "result": "perhaps"}),
        ("outcome", {"person": str(uuid4()), "outcome": "excused", "reason": "nobody_home"}),
        ("excuse", {"person": str(uuid4()), "reason": "ill", "until": "soon"}),
        ("sample", {"tube": "X-1", "person": str(uuid4()), "temperature": 36.5}),
    ],
)
def test_data_that_a_kind_does_not_know_are_invalid(story: Story, kind: str, data: dict[str, object]) -> None:
    outcome = sent(story, story.one.make(kind, **data))
    assert (outcome.outcome, outcome.code) == ("quarantined", "invalid")


def test_a_later_version_of_a_kind_is_unknown(story: Story) -> None:
    made = msgspec.structs.replace(story.one.make("tube.open", tube="X-1", pool=10), v=2)
    assert sent(story, made).code == "unknown_kind"


def test_who_may_not_is_told_so_and_the_record_kept(story: Story) -> None:
    made = story.one.make("tube.result", tube="X-1", result="negative")
    outcome = sent(story, made, may={Permission.SAMPLE: (story.cast.village.area_path,)})
    assert (outcome.outcome, outcome.code) == ("quarantined", "not_allowed")
    assert aside(made.id).code == "not_allowed"


def test_a_record_sent_again_is_a_duplicate_and_changes_nothing(story: Story) -> None:
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    assert [each.outcome for each in story.one.send(swab, swab)] == ["accepted", "duplicate"]
    assert [each.outcome for each in story.one.send(swab)] == ["duplicate"]
    assert Sample.rows().count() == 1
    story.recounted()


def test_a_record_sent_again_gets_the_answer_that_was_lost(story: Story) -> None:
    aside_, held = story.one.make("sample", tube="X-1", person=uuid4()), story.swab(story.one, "X-9", "甲03")
    story.opens(story.one, "X-1")
    story.fills(story.one, "X-1", "甲01")
    second = story.swab(story.one, "X-1", "甲01")
    first = story.one.send(aside_, held, second)
    again = story.one.send(aside_, held, second)
    assert [(each.outcome, each.code, each.flags) for each in first] == [
        ("quarantined", "unknown_person", []),
        ("held", "tube_not_opened", []),
        ("accepted", "", ["duplicate_sample"]),
    ]
    assert [(each.outcome, each.code, each.flags) for each in again] == [
        ("quarantined", "unknown_person", []),
        ("held", "tube_not_opened", []),
        ("duplicate", "", ["duplicate_sample"]),
    ]
    assert Quarantined.rows().filter(record_id=aside_.id).count() == 1


def test_what_the_server_tries_again_by_itself_is_answered_as_the_first_time(story: Story) -> None:
    """The database stored it and was gone before it said so: nobody was told yet."""
    story.opens(story.one, "X-1")
    story.fills(story.one, "X-1", "甲01")
    second, held = story.swab(story.one, "X-1", "甲01"), story.swab(story.one, "X-9", "甲03")
    aside_, plain = story.one.make("sample", tube="X-1", person=uuid4()), story.swab(story.one, "X-1", "甲02")
    may = dict.fromkeys(Permission, (story.cast.village.area_path,))
    envelopes = [second, held, aside_, plain, plain]
    request = Batch(story.round.village_id, story.one.device, None, may, envelopes, clock.now())
    first = store([request])
    assert [each.outcome for each in first[0]] == ["accepted", "held", "quarantined", "accepted", "duplicate"]
    assert store([request]) == first
    story.recounted()


def test_only_who_may_make_a_record_may_take_it_back(story: Story) -> None:
    story.opens(story.one, "X-1")
    result = story.one.make("tube.result", tube="X-1", result="negative")
    story.one.send(result)
    made = story.one.make("void", record=result.id, reason="undo")
    outcome = sent(story, made, may={Permission.SAMPLE: (story.cast.village.area_path,)})
    assert (outcome.outcome, outcome.code) == ("quarantined", "not_allowed")
    assert Tube.rows().get(code="X-1").result == "negative"


def test_a_void_cannot_be_taken_back(story: Story) -> None:
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    void = story.one.make("void", record=swab.id, reason="undo")
    story.one.send(swab, void)
    (outcome,) = story.one.send(story.one.make("void", record=void.id, reason="undo"))
    assert (outcome.outcome, outcome.code) == ("quarantined", "not_voidable")


def test_another_body_under_a_known_id_is_kept_as_a_conflict(story: Story) -> None:
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    story.one.send(swab)
    other = msgspec.structs.replace(story.swab(story.one, "X-1", "甲02"), id=swab.id)
    (outcome,) = story.one.send(other)
    assert (outcome.outcome, outcome.code) == ("quarantined", "id_conflict")
    assert (story.state("甲01"), story.state("甲02")) == (State.DONE, State.OWED)
    assert aside(swab.id).envelope["data"]["person"] == str(story.person("甲02"))


def test_two_bodies_under_one_id_in_the_same_batch_are_a_conflict(story: Story) -> None:
    first = story.one.make("tube.open", tube="X-1", pool=10)
    second = msgspec.structs.replace(story.one.make("tube.open", tube="X-2", pool=10), id=first.id)
    assert [each.code for each in story.one.send(first, second)] == ["", "id_conflict"]


def test_the_same_id_from_another_village_is_a_conflict_that_tells_nothing_of_it(story: Story) -> None:
    made = story.one.make("tube.open", tube="X-1", pool=10)
    story.one.send(made)
    with scope.enter(scope.of_system([story.cast.neighbour.pk])):
        may = dict.fromkeys(Permission, (story.cast.neighbour.area_path,))
        batch = Batch(story.cast.neighbour.pk, uuid4(), None, may, [made], clock.now())
        ((outcome,),) = store([batch])
        assert outcome.code == "id_conflict"
        assert Record.rows().count() == 0


def test_a_round_of_another_village_is_unknown(story: Story) -> None:
    with scope.enter(scope.of_system([story.cast.neighbour.pk])):
        may = dict.fromkeys(Permission, (story.cast.neighbour.area_path,))
        batch = Batch(
            story.cast.neighbour.pk,
            uuid4(),
            None,
            may,
            [story.one.make("tube.result", tube="X-1", result="negative")],
            clock.now(),
        )
        ((outcome,),) = store([batch])
    assert outcome.code == "unknown_round"


def test_one_bad_record_does_not_hold_up_the_others(story: Story) -> None:
    story.opens(story.one, "X-1")
    outcomes = story.one.send(
        story.swab(story.one, "X-1", "甲01"),
        story.one.make("sample", tube="X-1", person=uuid4()),
        story.swab(story.one, "X-1", "甲02", minutes=3),
    )
    assert [each.outcome for each in outcomes] == ["accepted", "quarantined", "accepted"]
    assert story.counts().done == 2


def test_the_card_of_a_person_names_them_and_a_lost_one_names_nobody(story: Story) -> None:
    village, person = story.round.village_id, story.person("甲01")
    token = cards.issue(village_id=village, letter="P", subjects=[person], at=clock.now())[person]
    story.opens(story.one, "X-1")
    assert story.says("sample", tube="X-1", card=token).outcome == "accepted"
    assert story.state("甲01") is State.DONE
    cards.report_lost(village_id=village, letter="P", subject_id=person, by=None, at=clock.now())
    assert story.says("sample", tube="X-1", card=token).code == "unknown_card"


def put_aside_for_want_of_a_station(story: Story) -> tuple[Phone, Quarantined]:
    """A swab that names a station which another round has."""
    other = begin(story.cast, area="北头岭")
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    body = {**msgspec.json.decode(swab.data), "station": other.one.station.pk}
    wrong = msgspec.structs.replace(swab, data=msgspec.Raw(msgspec.json.encode(body)))
    story.one.send(wrong)
    return other.one, aside(wrong.id)


def decide(story: Story, kept: Quarantined) -> Outcome:
    may = dict.fromkeys(Permission, (story.cast.village.area_path,))
    return tray.take_in(quarantined=kept, may=may, by=story.cast.accounts["办公室"].pk, at=clock.now())


def test_the_office_takes_in_what_can_be_taken_in_by_now(story: Story) -> None:
    made = story.one.make("tube.result", tube="X-1", result="negative")
    story.fills(story.one, "X-1", "甲01")
    sent(story, made, may={Permission.SAMPLE: (story.cast.village.area_path,)})
    assert decide(story, aside(made.id)).outcome == "accepted"
    kept = aside(made.id)
    assert (kept.decision, kept.decided_by) == ("taken_in", story.cast.accounts["办公室"].pk)
    assert story.tube("X-1").result == "negative"
    story.recounted()
    with pytest.raises(tray.AlreadyDecided):
        decide(story, kept)


def test_what_still_cannot_be_taken_in_stays_in_the_tray(story: Story) -> None:
    _, kept = put_aside_for_want_of_a_station(story)
    outcome = decide(story, kept)
    assert (outcome.outcome, outcome.code) == ("quarantined", "unknown_station")
    assert aside(kept.record_id).decision == ""


def test_a_dismissal_needs_a_reason_and_keeps_the_record(story: Story) -> None:
    _, kept = put_aside_for_want_of_a_station(story)
    by = story.cast.accounts["办公室"].pk
    with pytest.raises(tray.ReasonNeeded):
        tray.dismiss(quarantined=kept, reason=" ", by=by, at=clock.now())
    tray.dismiss(quarantined=kept, reason="站点登记错误", by=by, at=clock.now())
    assert (aside(kept.record_id).decision, aside(kept.record_id).reason) == ("dismissed", "站点登记错误")
    assert story.state("甲01") is State.OWED
