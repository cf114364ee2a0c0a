"""The one table of effects between rooms: event class -> what follows, in order."""

from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.screening import actions as screening
from wuyicun.kernel.events import Reactions


def rounds_take_people_in(event: PeopleChanged) -> None:
    """Who was added, moved, went away or left is taken in by open rounds."""
    screening.people_changed(village_id=event.village_id, people=event.people, at=event.at)


REACTIONS: Reactions = {PeopleChanged: (rounds_take_people_in,)}
