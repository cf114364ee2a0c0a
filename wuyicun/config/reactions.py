"""The one table of effects between rooms: event class -> what follows, in order."""

from wuyicun.config import asking
from wuyicun.domains.hygiene import actions as hygiene
from wuyicun.domains.hygiene.events import Disinfected
from wuyicun.domains.hygiene.rules import Source
from wuyicun.domains.laboratory import tokens as laboratory_tokens
from wuyicun.domains.microgrids import actions as microgrids
from wuyicun.domains.registry.events import (
    HouseholdMoved,
    HouseholdsChanged,
    PeopleChanged,
    PeopleMerged,
    PeopleParted,
)
from wuyicun.domains.screening import actions as screening
from wuyicun.domains.screening import setups
from wuyicun.domains.screening.events import ResultsDecided, StationClosed
from wuyicun.domains.tasks import actions as tasks
from wuyicun.domains.verification import actions as verification
from wuyicun.fieldsync import tokens
from wuyicun.interop import tokens as read_tokens
from wuyicun.kernel.accounts.events import SignedOut
from wuyicun.kernel.events import Reactions


def rounds_take_people_in(event: PeopleChanged) -> None:
    """Who was added, moved, went away or left is taken in by open rounds."""
    screening.people_changed(village_id=event.village_id, people=event.people, at=event.at)


def swabs_follow(event: PeopleMerged) -> None:
    """Who was registered twice has their swabs and what was said of them in one place."""
    screening.people_merged(village_id=event.village_id, kept=event.kept, other=event.other, at=event.at)


def swabs_go_back(event: PeopleParted) -> None:
    """Who are two after all have each their own."""
    screening.people_parted(village_id=event.village_id, kept=event.kept, other=event.other, at=event.at)


def periods_take_households_in(event: HouseholdsChanged) -> None:
    """Households that were added, moved or are gone are taken in by the period of checks that runs."""
    verification.households_changed(village_id=event.village_id, households=event.households, at=event.at)


def phones_are_signed_out(event: SignedOut) -> None:
    """A phone asks for the log-in again, with what it holds unsent."""
    tokens.revoke(account_id=event.account_id, at=event.at)


def programs_are_shut_out(event: SignedOut) -> None:
    """What other programs read with needs a new token."""
    read_tokens.revoke_all(account_id=event.account_id, at=event.at)


def laboratories_are_shut_out(event: SignedOut) -> None:
    """What laboratories send with needs a new token."""
    laboratory_tokens.revoke_all(account_id=event.account_id, at=event.at)


def points_go_with_households(event: HouseholdsChanged) -> None:
    """Of households that are gone, the map keeps no point."""
    microgrids.households_changed(village_id=event.village_id, households=event.households)


def micro_grids_remember(event: HouseholdMoved) -> None:
    """A household that was put elsewhere on its page stands in the history of both micro-grids."""
    microgrids.household_moved(
        village_id=event.village_id,
        household=event.household,
        from_path=event.from_path,
        to_path=event.to_path,
        by=event.by,
        at=event.at,
    )


def stations_owe_disinfection(event: StationClosed) -> None:
    """A station that was closed is to be disinfected."""
    hygiene.owe(
        village_id=event.village_id,
        source=Source.STATION,
        source_id=event.setup,
        point=event.name,
        place_id=event.place,
        area_path=event.area_path,
        by=event.by,
        at=event.at,
    )


def stations_were_disinfected(event: Disinfected) -> None:
    """The station's page says whether it still owes it."""
    if event.source == Source.STATION:
        setups.disinfected(village_id=event.village_id, setup_id=event.source_id, done_at=event.done_at, at=event.at)


def positives_are_seen_to(event: ResultsDecided) -> None:
    """Doctor, grid workers and secretary have something to do; what turns out not to be positive is asked no more."""
    tasks.withdraw(village_id=event.village_id, subjects=event.others, at=event.at)
    for tube in event.positive:
        asked = list(asking.of_positive(tube))
        tasks.ask(village_id=event.village_id, subject_id=tube.tube_id, asked=asked, at=event.at)


REACTIONS: Reactions = {
    PeopleChanged: (rounds_take_people_in,),
    PeopleMerged: (swabs_follow,),
    PeopleParted: (swabs_go_back,),
    HouseholdsChanged: (periods_take_households_in, points_go_with_households),
    HouseholdMoved: (micro_grids_remember,),
    ResultsDecided: (positives_are_seen_to,),
    StationClosed: (stations_owe_disinfection,),
    Disinfected: (stations_were_disinfected,),
    SignedOut: (phones_are_signed_out, programs_are_shut_out, laboratories_are_shut_out),
}
