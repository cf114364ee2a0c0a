"""重复登记: found, merged with all that belongs to them, and parted again as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import add, id_number
from tests.integration.registry.rosters import Shelf, counted, found, inside, number
from tests.integration.registry.rosters import person as row
from tests.integration.registry.twins import again, merge, twins
from wuyicun.domains.registry import actions, cards, dossier, duplicates
from wuyicun.domains.registry.actions.identity import set_unread
from wuyicun.domains.registry.models import Conflict, Pairing, Person, PersonGroup
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.registry.web.people import happenings
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow
from wuyicun.kernel.database.models import VillageModel

HARMLESS = ("updated_at", "updated_by")


def _row(item: VillageModel) -> dict[str, Any]:
    return {
        each.attname: bytes(value) if isinstance(value := getattr(item, each.attname), memoryview) else value
        for each in item._meta.concrete_fields
        if each.attname not in HARMLESS and not each.attname.endswith("_sealed")
    }


def test_the_same_name_and_birth_date_are_found_and_who_is_known_better_stands_first(cast: Cast) -> None:
    first, second = twins(cast)
    pairs = duplicates.probable(cast.village.pk, limit=10)
    assert [(each.first.id, each.second.id) for each in pairs.pairs] == [(second.pk, first.pk)]
    assert {str(each.label) for each in pairs.pairs[0].cells if each.differs} >= {"户", "微网格"}


def test_two_with_numbers_of_their_own_in_two_houses_are_two(cast: Cast) -> None:
    add(cast, "王强", id_number=id_number(31))
    add(cast, "王强", beside="乙01", id_number=id_number(33))
    assert duplicates.probable(cast.village.pk, limit=10).total == 0


@pytest.mark.parametrize(("name", "other"), [("李秀英", "李秀瑛"), ("张伟", "张炜")])
def test_another_sign_with_the_same_sound_in_one_house_is_found_and_siblings_are_not(
    cast: Cast, name: str, other: str
) -> None:
    born = datetime(1960, 5, 6, tzinfo=UTC).date()
    add(cast, name, birth_date=born)
    add(cast, other, birth_date=born)
    add(cast, name[0] + "大宝", birth_date=born)
    assert duplicates.probable(cast.village.pk, limit=10).total == 1


def test_merged_the_kept_one_has_what_it_lacked_and_the_other_is_off_the_list(cast: Cast) -> None:
    kept, other = twins(cast)
    phone, held = kept.phone, other.id_number
    merge(kept, other)
    kept, other = again(kept), again(other)
    assert (kept.id_number, kept.workplace, kept.phone) == (held, "煤矿", phone)
    assert PersonGroup.rows().get(person=kept).group == Group.ELDERLY
    assert (other.merged_into_id, other.left_reason, other.id_number) == (kept.pk, "merged", None)
    assert duplicates.probable(cast.village.pk, limit=10).total == 0
    assert AuditRow.objects.filter(action="registry.merge_people").count() == 2


def test_parted_both_are_as_they_were(cast: Cast) -> None:
    kept, other = twins(cast)
    cards.issue(village_id=cast.village.pk, letter="P", subjects=[other.pk], at=clock.now())
    before = [_row(again(kept)), _row(again(other))]
    pairing = merge(kept, other)
    assert [_row(again(kept)), _row(again(other))] != before
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert [_row(again(kept)), _row(again(other))] == before
    assert not PersonGroup.rows().filter(person=kept).exists()
    with pytest.raises(actions.UndoneAlready):
        actions.part_people(pairing=pairing, by=None, at=clock.now())


def test_what_was_changed_since_stays_when_they_part(cast: Cast) -> None:
    kept, other = twins(cast)
    pairing = merge(kept, other)
    current = again(kept)
    values = {"workplace": "砖厂"}
    actions.edit_person(person=current, values=values, seen_at=current.updated_at, by=None, at=clock.now())
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert (again(kept).workplace, again(kept).id_number) == ("砖厂", None)
    assert again(other).workplace == "煤矿"


def test_who_lacked_numbers_is_not_to_be_checked_for_them_until_they_part(cast: Cast) -> None:
    kept, other = twins(cast)
    kept.problems, kept.phone_sealed, kept.phone_index = ["missing_id", "phone_invalid", "birth_mismatch"], None, None
    set_unread(kept, {"phone": "138"})
    kept.save()
    other.set_phone("13834000077")
    other.save()
    pairing = merge(kept, other)
    assert (again(kept).problems, again(kept).unread, again(kept).phone) == ([], {}, "13834000077")
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert again(kept).problems == ["missing_id", "phone_invalid", "birth_mismatch"]
    assert (again(kept).unread, again(kept).phone) == ({"phone": "138"}, None)


@pytest.mark.parametrize("taken_meanwhile", [False, True])
def test_a_number_that_was_corrected_since_stays_and_the_other_has_theirs_again(
    cast: Cast, taken_meanwhile: bool
) -> None:
    kept, other = twins(cast)
    kept.problems = ["missing_id"]
    kept.save()
    held = other.id_number
    pairing = merge(kept, other)
    _correct(again(kept), id_number(33, born="19510308"))
    if taken_meanwhile:
        _correct(again(cast.people["甲02"]), str(held))
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert (again(kept).id_number, again(kept).problems) == (id_number(33, born="19510308"), [])
    assert again(other).id_number == (None if taken_meanwhile else held)


def _correct(person: Person, number: str) -> None:
    values = {"id_number": number, "id_kind": "resident"}
    actions.edit_person(person=person, values=values, seen_at=person.updated_at, by=None, at=clock.now())


def test_who_has_others_merged_into_them_is_kept(cast: Cast) -> None:
    kept, other = twins(cast)
    merge(kept, other)
    third = add(cast, "甲01", beside="丙01")
    with pytest.raises(actions.KeptBefore):
        merge(third, again(kept))
    with pytest.raises(actions.NotTwo):
        merge(third, other)
    merge(again(kept), third)
    assert Person.rows().filter(merged_into_id=kept.pk).count() == 2


def test_said_to_be_two_they_are_not_shown_until_that_is_taken_back(cast: Cast) -> None:
    first, second = twins(cast)
    pairing = actions.keep_apart(first=second, second=first, by=None, at=clock.now())
    assert duplicates.probable(cast.village.pk, limit=10).total == 0
    assert actions.keep_apart(first=first, second=second, by=None, at=clock.now()).pk == pairing.pk
    actions.show_again(pairing=pairing, by=None, at=clock.now())
    assert duplicates.probable(cast.village.pk, limit=10).total == 1
    with pytest.raises(actions.UndoneAlready):
        actions.show_again(pairing=pairing, by=None, at=clock.now())
    for person in (first, second):
        told = [str(each["what"]) for each in happenings(dossier.of_person(again(person)).history)]
        assert told[:2] == ["撤销了“不是同一人”", "记为不是同一人"]


def test_where_the_last_page_has_been_decided_the_one_before_is_shown(cast: Cast) -> None:
    twins(cast)
    add(cast, "甲02", beside="丙01", birth_date=cast.people["甲02"].birth_date)
    for skip, shown in ((0, 1), (1, 1), (2, 1), (50, 1)):
        assert len(duplicates.probable(cast.village.pk, limit=1, skip=skip).pairs) == shown
    assert [duplicates.probable(cast.village.pk, limit=1, skip=skip).next for skip in (0, 1, 50)] == [1, None, None]


def test_the_same_file_again_is_no_news_after_a_merge(shelf: Shelf) -> None:
    rows = row("张三", 身份证号码=number("19500908")), row("张三", "2", 家庭住址="别处 9 号")
    shelf.take(*rows)
    shelf.at += timedelta(minutes=1)
    with inside():
        with_number = Person.rows().get(id_index__isnull=False)
        without = Person.rows().get(id_index__isnull=True)
        actions.merge_people(kept=without, other=with_number, by=None, at=shelf.at)
    shelf.at += timedelta(minutes=1)
    assert counted(shelf.take(*rows)) == {"unchanged": 2}
    with inside():
        assert Person.rows().count() == 2


def test_one_number_on_two_is_settled_by_merging_them_and_open_again_when_they_part(shelf: Shelf) -> None:
    twice = number("19500908")
    rows = row("张三", 身份证号码=twice), row("张叁", "2", 身份证号码=twice)
    shelf.take(*rows)
    with inside():
        kept, other = found("张三"), found("张叁")
        pairing = actions.merge_people(kept=kept, other=other, by=None, at=shelf.at)
        assert (found("张三").id_number, found("张三").problems) == (twice, [])
        assert not Conflict.rows().filter(decided_at=None).exists()
    assert counted(shelf.take(*rows)) == {"unchanged": 2}
    with inside():
        actions.part_people(pairing=pairing, by=None, at=shelf.at)
        assert Conflict.rows().filter(decided_at=None).count() == 1
        assert found("张三").id_number is None


def test_the_office_merges_on_the_page_and_takes_it_back(cast: Cast) -> None:
    kept, other = twins(cast)
    client = cast.client("办公室")
    page = client.get("/people/duplicates/").content.decode()
    assert "有 1 对" in page
    address = f"/people/duplicates/{kept.pk}/{other.pk}/"
    assert client.get(address).status_code == 200
    client.post(address, {"choice": "first"})
    assert again(other).merged_into_id == kept.pk
    assert str(kept.pk) in client.get(f"/people/{other.pk}/").content.decode()
    assert client.post(f"/people/{other.pk}/returned/").status_code != 302
    assert client.post(address, {"choice": "first"}).status_code == 409
    page = client.get(address).content.decode()
    assert "其中一条已经不在名册里" in page
    assert 'name="choice"' not in page
    client.post(f"/people/duplicates/{Pairing.rows().get().pk}/undo/")
    assert again(other).merged_into_id is None
    client.post(address, {"choice": "two"})
    assert "没有像是重复的登记" in client.get("/people/duplicates/").content.decode()


def test_a_grid_worker_neither_sees_the_pairs_nor_merges(cast: Cast) -> None:
    kept, other = twins(cast)
    client = cast.client("王海斌")
    assert client.get("/people/duplicates/").status_code == 404
    assert client.post(f"/people/duplicates/{kept.pk}/{other.pk}/", {"choice": "first"}).status_code == 404
    assert again(other).merged_into_id is None


def _values(who: Person) -> tuple[object, ...]:
    now = Person.rows().get(pk=who.pk)
    stay = (now.whereabouts, now.whereabouts_text, now.expected_return)
    return (now.id_number, now.phone, now.birth_date, now.note, now.residence, now.household_id, now.area_path, *stay)


@pytest.mark.parametrize("keep", ["first", "second"])
def test_of_what_differs_each_cell_is_chosen_and_all_of_it_goes_back(cast: Cast, keep: str) -> None:
    one = add(cast, "双双", id_number=id_number(41), phone="13900000001", note="左", residence="resident")
    two = add(cast, "双双", beside="乙01", id_number=id_number(43), phone="13900000002", note="右", residence="outside")
    stay = actions.Stay("city", "阳泉", date(2022, 11, 1), date(2022, 12, 1))
    actions.set_whereabouts(people=[two], stay=stay, by=None, at=clock.now())
    kept, other = (one, two) if keep == "first" else (two, one)
    before = [_values(one), _values(two)]
    side = "second" if keep == "first" else "first"
    said = {f"cell_{name}": side for name in ("id_number", "phone", "residence", "household", "whereabouts")}
    url = reverse("duplicate_pair", args=[one.pk, two.pk])
    page = cast.client("梁会明").get(url).content.decode()
    assert page.count('name="cell_note"') == 2
    cast.client("梁会明").post(url, {**said, "cell_note": keep, "choice": keep})
    now, theirs = Person.rows().get(pk=kept.pk), before[1] if keep == "first" else before[0]
    mine = before[0] if keep == "first" else before[1]
    assert _values(kept) == (*theirs[:2], mine[2], mine[3], *theirs[4:])
    assert Person.rows().get(pk=other.pk).merged_into_id == kept.pk
    assert now.id_number == theirs[0]
    pairing = Pairing.rows().get(kept_id=kept.pk)
    cast.client("梁会明").post(reverse("duplicate_undo", args=[pairing.pk]))
    assert [_values(one), _values(two)] == before


def test_what_was_changed_since_stays_when_two_are_parted(cast: Cast) -> None:
    one, two = add(cast, "双双", note="左"), add(cast, "双双", beside="乙01", note="右")
    pairing = actions.merge_people(kept=one, other=two, chosen={"note"}, by=None, at=clock.now())
    kept = Person.rows().get(pk=one.pk)
    actions.edit_person(person=kept, values={"note": "新"}, seen_at=kept.updated_at, by=None, at=clock.now())
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert Person.rows().get(pk=one.pk).note == "新"
