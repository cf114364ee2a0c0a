"""账号: nobody gives or takes what they do not hold; every change is audited; one's own account."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.urls import reverse

from tests.cast import PASSWORD, Cast, make_cast
from tests.integration.territory.hiring import act, appoint, form, hire, is_in, issue, log_in
from wuyicun.domains.territory.models import Post
from wuyicun.kernel import scope
from wuyicun.kernel.accounts.models import Account


def post_form(cast: Cast, role: str, area: str) -> dict[str, str]:
    path = cast.areas[area].area_path
    return {"holder_name": "杜梅", "role": role, "area": path, "unit": "", "username": "dumei", "phone": ""}


def test_a_grid_leader_makes_no_secretary(cast: Cast) -> None:
    hire(cast, "网格长", "grid_leader", "西头岭")
    assert cast.client("网格长").post(reverse("post_add"), post_form(cast, "secretary", "西头岭")).status_code == 404
    assert not Account.objects.filter(username="dumei").exists()


@pytest.mark.parametrize("role", ["secretary", "office", "grid_worker", "doctor"])
def test_an_administrator_gives_nobody_what_they_lack_themselves(cast: Cast, role: str) -> None:
    hire(cast, "管理员", "administrator")
    response = cast.client("管理员").post(reverse("post_add"), post_form(cast, role, "village"))
    assert response.status_code == 200
    assert not Account.objects.filter(username="dumei").exists()
    with scope.enter(cast.scope()):
        assert not Post.rows().filter(holder_name="杜梅").exists()


def test_an_administrator_gives_what_they_hold_and_an_auditor(cast: Cast) -> None:
    hire(cast, "管理员", "administrator")
    for number, role in enumerate(("administrator", "guard", "auditor")):
        sent = {**post_form(cast, role, "village"), "username": f"dumei{number}"}
        cast.client("管理员").post(reverse("post_add"), sent)
        assert Account.objects.filter(username=f"dumei{number}").exists(), role


def test_an_administrator_resets_who_keeps_no_accounts_but_not_the_secretary(cast: Cast) -> None:
    hire(cast, "管理员", "administrator")
    assert act(cast, "reset", "王海斌", by="管理员").status_code == 200
    for what in ("reset", "lock", "second_factor", "end"):
        assert act(cast, what, "梁会明", by="管理员").status_code == 403, what
    assert cast.accounts["梁会明"].check_password(PASSWORD)
    assert act(cast, "reset", "管理员").status_code == 200, "the secretary can"


def test_an_administrator_makes_no_account_for_a_secretarys_post(cast: Cast) -> None:
    hire(cast, "管理员", "administrator")
    post = appoint(cast, "新书记", "secretary")
    assert issue(cast, form(post), by="管理员").status_code == 400
    with scope.enter(cast.scope()):
        assert Post.rows().get(pk=post.pk).account_id is None
    assert issue(cast, form(post)).status_code == 200


def test_a_keeper_of_one_grid_keeps_nobody_elsewhere(cast: Cast) -> None:
    hire(cast, "片区管理员", "administrator", "西头岭")
    client = cast.client("片区管理员")
    names = {member.name for member in client.get(reverse("accounts")).context["members"]}
    assert names == {"王海斌", "片区管理员"}
    assert act(cast, "reset", "钟花", by="片区管理员").status_code == 404
    assert act(cast, "reset", "王海斌", by="片区管理员").status_code == 200
    appoint(cast, "钟花", "sampler", "西头岭", cast.accounts["钟花"])
    assert act(cast, "reset", "钟花", by="片区管理员").status_code == 403, "she works elsewhere, too"


def test_every_change_of_an_account_is_audited_without_a_name_or_number(owner: psycopg.Connection[Any]) -> None:
    cast = make_cast()
    account = cast.accounts["王海斌"]
    for what in ("reset", "lock", "unlock", "second_factor", "end"):
        act(cast, what, "王海斌")
    rows = owner.execute(
        "SELECT action, by, data::text FROM audit_auditrow WHERE subject_id = %s AND by IS NOT NULL ORDER BY id",
        [account.pk],
    ).fetchall()
    verbs = ["reset_password", "lock", "unlock", "reset_second_factor", "end_grant", "end"]
    assert [action for action, _by, _data in rows] == [f"accounts.{verb}" for verb in verbs]
    assert {by for _action, by, _data in rows} == {cast.accounts["梁会明"].pk}
    assert "王海斌" not in str(rows)


# One's own account.


def test_the_person_changes_their_phone_with_their_password(cast: Cast) -> None:
    client = cast.client("王海斌")
    wrong = client.post(reverse("my_phone"), {"phone": "13912345678", "password": "wrong"})
    assert wrong.status_code == 400
    assert client.post(reverse("my_phone"), {"phone": "139 1234 5678", "password": PASSWORD}).status_code == 302
    assert is_in(log_in("13912345678", PASSWORD))
    other = cast.client("钟花").post(reverse("my_phone"), {"phone": "13912345678", "password": PASSWORD})
    assert other.status_code == 400
    assert "已有账号使用" in other.content.decode()


def test_a_changed_password_ends_the_other_sessions(cast: Cast) -> None:
    other, client = log_in("王海斌", PASSWORD), log_in("王海斌", PASSWORD)
    sent = {"oldpassword": PASSWORD, "password1": "河边的柳树-22", "password2": "河边的柳树-22"}
    same = client.post(reverse("account_change_password"), {**sent, "password1": PASSWORD, "password2": PASSWORD})
    assert same.status_code == 200
    assert client.post(reverse("account_change_password"), sent).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)


def test_the_account_page_shows_what_may_be_done(cast: Cast) -> None:
    client = cast.client("梁会明")
    page = client.get(reverse("account_one", args=[cast.accounts["王海斌"].pk])).content.decode()
    assert "重设密码" in page
    mine = client.get(reverse("account_one", args=[cast.accounts["梁会明"].pk])).content.decode()
    assert "结束账号" not in mine
    assert "这是您自己的账号" in mine
