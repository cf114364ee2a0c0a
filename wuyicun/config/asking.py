"""What is asked of whom when a tube is positive: of the doctor, the grid workers and the secretary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse

from wuyicun.domains.screening.events import PositiveTube
from wuyicun.domains.tasks.actions import Asked

AT_ONCE = timedelta(hours=2)
"""Reporting upward has two hours (domain.md §3); members of a pool are told in the same time."""


def of_positive(tube: PositiveTube) -> Iterator[Asked]:
    """What follows from a positive tube. No case is opened: a person decides that."""
    page = reverse("tube", args=[tube.tube_id])
    everybody = sum(people for _path, people, _owed in tube.people)
    owed = sum(each for _path, _people, each in tube.people)
    about = {"tube": tube.code, "people": everybody}
    soon = tube.result_at + AT_ONCE
    if tube.single:
        yield Asked(f"single:{tube.tube_id}:doctor", "single_positive", "doctor", tube.area_path, about, page, soon)
        return
    retests, key, until = reverse("retests", args=[tube.round_id]), f"pool:{tube.tube_id}", tube.held_until
    over = everybody > 0 and owed == 0
    yield Asked(f"{key}:doctor", "pool_retest", "doctor", tube.area_path, about, retests, until, done=over)
    yield Asked(f"{key}:secretary", "pool_know", "secretary", tube.area_path, about, page, until, done=over)
    for path, people, left in tube.people:
        there = {"tube": tube.code, "people": people}
        yield Asked(f"{key}:{path}", "pool_tell", "grid_worker", path, there, retests, soon, done=left == 0)
