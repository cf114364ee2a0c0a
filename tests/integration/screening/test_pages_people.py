"""The list of who is missing, and what is said of somebody at the door."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse

from tests.integration.screening.desk import Desk
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.registry.models import Household, Person, PersonGroup
from wuyicun.domains.rolls import actions as roll_actions
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import missing as lists
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.models import Quarantined, Record


def test_the_list_stands_by_household_with_masked_phones(desk: Desk) -> None:
    page = words(desk.get("梁会明", "missing"))
    assert "还有 30 人未采" in page
    assert page.index("甲01") < page.index("甲02") < page.index("乙01") < page.index("丙10")
    assert "138****0000" in page
    assert "13800000000" not in page


def test_a_grid_worker_sees_only_their_areas(desk: Desk) -> None:
    page = words(desk.get("王海斌", "missing"))
    assert "还有 20 人未采" in page
    assert "甲01" in page
    assert "丙01" not in page
    assert "丙01" not in words(desk.get("王海斌", "missing", area=desk.cast.areas["北头岭微网格"].area_path))
    assert desk.get("王海斌", "round_person", desk.round.pk, desk.person("丙01")).status_code == 404


def test_chips_filter_by_micro_grid_state_and_group(desk: Desk) -> None:
    with desk.scope():
        PersonGroup.rows().create(
            village_id=desk.cast.village.pk,
            person=desk.cast.people["乙03"],
            group="pregnant",
            starts_on=clock.now().date(),
            source="test",
        )
    second = desk.cast.areas["第二微网格"].area_path
    page = words(desk.get("梁会明", "missing", area=second))
    assert "乙01" in page
    assert "甲01" not in page
    assert "孕妇 1" in page
    only = words(desk.get("梁会明", "missing", group="pregnant"))
    assert "乙03" in only
    assert "乙01" not in only


def test_pages_of_the_list_hold_whole_households_and_leave_nobody_out(desk: Desk) -> None:
    with desk.scope():
        loner = Person(
            village_id=desk.cast.village.pk,
            area=desk.cast.areas["未入网"],
            area_path=desk.cast.areas["未入网"].area_path,
            name="外来一人",
            updated_at=clock.now(),
        )
        loner.save(force_insert=True)
        _join(desk, loner)
        areas = [area.pk for area in desk.cast.areas.values()]
        seen: list[lists.Listed] = []
        cursor: str | None = ""
        while cursor is not None:
            page, cursor = lists.listed(
                desk.cast.village.pk, desk.round.roll_id, area_ids=areas, states=[State.OWED], after=cursor, limit=3
            )
            seen += page
            assert len({each.household_id for each in page}) == len(page) / 2 or cursor is None
        names = {person.pk: name for name, person in desk.cast.people.items()}
        assert [names.get(each.person_id, "外来一人") for each in seen[:2]] == ["甲01", "甲02"]
        assert len({each.person_id for each in seen}) == len(seen) == 31
        assert seen[-1].person_id == loner.pk


def _join(desk: Desk, person: Person) -> None:
    subject = roll_actions.Subject(person.pk, person.area_id, person.area_path)
    roll_actions.join(village_id=desk.cast.village.pk, roll_id=desk.round.roll_id, subjects=[subject], at=clock.now())


def test_a_cursor_that_is_none_begins_at_the_beginning(desk: Desk) -> None:
    assert "甲01" in words(desk.get("梁会明", "missing", after="x' OR 1=1"))
    assert "甲01" in words(desk.get("梁会明", "missing", after="1.2.3.4", state="nothing", group="nobody"))


def test_households_are_listed_by_their_number_not_by_its_spelling(desk: Desk) -> None:
    with desk.scope():
        for name, number in (("甲01", "100"), ("甲03", "99")):
            house = desk.cast.people[name].household_id
            Household.rows().filter(pk=house).update(number=number)
    page = words(desk.get("梁会明", "missing", area=desk.cast.areas["第一微网格"].area_path))
    assert page.index("甲03") < page.index("甲01")


def test_unreachable_is_a_record_with_an_attempt_and_a_reason(desk: Desk) -> None:
    url = reverse("missing", args=[desk.round.pk])
    response = desk.post(
        "王海斌",
        "round_say",
        desk.round.pk,
        desk.person("甲01"),
        "unreachable",
        reason="nobody_home",
        note="邻居说晚上回来",
        record=str(uuid7()),
        next=url,
    )
    assert response.headers["Location"] == url
    assert desk.state("甲01") is State.UNREACHABLE
    page = words(desk.get("王海斌", "missing", state="unreachable"))
    assert "家里没人 找过 1 次" in page
    page = words(desk.get("王海斌", "round_person", desk.round.pk, desk.person("甲01")))
    assert "邻居说晚上回来" in page
    assert "王海斌" in page


def test_the_same_form_sent_twice_makes_one_record(desk: Desk) -> None:
    form = {"reason": "nobody_home", "note": "", "record": str(uuid7())}
    for _each in range(2):
        desk.post("王海斌", "round_say", desk.round.pk, desk.person("甲01"), "unreachable", **form)
    with desk.scope():
        assert Record.rows().filter(kind="outcome").count() == 1
        (entry,) = rolls.entries_of(desk.cast.village.pk, desk.round.roll_id, [desk.person("甲01")])
    assert entry.attempts == 1


def test_a_form_that_was_sent_and_then_changed_is_refused(desk: Desk) -> None:
    form = {"reason": "nobody_home", "note": "", "record": str(uuid7())}
    desk.post("王海斌", "round_say", desk.round.pk, desk.person("甲01"), "unreachable", **form)
    page = desk.post(
        "王海斌",
        "round_say",
        desk.round.pk,
        desk.person("甲01"),
        "unreachable",
        follow=True,
        **{**form, "note": "改了"},
    )
    assert "已经提交过" in words(page)
    with desk.scope():
        assert Quarantined.rows().count() == 0


def test_an_excuse_has_a_reason_and_an_end(desk: Desk) -> None:
    until = clock.now() + timedelta(days=2)
    desk.post(
        "王海斌",
        "round_say",
        desk.round.pk,
        desk.person("甲02"),
        "excuse",
        reason="ill",
        span="other",
        until=f"{until:%Y-%m-%dT%H:%M}",
    )
    assert desk.state("甲02") is State.EXCUSED
    assert "生病" in words(desk.get("王海斌", "missing", state="excused"))
    late = desk.post(
        "王海斌",
        "round_say",
        desk.round.pk,
        desk.person("甲03"),
        "excuse",
        reason="ill",
        span="other",
        until="2022-11-01T08:00",
    )
    assert "请填一个将来的时间" in words(late)
    assert desk.state("甲03") is State.OWED


def test_what_was_said_can_be_taken_back(desk: Desk) -> None:
    record = uuid7()
    desk.post(
        "王海斌", "round_say", desk.round.pk, desk.person("甲01"), "refused", reason="refused_ill", record=str(record)
    )
    assert desk.state("甲01") is State.REFUSED
    page = desk.get("王海斌", "missing", state="refused").content.decode()
    assert reverse("take_back", args=[desk.round.pk, record]) in page
    assert desk.post("钟花", "take_back", desk.round.pk, record).status_code == 404
    desk.post("王海斌", "take_back", desk.round.pk, record)
    assert desk.state("甲01") is State.OWED


def test_nobody_says_anything_of_people_elsewhere(desk: Desk) -> None:
    for who, status in (("钟花", 404), ("外人", 404), ("转运员", 404), ("王海斌", 302)):
        response = desk.post(
            who, "round_say", desk.round.pk, desk.person("甲01"), "unreachable", reason="phone_off", record=str(uuid7())
        )
        assert response.status_code == status, who
    assert (
        desk.post("采样员", "round_say", desk.round.pk, desk.person("甲01"), "excuse", reason="ill").status_code == 404
    )


def test_after_the_closing_nothing_can_be_said(desk: Desk) -> None:
    desk.settle_everyone()
    desk.post("梁会明", "closing")
    page = words(desk.get("梁会明", "missing", state="done"))
    assert "暂免" not in page.split("已采 30")[1]
    said = desk.post(
        "梁会明", "round_say", desk.round.pk, desk.person("甲01"), "unreachable", follow=True, reason="phone_off"
    )
    assert "本轮已关闭，不能再登记" in words(said)


def test_a_number_is_shown_for_the_round_and_seen_in_the_audit(desk: Desk) -> None:
    page = desk.post("王海斌", "round_phone", desk.round.pk, desk.person("甲01"))
    assert "13800000000" in words(page)
    with desk.scope():
        row = AuditRow.objects.get(action="registry.reveal")
        assert (row.subject_id, row.by) == (desk.person("甲01"), desk.cast.accounts["王海斌"].pk)
        assert AuditRow.objects.get(action="screening.call").subject_id == desk.round.pk
    for who in ("钟花", "采样员", "转运员"):
        assert desk.post(who, "round_phone", desk.round.pk, desk.person("甲01")).status_code == 404


def test_a_dialog_is_a_fragment_and_the_page_of_the_same_address_is_whole(desk: Desk) -> None:
    url = reverse("round_say", args=[desk.round.pk, desk.person("甲01"), "excuse"])
    client = desk.cast.client("王海斌")
    assert "<html" in client.get(url).content.decode()
    assert "<html" not in client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert client.get(reverse("round_say", args=[desk.round.pk, desk.person("甲01"), "praise"])).status_code == 404
    assert client.get(reverse("round_say", args=[desk.round.pk, uuid4(), "excuse"])).status_code == 404


def test_the_call_sheet_lists_the_same_people_on_paper(desk: Desk) -> None:
    response = desk.get("王海斌", "call_sheet", area=desk.cast.areas["第一微网格"].area_path)
    assert response.headers["Content-Type"] == "application/pdf"
    text = "".join(pages_of(response.content))
    assert "还有12人未采" in text
    assert "甲12" in text
    assert "乙01" not in text
    assert "138****0000" in text
    with desk.scope():
        assert AuditRow.objects.get(action="screening.print_call_sheet").data["people"] == 12


def test_where_a_form_leads_back_to_is_ours(desk: Desk) -> None:
    response = desk.post(
        "王海斌",
        "round_say",
        desk.round.pk,
        desk.person("甲01"),
        "unreachable",
        reason="phone_off",
        next="https://example.com/",
    )
    assert response.headers["Location"] == reverse("round_person", args=[desk.round.pk, desk.person("甲01")])
