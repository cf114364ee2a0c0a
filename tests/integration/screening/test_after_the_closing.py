"""What comes in after a round was closed, and how a round is opened again or cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.screening.sending import Phone
from tests.integration.screening.story import Story, begin
from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry.models import Person
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import actions, queries
from wuyicun.domains.screening.models import Report
from wuyicun.kernel import clock
from wuyicun.kernel.records.models import Quarantined

NAMES = [f"丙{number:02d}" for number in range(1, 11)]


@pytest.fixture
def closed(story: Story) -> Story:
    """A round over 北头岭 in which all but one were sampled; closed 60 minutes after its opening."""
    of_north = begin(story.cast, area="北头岭")
    of_north.fills(of_north.one, "X-1", *NAMES[:9])
    of_north.says("tube.result", tube="X-1", result="negative", minutes=30)
    of_north.says("outcome", person=of_north.person("丙10"), outcome="unreachable", reason="phone_off", minutes=31)
    of_north.close(of_north.at(60))
    return of_north


def versions(story: Story) -> list[int]:
    return [report.version for report in queries.reports(story.round.village_id, story.round.pk)]


def latest(story: Story) -> Report:
    story.round.refresh_from_db()
    return queries.reports(story.round.village_id, story.round.pk)[0]


def put_aside() -> list[str]:
    return list(Quarantined.rows().order_by("pk").values_list("code", flat=True))


def test_a_record_from_before_the_closing_still_counts_and_amends_the_report(closed: Story) -> None:
    phone = Phone(closed.cast, closed.round)
    outcomes = phone.send(
        phone.make("tube.open", at=closed.at(40), tube="X-9", pool=10),
        phone.make("sample", at=closed.at(41), tube="X-9", person=closed.person("丙10")),
    )
    assert [each.outcome for each in outcomes] == ["accepted", "accepted"]
    assert closed.state("丙10") is State.DONE
    report = latest(closed)
    assert (closed.round.state, versions(closed)) == ("amended", [2, 1])
    assert (report.data["counts"]["done"], report.data["counts"]["unreachable"]) == (10, 0)
    closed.recounted()


def test_the_frozen_report_stays_as_it_was(closed: Story) -> None:
    before = queries.reports(closed.round.village_id, closed.round.pk)[0]
    closed.says("void", record=closed.round.pk, reason="other", minutes=50)
    closed.says("tube.end", tube="X-1", state="lost", minutes=50)
    assert versions(closed) == [2, 1]
    after = queries.reports(closed.round.village_id, closed.round.pk)[1]
    assert (before.data, before.digest) == (after.data, after.digest)


def test_a_late_record_that_changes_nothing_makes_no_version(closed: Story) -> None:
    closed.says("tube.receipt", tubes=["X-1"], counted=1, laboratory="县医院", minutes=32)
    latest(closed)
    assert (closed.round.state, versions(closed)) == ("closed", [1])


def test_each_late_record_that_changes_something_makes_one_more_version(closed: Story) -> None:
    closed.says("outcome", person=closed.person("丙10"), outcome="refused", reason="refused_other", minutes=33)
    closed.says("outcome", person=closed.person("丙10"), outcome="unreachable", reason="moved", minutes=34)
    assert versions(closed) == [3, 2, 1]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("sample", {"tube": "X-1"}),
        ("outcome", {"outcome": "refused", "reason": "refused_other"}),
        ("excuse", {"reason": "ill", "until": "2099-01-01T00:00:00Z"}),
        ("tube.open", {"tube": "X-9", "pool": 10}),
        ("tube.end", {"tube": "X-1", "state": "lost"}),
    ],
)
def test_a_record_from_after_the_closing_is_put_aside(closed: Story, kind: str, data: dict[str, object]) -> None:
    person = {"person": closed.person("丙10")} if kind in ("sample", "outcome", "excuse") else {}
    outcome = closed.says(kind, minutes=61, **person, **data)
    assert (outcome.outcome, outcome.code) == ("quarantined", "after_closing")
    assert put_aside() == ["after_closing"]
    latest(closed)
    assert (closed.round.state, versions(closed)) == ("closed", [1])


def test_before_the_closing_is_measured_with_the_time_that_the_offset_corrects(closed: Story) -> None:
    """A phone whose clock is ten minutes ahead: what it calls minute 65 was minute 55."""
    phone = closed.one
    late = phone.make(
        "outcome", at=closed.at(65), person=closed.person("丙10"), outcome="refused", reason="refused_ill"
    )
    (outcome,) = phone.send(late, offset=timedelta(minutes=-10))
    assert outcome.outcome == "accepted"
    assert closed.state("丙10") is State.REFUSED


def test_a_swab_cannot_be_taken_back_after_the_closing(closed: Story) -> None:
    swab = queries.swabs(closed.round.village_id, closed.round.pk)[0]
    outcome = closed.says("void", record=swab.id, reason="wrong_person", minutes=61)
    assert (outcome.outcome, outcome.code) == ("quarantined", "after_closing")
    assert closed.state("丙01") is State.DONE


def test_an_excuse_or_outcome_cannot_be_taken_back_after_the_closing(closed: Story) -> None:
    made = closed.one.make(
        "outcome", at=closed.at(35), person=closed.person("丙10"), outcome="refused", reason="refused_ill"
    )
    closed.one.send(made)
    outcome = closed.says("void", record=made.id, reason="undo", minutes=61)
    assert (outcome.outcome, outcome.code) == ("quarantined", "after_closing")
    assert closed.state("丙10") is State.REFUSED


def test_a_void_from_before_the_closing_opens_the_entry_and_amends(closed: Story) -> None:
    swab = queries.swabs(closed.round.village_id, closed.round.pk)[0]
    assert closed.says("void", record=swab.id, reason="wrong_person", minutes=59).outcome == "accepted"
    assert closed.state("丙01") is State.OWED
    assert latest(closed).data["counts"]["owed"] == 1
    assert closed.round.state == "amended"


def test_a_statement_taken_back_before_the_closing_amends_too(closed: Story) -> None:
    made = closed.one.make(
        "outcome", at=closed.at(35), person=closed.person("丙10"), outcome="refused", reason="refused_ill"
    )
    closed.one.send(made)
    closed.says("void", record=made.id, reason="undo", minutes=36)
    assert closed.state("丙10") is State.UNREACHABLE
    assert latest(closed).data["counts"] == queries.reports(closed.round.village_id, closed.round.pk)[-1].data["counts"]
    assert versions(closed) == [3, 2, 1]


def test_an_excuse_that_held_at_the_closing_holds_whatever_comes_in_later(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late record is decided as of the closing: an excuse that has ended since is no debt of the round."""
    north = begin(story.cast, area="北头岭")
    north.fills(north.one, "X-1", *NAMES[:8])
    north.says("tube.result", tube="X-1", result="negative", minutes=30)
    now = clock.now()
    for name in NAMES[8:]:
        north.says("excuse", person=north.person(name), reason="ill", until=now + timedelta(hours=1), minutes=31)
    north.close(now)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=2))
    north.says("outcome", person=north.person("丙10"), outcome="unreachable", reason="phone_off", minutes=29)
    assert (north.state("丙09"), north.state("丙10")) == (State.EXCUSED, State.EXCUSED)
    north.recounted()
    assert latest(north).data["counts"]["owed"] == 0


