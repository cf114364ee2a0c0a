"""A ledger of one's own is made, changed, shared and retired on the screen; those of the plan stay as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import add
from tests.integration.registry.test_ledgers import export, lines_of
from wuyicun.domains.registry.ledgers.builtin import BUILTIN
from wuyicun.domains.registry.ledgers.definition import Condition, Operator, Subject
from wuyicun.domains.registry.models import Ledger
from wuyicun.domains.registry.rules import Group, age_on
from wuyicun.domains.registry.web.common import today
from wuyicun.domains.registry.web.ledgers import drafts
from wuyicun.kernel.audit.models import AuditRow

FORM = {
    "do": "save", "subject": "person", "title": "六十岁以上妇女", "about": "", "order": "oldest", "paper": "a3",
    "upright": "yes", "signatures": "填表人、村书记", "column": ["age", "name", "phone"], "h.phone": "手机",
    "w.name": "1.8", "m.name": "yes", "f.sex": ["female"], "f.age.from": "60", "f.age.to": "",
}  # fmt: skip


def make(cast: Cast, by: str = "梁会明", **other: Any) -> Ledger:
    """Made through the editor by somebody."""
    response = cast.client(by).post(reverse("ledger_new"), FORM | other)
    assert response.status_code == 302, response.content.decode()[:3000]
    return Ledger.rows().get(pk=response["Location"].rstrip("/").split("/")[-1])


def page(cast: Cast, by: str, name: str, *args: object, query: str = "") -> Any:
    return cast.client(by).get(reverse(name, args=args) + query)


def test_what_was_put_together_is_there_with_its_people_columns_and_order(cast: Cast) -> None:
    made = make(cast)
    assert made.owner_id == cast.accounts["梁会明"].pk
    lines = lines_of(export(cast, "梁会明", str(made.pk)))
    women = [each for each in cast.people.values() if each.sex == "female" and age_on(each.birth_date, today()) >= 60]
    assert [list(line) for line in lines[:1]] == [["序号", "年龄", "姓名", "手机"]]
    assert len(lines) == len(women) > 5
    ages = [line["年龄"] for line in lines]
    assert ages == sorted(ages, reverse=True)
    assert {line["姓名"] for line in lines} == {"甲**", "乙**", "丙**"}, "the name is always masked"
    shown = page(cast, "梁会明", "ledger", made.pk).content.decode()
    assert "六十岁以上妇女" in shown
    assert "手机" in shown
    assert AuditRow.objects.filter(action="registry.make_ledger", subject_id=made.pk).exists()


def test_the_preview_counts_before_anything_is_kept(cast: Cast) -> None:
    response = cast.client("梁会明").post(reverse("ledger_new"), FORM | {"do": "preview", "f.age.from": ""})
    assert response.status_code == 200
    assert "共 15 人" in response.content.decode()
    wrong = cast.client("梁会明").post(reverse("ledger_new"), FORM | {"do": "preview", "f.age.from": "x"})
    assert "有一个条件填得不对" in wrong.content.decode()
    assert not Ledger.rows().exists()


def test_what_is_asked_most_stands_first_in_a_fixed_order_and_what_is_used_behind_it() -> None:
    draft = drafts.blank(Subject.PERSON)
    asked = (Condition("note", Operator.FILLED), Condition("sex", Operator.ANY_OF, ("female",)))
    used = replace(draft, definition=msgspec.structs.replace(draft.definition, conditions=asked))
    usual = ["residence", "groups", "age", "sex", "micro_grid", "whereabouts", "sampling_code", "party", "workplace"]
    assert [each.code for each in drafts.conditions(draft, [])[0]] == usual
    first, rest = drafts.conditions(used, [])
    assert [each.code for each in first] == [*usual, "note"]
    assert not {each.code for each in first} & {each.code for each in rest}


def test_a_column_moves_up_and_down_without_a_script(cast: Cast) -> None:
    response = cast.client("梁会明").post(reverse("ledger_new"), FORM | {"do": "", "move": "up:phone"})
    text = response.content.decode()
    places = [text.index(f'name="column" value="{code}"') for code in ("age", "phone", "name")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "请写上名称"),
        ({"column": []}, "至少要选一列"),
        ({"f.birth_date.from": "2022-02-30"}, "条件填得不对"),
    ],
)
def test_what_is_no_ledger_is_not_kept_and_nothing_typed_is_lost(cast: Cast, wrong: Any, words: str) -> None:
    response = cast.client("梁会明").post(reverse("ledger_new"), FORM | wrong)
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text
    assert 'value="填表人、村书记"' in text
    assert not Ledger.rows().exists()


def test_a_ledger_of_the_plan_is_copied_with_what_was_asked_above_its_columns_and_never_changed(cast: Cast) -> None:
    response = page(cast, "梁会明", "ledger_new", query="?from=resident&f.sex=female")
    text = response.content.decode()
    assert "常住人口台账（我的）" in text
    assert "共 15 人" in text
    before = BUILTIN["resident"].definition
    for verb in ("edit", "share", "retire"):
        address = f"{reverse('ledger', args=['resident'])}{verb}/"
        assert cast.client("梁会明").post(address, FORM).status_code == 404
    assert BUILTIN["resident"].definition == before


def test_columns_are_filtered_on_the_screen_and_the_export_takes_the_same(cast: Cast) -> None:
    add(cast, "有备注的人", note="外出务工", groups=(Group.ALONE,))
    text = page(cast, "梁会明", "ledger", "resident", query="?f.note=务工&f.groups=alone").content.decode()
    assert "共 1 人" in text
    assert "有备注的人" in text
    assert "甲01" not in text
    (line,) = lines_of(export(cast, "梁会明", "resident", **{"f.note": "务工", "f.groups": "alone"}))
    assert line["姓名"] == "有备注的人"
    nonsense = "?f.age.from=zzz&f.sex=purple&f.name=%00&f.password=x&area=%27;--&after=1"
    assert page(cast, "梁会明", "ledger", "resident", query=nonsense).status_code == 200


def test_another_sees_it_only_when_it_is_shared_and_then_only_their_own_people(cast: Cast) -> None:
    made = make(cast)
    assert page(cast, "王海斌", "ledger", made.pk).status_code == 404
    shared = {"area": cast.areas["西头岭"].area_path}
    assert cast.client("梁会明").post(reverse("ledger_share", args=[made.pk]), shared).status_code == 302
    assert "六十岁以上妇女" in page(cast, "王海斌", "ledgers").content.decode()
    assert {line["姓名"] for line in lines_of(export(cast, "王海斌", str(made.pk)))} == {"甲**", "乙**"}
    for name in ("ledger_edit", "ledger_share", "ledger_retire"):
        assert cast.client("王海斌").post(reverse(name, args=[made.pk]), FORM).status_code == 404
    assert page(cast, "钟花", "ledger", made.pk).status_code == 404, "another grid's worker"
    assert "六十岁以上妇女" not in page(cast, "钟花", "ledgers").content.decode()
    cast.client("梁会明").post(reverse("ledger_share", args=[made.pk]), {"area": ""})
    assert page(cast, "王海斌", "ledger", made.pk).status_code == 404


def test_a_grid_worker_shares_within_the_own_grid_only(cast: Cast) -> None:
    made = make(cast, "王海斌")
    elsewhere = {"area": cast.areas["北头岭"].area_path}
    assert cast.client("王海斌").post(reverse("ledger_share", args=[made.pk]), elsewhere).status_code == 404
    for area in ("1", cast.village.area_path):
        assert cast.client("王海斌").post(reverse("ledger_share", args=[made.pk]), {"area": area}).status_code == 404
    assert Ledger.rows().get(pk=made.pk).shared_path == ""


def test_two_change_it_at_once_and_the_second_is_told(cast: Cast) -> None:
    made = make(cast)
    seen = {"seen_at": made.updated_at.isoformat()}
    edit = reverse("ledger_edit", args=[made.pk])
    assert cast.client("梁会明").post(edit, FORM | seen | {"title": "先改的"}).status_code == 302
    second = cast.client("梁会明").post(edit, FORM | seen | {"title": "后改的"})
    assert second.status_code == 422
    assert "刚被别人改过" in second.content.decode()
    assert Ledger.rows().get(pk=made.pk).title == "先改的"


def test_retired_it_is_gone_and_comes_back(cast: Cast) -> None:
    made = make(cast)
    assert cast.client("梁会明").post(reverse("ledger_retire", args=[made.pk])).status_code == 302
    assert page(cast, "梁会明", "ledger", made.pk).status_code == 404
    assert "停用的 1 本" in page(cast, "梁会明", "ledgers").content.decode()
    assert cast.client("王海斌").post(reverse("ledger_take_back", args=[made.pk])).status_code == 404
    assert cast.client("梁会明").post(reverse("ledger_take_back", args=[made.pk])).status_code == 302
    assert page(cast, "梁会明", "ledger", made.pk).status_code == 200


def test_a_long_ledger_says_at_once_that_there_are_more_and_then_how_many(cast: Cast) -> None:
    for number in range(25):
        add(cast, f"又{number:02d}")
    text = page(cast, "梁会明", "ledger", "resident", query="?area=").content.decode()
    assert "50 人以上" in text
    assert page(cast, "梁会明", "ledger_count", "resident").content.decode() == "共 55 人"
    assert page(cast, "王海斌", "ledger_count", "resident").content.decode() == "共 45 人"


def test_each_ledgers_excel_is_one_press_from_the_shelf(cast: Cast) -> None:
    made = make(cast)
    text = page(cast, "梁会明", "ledgers").content.decode()
    for code in (*BUILTIN, str(made.pk)):
        assert f'action="{reverse("ledger_export", args=[code])}"' in text, code


@pytest.mark.parametrize("subject", ["household", "place"])
def test_households_and_places_can_be_listed_too(cast: Cast, subject: str) -> None:
    column = "number" if subject == "household" else "name"
    text = page(cast, "梁会明", "ledger_new", query=f"?subject={subject}").content.decode()
    assert f'value="{subject}"' in text
    form = FORM | {"subject": subject, "column": [column], "order": "home", "f.sex": [], "f.age.from": ""}
    response = cast.client("梁会明").post(reverse("ledger_new"), form)
    assert response.status_code == 302
    count = 15 if subject == "household" else 0
    code = response["Location"].rstrip("/").split("/")[-1]
    assert len(lines_of(export(cast, "梁会明", code))) == count
    assert page(cast, "梁会明", "ledger", code).status_code == 200
