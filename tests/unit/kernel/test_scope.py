"""What a scope lets its account do, and where."""

from __future__ import annotations

from uuid import uuid4

import pytest

from wuyicun.kernel import scope
from wuyicun.kernel.roles import ROLES, Permission
from wuyicun.kernel.scope import Held, NobodySaidWhose, Scope

VILLAGE, GRID, MICRO = "140321201205", "140321201205001", "14032120120500102"
NEIGHBOUR = "140321201206"


def holding(*held: tuple[str, str]) -> Scope:
    return Scope(uuid4(), (uuid4(),), tuple(Held(ROLES[role], path) for role, path in held))


def test_a_grant_holds_in_its_area_and_all_below_it() -> None:
    worker = holding(("grid_worker", GRID))
    assert worker.permits(Permission.EDIT_PEOPLE, GRID)
    assert worker.permits(Permission.EDIT_PEOPLE, MICRO)


def test_a_grant_holds_neither_above_its_area_nor_beside_it() -> None:
    worker = holding(("grid_worker", GRID))
    assert not worker.permits(Permission.EDIT_PEOPLE, VILLAGE)
    assert not worker.permits(Permission.EDIT_PEOPLE, VILLAGE + "002")
    assert not worker.permits(Permission.EDIT_PEOPLE, NEIGHBOUR)


@pytest.mark.parametrize(
    ("held", "covered"),
    [
        ([GRID], GRID),
        ([VILLAGE], VILLAGE),
        ([GRID, VILLAGE + "002"], VILLAGE),
        ([GRID, VILLAGE], VILLAGE),
        ([GRID, VILLAGE[:9]], VILLAGE),
        ([GRID, NEIGHBOUR + "001"], GRID),
        ([], VILLAGE),
    ],
)
def test_what_is_held_of_a_village_is_said_as_one_area(held: list[str], covered: str) -> None:
    assert holding(*(("grid_worker", path) for path in held)).covered(Permission.VIEW_PEOPLE, VILLAGE) == covered


def test_without_an_area_the_question_is_whether_anywhere() -> None:
    worker = holding(("grid_worker", GRID))
    assert worker.permits(Permission.SAMPLE)
    assert not worker.permits(Permission.CLOSE_ROUND)


def test_two_grants_do_not_lend_each_other_their_areas() -> None:
    both = holding(("grid_worker", GRID), ("tube_runner", VILLAGE))
    assert both.permits(Permission.CARRY_TUBES, VILLAGE)
    assert not both.permits(Permission.SAMPLE, VILLAGE)


def test_what_may_be_done_in_a_village_names_the_areas() -> None:
    may = holding(("grid_worker", GRID), ("secretary", NEIGHBOUR)).may_in(VILLAGE)
    assert may[Permission.SAMPLE] == (GRID,)
    assert Permission.CLOSE_ROUND not in may


def test_a_county_grant_reaches_the_whole_village_and_no_further() -> None:
    may = holding(("supervisor", VILLAGE[:6])).may_in(VILLAGE)
    assert may[Permission.VIEW_BOARD] == (VILLAGE,)


def test_the_program_itself_may_do_everything_everywhere() -> None:
    system = scope.of_system([uuid4()])
    assert all(system.permits(permission, NEIGHBOUR) for permission in Permission)
    assert system.may_in(VILLAGE) == dict.fromkeys(Permission, (VILLAGE,))


def test_nobody_without_a_grant_may_do_anything() -> None:
    nobody = Scope(uuid4(), ())
    assert not any(nobody.permits(permission) for permission in Permission)
    assert nobody.may_in(VILLAGE) == {}


def test_an_area_as_a_range_holds_itself_and_what_lies_below() -> None:
    (lower, upper) = sorted(str(value) for _, value in scope.within(GRID).children)
    inside = [GRID, GRID + "01", MICRO]
    outside = [VILLAGE, VILLAGE + "002", VILLAGE + "00201", NEIGHBOUR]
    assert [path for path in inside if lower <= path < upper] == inside
    assert [path for path in outside if lower <= path < upper] == []


def test_without_a_scope_nobody_said_whose() -> None:
    with pytest.raises(NobodySaidWhose):
        scope.required()


def test_the_secretary_may_do_everything_but_read_the_audit_and_take_backups_away() -> None:
    assert ROLES["secretary"].permissions == set(Permission) - {Permission.VIEW_AUDIT, Permission.KEEP_BACKUPS}


def test_who_only_looks_can_change_nothing() -> None:
    for role in ("guard", "supervisor", "auditor"):
        assert ROLES[role].permissions <= {Permission.VIEW_BOARD, Permission.VIEW_AUDIT}
