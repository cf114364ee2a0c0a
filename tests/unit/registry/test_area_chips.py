"""Which areas a list offers to look at."""

from wuyicun.domains.registry.web import common

VILLAGE = "140302101203"
GRIDS = [(f"{VILLAGE}{grid:03d}", f"{grid}") for grid in (1, 2, 3)]
MICRO_GRIDS = [(f"{path}{place:02d}", f"{name}-{place}") for path, name in GRIDS for place in range(1, 31)]
TOWN = sorted([*GRIDS, *MICRO_GRIDS])


def test_a_village_offers_all_of_its_areas() -> None:
    assert common._at_hand(TOWN[:40], "") == TOWN[:40]


def test_a_town_offers_its_grids_first() -> None:
    assert common._at_hand(TOWN, "") == GRIDS


def test_a_town_offers_the_micro_grids_of_the_grid_that_was_chosen() -> None:
    second = [(path, name) for path, name in TOWN if path.startswith(GRIDS[1][0])]
    for here in (GRIDS[1][0], f"{GRIDS[1][0]}07"):
        assert common._at_hand(TOWN, here) == sorted([GRIDS[0], *second, GRIDS[2]])


def test_a_micro_grid_that_is_the_only_one_of_its_grid_stands_for_it() -> None:
    alone = (f"{VILLAGE}00401", "4-1")
    assert alone in common._at_hand([*TOWN, alone], "")
