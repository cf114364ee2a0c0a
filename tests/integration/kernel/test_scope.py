"""Whose rows show: scopes open a transaction, nest, and leave nothing open behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from tests.cast import Cast, make_cast
from wuyicun.domains.registry.models import Person
from wuyicun.domains.territory.models import Area
from wuyicun.kernel import scope
from wuyicun.kernel.scope import NobodySaidWhose


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def showing() -> set[str]:
    """The areas' names that PostgreSQL shows, whatever the models think."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM territory_area WHERE level = 'village'")
        return {name for (name,) in cursor.fetchall()}


def test_a_scope_shows_its_village_and_no_other(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        assert showing() == {"西头岭村"}


def test_scopes_nest_and_the_outer_one_holds_again(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        with scope.enter(scope.of_system([cast.neighbour.pk])):
            assert showing() == {"邻村"}
            assert scope.required().villages == (cast.neighbour.pk,)
        assert showing() == {"西头岭村"}
        assert scope.required().villages == (cast.village.pk,)


def test_the_outer_scope_holds_again_after_a_failure_inside(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        with pytest.raises(IntegrityError), scope.enter(scope.of_system([cast.neighbour.pk])):
            Area.rows().create(village_id=cast.neighbour.pk, area_path=cast.neighbour.area_path, name="x", level="grid")
        assert showing() == {"西头岭村"}


def test_the_outer_scope_holds_again_after_the_inner_one_was_taken_back(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        with scope.enter(scope.of_system([cast.neighbour.pk])):
            transaction.set_rollback(True)
        assert showing() == {"西头岭村"}


def test_a_transaction_that_goes_on_after_its_scope_shows_nothing(cast: Cast) -> None:
    with transaction.atomic():
        with scope.enter(cast.scope()):
            assert showing()
        assert showing() == set()


def test_a_scope_may_show_several_villages(cast: Cast) -> None:
    with scope.enter(scope.of_system([cast.village.pk, cast.neighbour.pk])):
        assert showing() == {"西头岭村", "邻村"}


def test_a_scope_of_no_village_shows_nothing(cast: Cast) -> None:
    with scope.enter(scope.of_system([])):
        assert showing() == set()


def test_a_scope_that_failed_is_left_too(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), scope.enter(cast.scope()):
        _ = 1 / 0
    with pytest.raises(NobodySaidWhose):
        scope.required()


def test_a_villages_rows_cannot_be_asked_for_outside_of_a_scope(cast: Cast) -> None:
    with pytest.raises(NobodySaidWhose):
        Person.rows()


def stream(cast: Cast) -> Iterator[str]:
    """How an export streams: it enters the scope inside its own generator."""
    with scope.enter(cast.scope()):
        yield from Person.rows().order_by("name").values_list("name", flat=True).iterator(chunk_size=5)


def test_a_stream_that_enters_its_scope_itself_shows_all_rows_after_the_request(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        rows = stream(cast)
    assert len(list(rows)) == len(cast.people)


def test_a_query_that_was_begun_inside_a_scope_and_is_read_outside_shows_nothing(cast: Cast) -> None:
    with transaction.atomic():
        with scope.enter(cast.scope()):
            late = Person.rows().order_by("name").iterator()
        assert list(late) == []
