"""What can be done to people, households and places; each is atomic, audited, and told to other rooms."""

from wuyicun.domains.registry.actions.bulk import MOST, NotDone, TooMany, begin_bulk, undo_bulk
from wuyicun.domains.registry.actions.changing import Change
from wuyicun.domains.registry.actions.households import NumberTaken, add_household, edit_household, place_person
from wuyicun.domains.registry.actions.identity import IdDisputed, IdHeld, IdNotRead, PhoneNotRead
from wuyicun.domains.registry.actions.life import (
    BeforeBirth,
    LifeUndone,
    Newborn,
    NotOnTheList,
    register_birth,
    register_death,
    undo_birth,
    undo_death,
)
from wuyicun.domains.registry.actions.members import MemberRow, NewRow, NoMember, RowsRefused, Saved, edit_members
from wuyicun.domains.registry.actions.merging import (
    KeptBefore,
    NotTwo,
    UndoneAlready,
    keep_apart,
    merge_people,
    part_people,
    show_again,
)
from wuyicun.domains.registry.actions.moving import Moved, empty_leaf, move_households
from wuyicun.domains.registry.actions.people import (
    AlreadyInHousehold,
    ChangedMeanwhile,
    Newcomer,
    PersonFields,
    Stay,
    add_person,
    edit_person,
)
from wuyicun.domains.registry.actions.places import PlaceNameTaken, add_place, close_place, edit_place, reopen_place
from wuyicun.domains.registry.actions.revealing import reveal, reveal_contact
from wuyicun.domains.registry.actions.staying import (
    mark_left,
    mark_returned,
    set_groups,
    set_whereabouts,
)

__all__ = [
    "MOST",
    "AlreadyInHousehold",
    "BeforeBirth",
    "Change",
    "ChangedMeanwhile",
    "IdDisputed",
    "IdHeld",
    "IdNotRead",
    "KeptBefore",
    "LifeUndone",
    "MemberRow",
    "Moved",
    "NewRow",
    "Newborn",
    "Newcomer",
    "NoMember",
    "NotDone",
    "NotOnTheList",
    "NotTwo",
    "NumberTaken",
    "PersonFields",
    "PhoneNotRead",
    "PlaceNameTaken",
    "RowsRefused",
    "Saved",
    "Stay",
    "TooMany",
    "UndoneAlready",
    "add_household",
    "add_person",
    "add_place",
    "begin_bulk",
    "close_place",
    "edit_household",
    "edit_members",
    "edit_person",
    "edit_place",
    "empty_leaf",
    "keep_apart",
    "mark_left",
    "mark_returned",
    "merge_people",
    "move_households",
    "part_people",
    "place_person",
    "register_birth",
    "register_death",
    "reopen_place",
    "reveal",
    "reveal_contact",
    "set_groups",
    "set_whereabouts",
    "show_again",
    "undo_birth",
    "undo_bulk",
    "undo_death",
]
