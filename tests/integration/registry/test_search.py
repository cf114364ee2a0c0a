"""One box finds everybody who may be found, by whatever is at hand, and in one index range."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, make_cast
from tests.integration.registry.people import add, house_of, id_number
from wuyicun.domains.registry import actions, cards, indexing, queries, search, tokens
from wuyicun.domains.registry.models import ID_NUMBER, Conflict, Person, Place, SearchKey
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.scope import Scope

FILL = """
INSERT INTO registry_searchkey (id, village_id, key, kind, subject_id, area_path)
SELECT gen_random_uuid(), %s, md5(n::text), 'P', gen_random_uuid(), %s FROM generate_series(1, 30000) n
"""


def scope_of(cast: Cast, name: str) -> Scope:
    return accounts.scope_of(cast.accounts[name], clock.now())


def names(cast: Cast, text: str, *, by: str = "梁会明", limit: int = 20) -> Sequence[str]:
    """What the box shows, in its order: names of people, numbers of households."""
    found = search.find(scope_of(cast, by), cast.village.pk, text, limit=limit)
    people = queries.brief(cast.village.pk, [hit.subject_id for hit in found.hits])
    return [people[hit.subject_id].name if hit.kind == search.PERSON else hit.kind for hit in found.hits]


@pytest.mark.parametrize("text", ["单雄信", "雄信", "shan xiong xin", "DANXIONGXIN", "sxx", "xiongx", "单 雄 信"])
def test_somebody_is_found_by_the_name_and_its_readings(cast: Cast, text: str) -> None:
    add(cast, "单雄信")
    assert names(cast, text) == ["单雄信"]


def test_a_whole_name_comes_first_then_a_given_name_then_one_that_begins_so_then_one_that_has_it_inside(
    cast: Cast,
) -> None:
    for name in ("国华生", "王国华东", "李国", "王国华", "国华"):
        add(cast, name)
    assert names(cast, "国华") == ["国华", "王国华", "国华生", "王国华东"]


def test_who_has_left_is_found_last(cast: Cast) -> None:
    gone = add(cast, "阿明")
    add(cast, "阿明亮")
    actions.mark_left(person=gone, reason="moved", by=None, at=clock.now())
    assert names(cast, "阿明") == ["阿明亮", "阿明"]


@pytest.mark.parametrize("text", ["西头岭1", "西头岭 1 号", "xitouling1", "xtl1"])
def test_a_house_is_found_by_its_number_and_not_those_whose_numbers_are_longer(cast: Cast, text: str) -> None:
    found = search.find(scope_of(cast, "梁会明"), cast.village.pk, text)
    assert [hit.subject_id for hit in found.hits] == [house_of(cast, "甲01").pk]


def test_the_phones_search_gives_the_people_of_a_house(cast: Cast) -> None:
    found = search.people(cast.village.pk, "西头岭1号", limit=12)
    assert found == [cast.people["甲01"].pk, cast.people["甲02"].pk]


def test_numbers_are_found_whole_and_by_their_last_four(cast: Cast) -> None:
    number = id_number(12)
    add(cast, "钱有号", id_number=number, phone="139 1234 7788")
    assert names(cast, "13912347788") == ["钱有号"]
    assert names(cast, "7788") == ["钱有号"]
    assert names(cast, number.lower()) == ["钱有号"]
    assert names(cast, number[-4:].lower()) == ["钱有号"]
    assert names(cast, number[:12]) == []


def test_no_number_can_be_read_from_the_keys(cast: Cast, settings: Any) -> None:
    person = add(cast, "钱有号", id_number=id_number(12), phone="13912347788")

    def keys() -> tuple[set[str], set[str]]:
        found = set(SearchKey.rows().filter(subject_id=person.pk).values_list("key", flat=True))
        return {key for key in found if not key.startswith("#")}, {key for key in found if key.startswith("#")}

    plain, digests = keys()
    assert not any(character.isdigit() for key in plain for character in key)
    assert len(digests) == 4
    assert all(re.fullmatch("#[0-9a-f]{64}", key) for key in digests)
    settings.WUYI_KEYRING = replace(settings.WUYI_KEYRING, index=bytes(32))
    indexing.reindex(cast.village.pk, people=[person.pk])
    assert keys()[0] == plain
    assert not digests & keys()[1], "a digest that needs no key could be guessed: there are ten thousand last fours"


def test_who_both_stand_under_one_number_are_both_found_until_it_is_decided(cast: Cast) -> None:
    number = id_number(7)
    one, other = cast.people["甲03"], cast.people["丙03"]
    Conflict.rows().create(
        village_id=cast.village.pk,
        code="duplicate_id",
        first_id=one.pk,
        second_id=other.pk,
        value_index=blind_index(number, ID_NUMBER),
        made_at=clock.now(),
    )
    assert sorted(names(cast, number)) == ["丙03", "甲03"]


def test_a_card_finds_its_person_by_the_code_or_by_its_beginning_until_it_is_lost(cast: Cast) -> None:
    person = cast.people["乙02"]
    issued = cards.issue(village_id=cast.village.pk, letter=tokens.PERSON, subjects=[person.pk], at=clock.now())
    token = issued[person.pk]
    assert names(cast, token.lower()) == ["乙02"]
    assert names(cast, tokens.spaced(tokens.short(token))) == ["乙02"]
    assert queries.people_of_cards({(cast.village.pk, token.lower())}) == {(cast.village.pk, token.lower()): person.pk}
    cards.report_lost(village_id=cast.village.pk, letter=tokens.PERSON, subject_id=person.pk, by=None, at=clock.now())
    assert names(cast, token) == []
    assert names(cast, tokens.short(token)) == []


def test_a_place_is_found_by_its_name(cast: Cast) -> None:
    area = cast.areas["西头岭"]
    place = Place.rows().create(
        village_id=cast.village.pk, area=area, area_path=area.area_path, name="便民超市", kind="shop"
    )
    indexing.reindex(cast.village.pk, places=[place.pk])
    assert names(cast, "bmcs") == [search.PLACE]


def test_a_grid_worker_finds_nobody_beyond_the_own_grid_by_any_way(cast: Cast) -> None:
    number = id_number(12)
    add(cast, "单雄信", id_number=number, phone="13912347788")
    issued = cards.issue(
        village_id=cast.village.pk, letter=tokens.PERSON, subjects=[cast.people["甲01"].pk], at=clock.now()
    )
    tries = ["单雄信", "sxx", number, "13912347788", "7788", "西头岭1", "1", *issued.values(), "甲"]
    assert [text for text in tries if not names(cast, text, by="王海斌")] == []
    house = search.find(scope_of(cast, "钟花"), cast.village.pk, "1").hits
    assert all(hit.subject_id != house_of(cast, "甲01").pk for hit in house)
    assert [text for text in tries if text != "1" and names(cast, text, by="钟花")] == []


def test_more_than_are_shown_is_said(cast: Cast) -> None:
    found = search.find(scope_of(cast, "梁会明"), cast.village.pk, "甲", limit=5)
    assert len(found.hits) == 5
    assert found.truncated
    assert not search.find(scope_of(cast, "梁会明"), cast.village.pk, "甲01", limit=5).truncated


@pytest.mark.parametrize("text", ["", " ", "#", "'\"%_\\", "张" * 500, "\U0010ffff"])
def test_an_odd_text_finds_nobody_and_breaks_nothing(cast: Cast, text: str) -> None:
    assert names(cast, text) == []


def sql_of(cast: Cast, text: str) -> str:
    """The one statement that looks for a text among the keys."""
    with CaptureQueriesContext(connection) as queries_made:
        names(cast, text)
    (asked,) = [each["sql"] for each in queries_made if "registry_searchkey" in each["sql"]]
    return asked


def test_a_look_up_is_one_index_range_whatever_was_typed(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [cast.village.pk, cast.areas["第一微网格"].area_path])
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql_of(cast, '甲0')}")
        plan = json.dumps(cursor.fetchone()[0], ensure_ascii=False)
    assert plan.count('"Index Name"') == 1
    assert '"search_by_key"' in plan
    assert ">= '甲0'::text" in plan.split('"Index Cond"')[1].split('"Filter"')[0]


def test_no_other_index_can_be_taken_for_a_range_of_keys(database: object, owner: psycopg.Connection[Any]) -> None:
    """Else one is, as long as the statistics do not know a new village: 3 s for a search among 100,000 people."""
    cast = make_cast()
    with scope.enter(cast.scope()):
        indexing.reindex(cast.village.pk)
        asked = sql_of(cast, "甲0")
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL enable_seqscan = off")
        owner.execute("DROP INDEX search_by_key")
        plan = json.dumps(owner.execute(f"EXPLAIN (FORMAT JSON) {asked}").fetchall())
    assert "Index Name" not in plan


def test_finding_takes_as_many_queries_for_many_as_for_one(cast: Cast) -> None:
    def count(text: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert search.find(scope_of(cast, "梁会明"), cast.village.pk, text).hits
        return len(made)

    assert count("甲") == count("甲01") <= 6


def test_the_index_follows_what_is_written(cast: Cast) -> None:
    person = add(cast, "周一一")
    edited = actions.edit_person(
        person=person, values={"name": "周二二"}, seen_at=person.updated_at, by=None, at=clock.now()
    )
    assert names(cast, "周一一") == []
    assert names(cast, "zhouerer") == ["周二二"]
    Person.rows().filter(pk=edited.pk).update(name="周三三")
    indexing.reindex(cast.village.pk)
    assert names(cast, "zss") == ["周三三"]
    assert Person.rows().get(pk=edited.pk).name_sort.startswith("zhou san san")


def test_who_is_no_more_is_found_no_longer(cast: Cast) -> None:
    person = add(cast, "周一一")
    ids = [person.pk]
    person.delete()
    indexing.reindex(cast.village.pk, people=ids)
    assert not SearchKey.rows().filter(subject_id__in=ids).exists()
