"""批量更改: looked at first, done for all that a list shows, in portions, taken back without what came after."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.screening.sending import open_round
from wuyicun.domains.registry import actions, jobs
from wuyicun.domains.registry.actions import bulk as working
from wuyicun.domains.registry.models import BulkChange, Person, PersonGroup
from wuyicun.domains.registry.rules import BulkState, Group
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow

PREVIEW, DO = reverse("people_bulk"), reverse("bulk_do")


def _rows(cast: Cast) -> list[tuple[Any, ...]]:
    columns = ("pk", "whereabouts", "whereabouts_text", "whereabouts_since", "expected_return", "sampling_code")
    return list(Person.rows().filter(village_id=cast.village.pk).order_by("pk").values_list(*columns))


def _groups() -> list[tuple[Any, ...]]:
    return list(PersonGroup.rows().order_by("pk").values_list("pk", "group", "starts_on", "ends_on"))


def _begin(cast: Cast, change: actions.Change, *names: str) -> BulkChange:
    people = [cast.people[name].pk for name in names]
    made = actions.begin_bulk(village_id=cast.village.pk, change=change, people=people, by=None, at=clock.now())
    return _again(made)


def _undo(made: BulkChange) -> BulkChange:
    actions.undo_bulk(bulk=made, by=None, at=clock.now())
    return _again(made)


ALL_AT_ONCE = actions.Change(actions.Stay("county", "盂县"), join="risk", leave="elderly", code=True)


def test_all_that_is_said_is_changed_and_taken_back_as_it_was(cast: Cast) -> None:
    one = cast.people["甲01"]
    actions.set_groups(person=one, groups=[Group.ELDERLY], by=None, at=clock.now())
    before, held = _rows(cast), _groups()
    made = _begin(cast, ALL_AT_ONCE, "甲01", "甲02", "甲03")
    assert (made.state, made.changed) == (BulkState.DONE, 3)
    assert Person.rows().filter(whereabouts="county", whereabouts_text="盂县", sampling_code=True).count() == 3
    assert PersonGroup.rows().filter(group="risk", ends_on__isnull=True).count() == 3
    assert not PersonGroup.rows().filter(group="elderly", ends_on__isnull=True).exists()
    assert AuditRow.objects.filter(action="registry.bulk_change", subject_kind="person").count() == 3

    made = _undo(made)
    assert (made.state, made.restored) == (BulkState.UNDONE, 3)
    assert (_rows(cast), _groups()) == (before, held)
    with pytest.raises(actions.NotDone):
        _undo(made)


def test_who_is_so_already_is_not_touched(cast: Cast) -> None:
    touched = cast.people["甲01"].updated_at
    made = _begin(cast, actions.Change(actions.Stay("in_village"), leave="risk", code=False), "甲01", "甲02")
    assert (made.done, made.changed) == (2, 0)
    assert Person.rows().get(pk=cast.people["甲01"].pk).updated_at == touched


def test_who_was_changed_by_hand_since_stays_so_when_it_is_taken_back(cast: Cast) -> None:
    made = _begin(cast, actions.Change(actions.Stay("county"), join="risk"), "甲01", "甲02")
    person = Person.rows().get(pk=cast.people["甲01"].pk)
    actions.set_whereabouts(people=[person], stay=actions.Stay("city"), by=None, at=clock.now())
    made = _undo(made)
    found = Person.rows().in_bulk([cast.people[name].pk for name in ("甲01", "甲02")])
    assert [each.whereabouts for each in sorted(found.values(), key=lambda each: each.name)] == ["city", "in_village"]
    assert not PersonGroup.rows().filter(group="risk").exists()


def test_open_rounds_excuse_who_was_sent_away_and_owe_who_is_back(cast: Cast) -> None:
    round_ = open_round(cast)

    def states() -> list[State]:
        by_id = {each.subject_id: each.state for each in rolls.entries(cast.village.pk, round_.roll_id)}
        return [by_id[cast.people[name].pk] for name in ("甲01", "甲02", "甲03")]

    made = _begin(cast, actions.Change(actions.Stay("county")), "甲01", "甲02")
    assert states() == [State.EXCUSED, State.EXCUSED, State.OWED]
    _undo(made)
    assert states() == [State.OWED] * 3
    assert rolls.drift(cast.village.pk, round_.roll_id) == []


def test_many_wait_for_a_worker_who_goes_on_where_another_stopped(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 2)
    monkeypatch.setattr(working, "PORTION", 2)
    made = _begin(cast, actions.Change(code=True), "甲01", "甲02", "甲03", "甲04", "甲05")
    assert (made.state, made.done) == (BulkState.WORKING, 0)
    with pytest.raises(actions.NotDone):
        _undo(made)
    with monkeypatch.context() as patch:
        patch.setattr(working, "audit_each", _dies_the_second_time(working.audit_each))
        with pytest.raises(ConnectionError):
            _work(made)
    assert (_again(made).state, _again(made).done) == (BulkState.WORKING, 2)
    _work(made)
    made = _again(made)
    assert (made.state, made.done, made.changed) == (BulkState.DONE, 5, 5)
    _undo(made)
    _work(made)
    assert not Person.rows().filter(sampling_code=True).exists()


def _work(made: BulkChange) -> None:
    jobs.bulk_change(village_id=str(made.village_id), bulk_id=str(made.pk))


def _again(made: BulkChange) -> BulkChange:
    return BulkChange.rows().get(pk=made.pk)


def _dies_the_second_time(audit: Any) -> Any:
    calls = []

    def act(*args: Any, **named: Any) -> None:
        calls.append(named)
        if len(calls) == 2:
            raise ConnectionError
        audit(*args, **named)

    return act


def test_more_than_anybody_looks_over_is_refused(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(working, "MOST", 2)
    with pytest.raises(actions.TooMany):
        _begin(cast, actions.Change(code=True), "甲01", "甲02", "甲03")
    assert not BulkChange.rows().exists()


def test_the_page_shows_first_what_it_would_do(cast: Cast) -> None:
    client, ids = cast.client("王海斌"), [str(cast.people[name].pk) for name in ("甲01", "甲02")]
    page = client.post(PREVIEW, {"person": ids, "whereabouts": "county", "group": "risk"}).content.decode()
    assert "选中 2 人" in page
    assert not Person.rows().filter(whereabouts="county").exists()
    form = {"person": ids, "whereabouts": "county", "group": "risk", "count": "2", "next": "//evil.example/"}
    assert client.post(DO, form)["Location"] == reverse("people")
    assert Person.rows().filter(whereabouts="county").count() == 2
    made = BulkChange.rows().get()
    assert "撤销这次更改" in client.get(reverse("bulk", args=[made.pk])).content.decode()
    assert cast.client("钟花").get(reverse("bulk", args=[made.pk])).status_code == 404
    assert cast.client("钟花").post(reverse("bulk_undo", args=[made.pk])).status_code == 404
    client.post(reverse("bulk_undo", args=[made.pk]))
    assert not Person.rows().filter(whereabouts="county").exists()
    assert "已撤销" in client.get(reverse("bulk_changes")).content.decode()


def test_all_of_a_filter_are_only_those_whom_one_may_edit(cast: Cast) -> None:
    form = {"every": "people", "asked": "residence=resident", "code": "yes"}
    assert "选中 20 人" in cast.client("王海斌").post(PREVIEW, form).content.decode()
    assert cast.client("王海斌").post(DO, {**form, "count": "19"}).status_code == 409
    cast.client("王海斌").post(DO, {**form, "count": "20"})
    assert Person.rows().filter(sampling_code=True).count() == 20


def test_all_of_a_ledger_are_changed(cast: Cast) -> None:
    form = {
        "every": "resident",
        "asked": f"area={cast.areas['北头岭微网格'].area_path}",
        "group": "risk",
        "count": "10",
    }
    cast.client("办公室").post(DO, form)
    assert PersonGroup.rows().filter(group="risk").count() == 10


def test_a_reader_changes_nobody(cast: Cast) -> None:
    form = {"every": "people", "asked": "", "code": "yes", "count": "30"}
    assert cast.client("范医生").post(DO, form).status_code == 404
    assert not BulkChange.rows().exists()


def test_the_weekly_sheet_tells_who_was_sent_away_by_it_and_not_who_was_fetched_back(cast: Cast) -> None:
    sheet = f"{reverse('report_changes')}?week={clock.now():%Y-%m-%d}"
    made = _begin(cast, actions.Change(actions.Stay("county")), "甲01", "甲02")
    page = cast.client("梁会明").get(sheet).content.decode()
    assert "外出 2" in page
    _undo(made)
    back = AuditRow.objects.filter(action="registry.undo_bulk", subject_kind="person")
    assert {row.data["whereabouts"] for row in back} == {"in_village"}
    assert "外出 2" not in cast.client("梁会明").get(sheet).content.decode()