def test_who_was_away_at_the_closing_is_excused_when_a_swab_is_taken_back_later(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_to_town(story, "丙10")
    north = begin(story.cast, area="北头岭")
    north.fills(north.one, "X-1", *NAMES)
    north.says("tube.result", tube="X-1", result="negative", minutes=30)
    now = clock.now()
    north.close(now)
    swab = next(
        each for each in queries.swabs(north.round.village_id, north.round.pk) if each.person_id == north.person("丙10")
    )
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=9))
    assert north.says("void", record=swab.id, reason="wrong_person", minutes=40).outcome == "accepted"
    assert north.state("丙10") is State.EXCUSED
    north.recounted()


def goes_to_town(story: Story, name: str) -> None:
    back = (clock.now() + timedelta(days=3)).date()
    person = Person.rows().get(pk=story.person(name))
    registry.set_whereabouts(people=[person], stay=registry.Stay("city", expected_return=back), by=None, at=clock.now())


def test_results_and_retests_go_on_after_the_closing(closed: Story) -> None:
    """The laboratory's answer to a re-test comes when it comes."""
    phone = closed.one
    outcomes = phone.send(
        phone.make("tube.open", at=closed.at(70), tube="S-1", pool=1),
        phone.make("sample", at=closed.at(71), tube="S-1", person=closed.person("丙01"), retest=True),
        phone.make("tube.close", at=closed.at(72), tube="S-1", count=1),
        phone.make("tube.handover", at=closed.at(73), tubes=["S-1"], counted=1, giver="杜梅", receiver="常明"),
        phone.make("tube.result", at=closed.at(90), tube="S-1", result="negative"),
    )
    assert {each.outcome for each in outcomes} == {"accepted"}
    closed.recounted()


