"""The main path: from the opening to a closed round in which everybody is accounted for, recounted after every step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.screening.story import Story
from wuyicun.domains.registry.models import Person
from wuyicun.domains.rolls.actions import StillOwed
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import actions, queries
from wuyicun.domains.screening.actions import TubesOpen
from wuyicun.kernel import clock
from wuyicun.kernel.errors import Refusal

JIA = [f"甲{number:02d}" for number in range(1, 13)]
YI = [f"乙{number:02d}" for number in range(1, 9)]
BING = [f"丙{number:02d}" for number in range(1, 11)]


def test_a_round_from_its_opening_to_its_closing(story: Story) -> None:
    assert (story.counts().opening, story.counts().owed, story.recounted().coverage) == (30, 30, 0.0)
    somebody_goes_away(story, "丙10")
    two_phones_sample(story)
    a_swab_too_many(story)
    tubes_are_closed_and_carried(story)
    assert refusal_to_close(story).code == "still_owed"
    at_the_doors(story)
    assert (refusal_to_close(story).code, refusal_to_close(story).data) == ("tubes_without_result", {"tubes": 3})
    results_come_in(story)
    story.close()
    assert story.round.state == "closed"
    the_report_says_it_all(story)


def somebody_goes_away(story: Story, name: str) -> None:
    person = Person.rows().get(pk=story.person(name))
    person.whereabouts, person.expected_return = "city", (clock.now() + timedelta(days=20)).date()
    person.save()
    actions.people_changed(village_id=person.village_id, people=[person.pk], at=clock.now())
    assert story.recounted().states[person.pk] is State.EXCUSED


def two_phones_sample(story: Story) -> None:
    """The same person is sampled at both; the second swab is kept and flagged."""
    story.opens(story.one, "X-1")
    story.opens(story.other, "X-2")
    assert [each.flags for each in story.swabs(story.one, "X-1", *JIA[:9])] == [[]] * 9
    story.recounted()
    second, *others = story.swabs(story.other, "X-2", "甲01", *YI[:7], minutes=5)
    assert (second.outcome, second.flags) == ("accepted", ["duplicate_sample"])
    assert [each.flags for each in others] == [[]] * 7
    assert story.recounted().coverage == 16 / 29


def a_swab_too_many(story: Story) -> None:
    """It is stored and flagged, and its person still owes."""
    story.swabs(story.one, "X-1", "甲10", minutes=6)
    (over,) = story.swabs(story.one, "X-1", "甲11", minutes=7)
    assert (over.outcome, over.flags) == ("accepted", ["over_pool"])
    assert story.state("甲11") is State.OWED
    story.recounted()


def tubes_are_closed_and_carried(story: Story) -> None:
    """One full, one short with its reason, one that stays too long."""
    for code, count, reason in (("X-1", 10, None), ("X-2", 8, "no_more_people")):
        assert story.says("tube.close", tube=code, count=count, reason=reason, minutes=8).outcome == "accepted"
    story.fills(story.one, "X-3", *BING[:5], "甲11", "甲12", minutes=9)
    story.says("tube.handover", tubes=["X-1", "X-2"], counted=2, giver="杜梅", receiver="常明", minutes=30)
    assert [story.tube(code).short for code in ("X-1", "X-2", "X-3")] == [False, True, True]
    assert [story.tube(code).late for code in ("X-1", "X-2", "X-3")] == [False, False, True]
    story.recounted()


def at_the_doors(story: Story) -> None:
    """Three are not at home, one refuses, one is ill."""
    for name in BING[5:8]:
        story.says("outcome", person=story.person(name), outcome="unreachable", reason="nobody_home", minutes=40)
    story.says("outcome", person=story.person("丙09"), outcome="refused", reason="refused_no_reason", minutes=41)
    assert (story.state("丙06"), story.state("丙09")) == (State.UNREACHABLE, State.REFUSED)
    story.recounted()
    assert refusal_to_close(story).data == {"owed": 1}
    until = clock.now() + timedelta(days=1)
    story.says("excuse", person=story.person("乙08"), reason="ill", until=until, minutes=42)
    counts = story.counts()
    assert (counts.done, counts.excused, counts.unreachable, counts.refused, counts.owed) == (24, 2, 3, 1, 0)
    assert story.recounted().coverage == 24 / 28


def results_come_in(story: Story) -> None:
    """One tube is positive: everybody in it owes a re-test."""
    story.says("tube.handover", tubes=["X-3"], counted=1, giver="杜梅", receiver="常明", minutes=115)
    story.says("tube.receipt", tubes=["X-1", "X-2", "X-3"], counted=3, laboratory="县人民医院", minutes=118)
    story.says("tube.result", tube="X-1", result="negative", minutes=119)
    story.says("tube.result", tube="X-3", result="negative", minutes=119)
    assert refusal_to_close(story).data == {"tubes": 1}
    story.says("tube.result", tube="X-2", result="positive", minutes=119)
    assert set(story.recounted().retests) == {story.person(name) for name in ("甲01", *YI[:7])}


def the_report_says_it_all(story: Story) -> None:
    (report,) = queries.reports(story.round.village_id, story.round.pk)
    assert report.version == 1
    assert report.data["counts"]["coverage"] == round(24 / 28, 4)
    figures = {key: report.data["tubes"][key] for key in ("all", "sent", "short", "late", "positive", "without_result")}
    assert figures == {"all": 3, "sent": 3, "short": 2, "late": 1, "positive": 1, "without_result": 0}
    assert report.data["retests"]["owed"] == 8, "the closing lists open re-tests, and does not wait for them"
    listed = ("excused", "unreachable", "refused", "owed", "flagged")
    assert [len(report.data[key]) for key in listed] == [2, 3, 1, 0, 2]


def refusal_to_close(story: Story) -> Refusal:
    with pytest.raises((StillOwed, TubesOpen)) as caught:
        story.close()
    return caught.value
