"""Marks of the registry that testing asks for."""

from __future__ import annotations

from tests.cast import Cast
from wuyicun.domains.registry.models import PersonGroup
from wuyicun.kernel import clock


def mark(cast: Cast, *names: str, group: str = "home_visit") -> None:
    """Put these people into a group; within the scope that the test entered."""
    for name in names:
        PersonGroup.rows().create(
            village_id=cast.village.pk,
            person=cast.people[name],
            group=group,
            starts_on=clock.now().date(),
            source="test",
        )