def test_a_round_that_is_opened_again_takes_records_and_closes_with_the_next_version(closed: Story) -> None:
    village = closed.round.village_id
    with pytest.raises(actions.ReasonNeeded):
        actions.reopen_round(village_id=village, round_id=closed.round.pk, reason=" ", by=None, at=clock.now())
    actions.reopen_round(village_id=village, round_id=closed.round.pk, reason="漏了一户", by=None, at=clock.now())
    closed.round.refresh_from_db()
    assert (closed.round.state, closed.round.closed_at, closed.round.reason) == ("open", None, "漏了一户")
    assert closed.says(
        "excuse", person=closed.person("丙10"), reason="ill", until=clock.now() + timedelta(days=1), minutes=70
    )
    assert closed.state("丙10") is State.EXCUSED
    closed.close()
    assert versions(closed) == [2, 1]


def test_only_a_closed_round_is_opened_again(story: Story) -> None:
    with pytest.raises(actions.RoundNotClosed):
        actions.reopen_round(
            village_id=story.round.village_id, round_id=story.round.pk, reason="x", by=None, at=clock.now()
        )


def test_a_closed_round_is_not_closed_again(closed: Story) -> None:
    with pytest.raises(actions.RoundNotOpen):
        closed.close()


def cancel(story: Story, reason: str = "开错了") -> None:
    actions.cancel_round(
        village_id=story.round.village_id, round_id=story.round.pk, reason=reason, by=None, at=clock.now()
    )
    story.round.refresh_from_db()


def test_a_round_without_a_sample_can_be_cancelled_with_a_reason(story: Story) -> None:
    with pytest.raises(actions.ReasonNeeded):
        cancel(story, "  ")
    cancel(story)
    assert (story.round.state, story.round.reason) == ("cancelled", "开错了")
    outcome = story.opens(story.one, "X-1")
    assert (outcome.outcome, outcome.code) == ("quarantined", "round_cancelled")


def test_a_round_with_a_sample_cannot_be_cancelled_until_it_is_taken_back(story: Story) -> None:
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    story.one.send(swab)
    with pytest.raises(actions.HasSamples):
        cancel(story)
    story.says("void", record=swab.id, reason="entered_twice")
    cancel(story)
    assert story.round.state == "cancelled"


def test_a_closed_round_is_not_cancelled(closed: Story) -> None:
    with pytest.raises(actions.RoundNotOpen):
        cancel(closed)


def test_who_is_owed_is_said_before_which_tube_lacks_a_result(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    with pytest.raises(actions.rolls.StillOwed) as caught:
        story.close()
    assert caught.value.data == {"owed": 29}


def test_a_round_that_was_refused_stays_open_and_has_no_report(story: Story) -> None:
    with pytest.raises(actions.rolls.StillOwed):
        story.close()
    story.round.refresh_from_db()
    assert (story.round.state, versions(story)) == ("open", [])
