"""账号: out of posts, with a slip each; kept by who may, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, START, Cast, make_cast
from wuyicun.domains.territory import actions, slips
from wuyicun.domains.territory.models import Post
from wuyicun.fieldsync import tokens
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import queries
from wuyicun.kernel.accounts.models import Account, Grant
from wuyicun.kernel.documents import pdf


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    yield make_cast()
    cache.clear()


def appoint(cast: Cast, name: str, role: str, area: str = "village", account: Account | None = None) -> Post:
    with scope.enter(cast.scope()):
        return actions.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas[area].area_path,
            role=role,
            holder_name=name,
            account_id=account.pk if account is not None else None,
            starts_at=START,
            by=None,
            at=START,
        )


def hire(cast: Cast, name: str, role: str, area: str = "village") -> Account:
    """Somebody with an account and a post."""
    made = accounts.create_account(username=name, name=name, password=PASSWORD, phone=None, by=None, at=START)
    appoint(cast, name, role, area, made)
    cast.accounts[name] = made
    return made


def form(*posts: Post, **more: str) -> dict[str, object]:
    """The form with one person's posts ticked."""
    key = str(posts[0].pk)
    return {
        f"who-{key}": "on",
        f"post-{key}": [str(post.pk) for post in posts],
        f"username-{key}": more.get("username", "dumei"),
        f"phone-{key}": more.get("phone", ""),
        f"account-{key}": more.get("account", ""),
    }


def issue(cast: Cast, sent: dict[str, object], by: str = "梁会明") -> HttpResponse:
    return cast.client(by).post(reverse("accounts_new"), sent)


def slip_of(response: HttpResponse) -> slips.Slip:
    (slip,) = response.context["slips"]
    return slip


def log_in(username: str, password: str) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    """Does the session hold an account that still opens pages?"""
    return client.get(reverse("my_account")).status_code == 200


# Making accounts.


def test_who_holds_a_post_without_an_account_gets_one_with_a_proposed_name(cast: Cast) -> None:
    appoint(cast, "杜梅", "micro_grid_leader", "第一微网格")
    page = cast.client("梁会明").get(reverse("accounts_new")).content.decode()
    assert 'value="dumei"' in page
    assert "有 1 个岗位还没有账号" in cast.client("梁会明").get(reverse("accounts")).content.decode()


def test_one_account_for_all_posts_of_a_person_and_its_slip(cast: Cast) -> None:
    posts = (appoint(cast, "杜梅", "micro_grid_leader", "第一微网格"), appoint(cast, "杜梅", "sampler"))
    page = cast.client("梁会明").get(reverse("accounts_new")).context["rows"]
    response = issue(
        cast, form(*sorted(posts, key=lambda post: str(page[0].key) != str(post.pk)), phone="138-1234-5678")
    )
    slip = slip_of(response)
    account = Account.objects.get(username="dumei")
    assert account.check_password(slip.password)
    assert account.phone == "13812345678"
    assert {grant.role for grant in Grant.objects.filter(account=account)} == {"micro_grid_leader", "sampler"}
    assert {grant.post_id for grant in Grant.objects.filter(account=account)} == {post.pk for post in posts}
    assert sorted(slip.tasks) == ["第一微网格 · 微网格长", "西头岭村 · 采样员"]
    assert response["Cache-Control"] == "no-store, private"


def test_all_at_once_or_only_the_one_whose_button_was_pressed(cast: Cast) -> None:
    first, second = appoint(cast, "杜梅", "sampler"), appoint(cast, "常明", "tube_runner")
    both = {**form(first), **form(second, username="changming")}
    response = issue(cast, {**both, "only": str(second.pk)})
    assert slip_of(response).username == "changming"
    assert not Account.objects.filter(username="dumei").exists()
    response = issue(cast, form(first))
    assert slip_of(response).username == "dumei"


def test_a_post_that_is_not_theirs_is_left_out(cast: Cast) -> None:
    posts = sorted((appoint(cast, "杜梅", "sampler"), appoint(cast, "杜梅", "tube_runner")), key=lambda post: post.role)
    sent = form(*posts)
    sent[f"post-{posts[0].pk}"] = [str(posts[1].pk)]
    issue(cast, sent)
    account = Account.objects.get(username="dumei")
    assert [grant.role for grant in Grant.objects.filter(account=account)] == ["tube_runner"]
    with scope.enter(cast.scope()):
        assert Post.rows().get(pk=posts[0].pk).account_id is None


def test_a_post_may_go_to_the_account_that_its_holder_has(cast: Cast) -> None:
    post = appoint(cast, "采样员", "tube_runner")
    account = cast.accounts["采样员"]
    response = issue(cast, form(post, account=str(account.pk)))
    assert response.status_code == 302
    assert {grant.role for grant in Grant.objects.filter(account=account)} == {"sampler", "tube_runner"}
    assert account.check_password(PASSWORD)


def test_ones_own_account_gets_only_what_one_could_give_to_anybody(cast: Cast) -> None:
    secretary = cast.accounts["梁会明"]
    assert issue(cast, form(appoint(cast, "梁会明", "office"), account=str(secretary.pk))).status_code == 302
    assert {grant.role for grant in Grant.objects.filter(account=secretary)} == {"secretary", "office"}
    keeper = hire(cast, "管理员", "administrator")
    post = appoint(cast, "管理员", "office")
    assert issue(cast, form(post, account=str(keeper.pk)), by="管理员").status_code == 403
    assert {grant.role for grant in Grant.objects.filter(account=keeper)} == {"administrator"}


@pytest.mark.parametrize(
    ("username", "phone"),
    [("王海斌", ""), ("a b", ""), ("", ""), ("dumei", "12345")],
    ids=["taken", "space", "none", "phone"],
)
def test_a_faulty_row_makes_nothing_of_all(cast: Cast, username: str, phone: str) -> None:
    good, bad = appoint(cast, "常明", "tube_runner"), appoint(cast, "杜梅", "sampler")
    before = Account.objects.count()
    response = issue(cast, {**form(good, username="changming"), **form(bad, username=username, phone=phone)})
    assert response.status_code in (400, 409)
    assert Account.objects.count() == before
    assert response.context["rows"][[row.candidate.name for row in response.context["rows"]].index("杜梅")].error


def test_two_rows_with_one_user_name_make_nothing(cast: Cast) -> None:
    first, second = appoint(cast, "杜梅", "sampler"), appoint(cast, "常明", "tube_runner")
    assert issue(cast, {**form(first), **form(second)}).status_code == 400


# Slips.


@pytest.fixture
def slip(cast: Cast) -> slips.Slip:
    return slip_of(issue(cast, form(appoint(cast, "杜梅", "grid_worker", "西头岭"))))


def test_a_slip_is_printed_from_what_the_page_holds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_typeset", msgspec.json.encode)
    client = cast.client("梁会明")
    response = client.post(reverse("accounts_new"), form(appoint(cast, "杜梅", "sampler")))
    packed, slip = response.context["packed"], slip_of(response)
    assert slip.password not in packed
    printed = client.post(reverse("account_slips"), {"slips": packed})
    assert (printed.status_code, printed["Cache-Control"]) == (200, "no-store")
    text = printed.content.decode()
    assert slip.password in text
    assert "http://testserver/account/login/" in text


def test_a_slip_is_printed_by_who_made_it_and_soon(cast: Cast) -> None:
    by, at = cast.accounts["梁会明"].pk, clock.now()
    packed = slips.pack([], by=by, at=at)
    assert list(slips.unpack(packed, by=by, at=at + timedelta(minutes=29))) == []
    for other, later in ((uuid4(), at), (by, at + timedelta(minutes=31)), (by, at - timedelta(minutes=1))):
        with pytest.raises(slips.SlipsOver):
            slips.unpack(packed, by=other, at=later)
    for forged in ("", "AAAA", packed[:-8] + "AAAAAAA="):
        with pytest.raises(slips.SlipsOver):
            slips.unpack(forged, by=by, at=at)


def test_the_address_on_a_slip_is_the_one_that_the_settings_say(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WUYI_ADDRESS", "https://village.example")
    response = issue(cast, form(appoint(cast, "杜梅", "sampler")))
    assert response.context["address"] == "https://village.example/account/login/"


def test_no_table_keeps_a_first_password(cast: Cast, slip: slips.Slip) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if cursor.fetchone() == (True,):
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{slip.password}%"])
                found += [table] if cursor.fetchone() != (0,) else []
    assert found == []


# The first log-in.


def test_the_first_log_in_leads_to_a_password_of_ones_own_and_nowhere_else(cast: Cast, slip: slips.Slip) -> None:
    client = log_in(slip.username, slip.password)
    for path in (reverse("today"), reverse("my_account"), reverse("people"), reverse("account_change_password")):
        assert client.get(path)["Location"] == reverse("first_password"), path
    answer = client.post(reverse("field_session"), "{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (401, {"code": "first_password"})
    refused = client.post(reverse("first_password"), {"password": slip.password, "again": slip.password})
    assert refused.status_code == 400
    chosen = {"password": "河边的柳树-22", "again": "河边的柳树-22"}
    assert client.post(reverse("first_password"), chosen)["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200
    assert not is_in(log_in(slip.username, slip.password))
    assert is_in(log_in(slip.username, "河边的柳树-22"))


def test_a_slip_that_nobody_used_for_two_weeks_opens_nothing(cast: Cast, slip: slips.Slip) -> None:
    Account.objects.filter(username=slip.username).update(first_password_until=clock.now() - timedelta(seconds=1))
    client = Client()
    response = client.post(reverse("account_login"), {"login": slip.username, "password": slip.password})
    assert response.status_code == 403
    assert "_auth_user_id" not in client.session
    wrong = Client().post(reverse("account_login"), {"login": slip.username, "password": "wrong"})
    assert wrong.status_code == 200, "only who has the password is told"


# Keeping accounts.


def act(cast: Cast, what: str, name: str, by: str = "梁会明") -> HttpResponse:
    return cast.client(by).post(reverse(f"account_{what}", args=[cast.accounts[name].pk]))


def test_a_reset_ends_every_session_and_phone_and_prints_a_slip(cast: Cast) -> None:
    account = cast.accounts["王海斌"]
    open_session = log_in("王海斌", PASSWORD)
    assert is_in(open_session)
    token = tokens.make_token(
        account=account, device=uuid4(), scope=queries.scope_of(account, clock.now()), at=clock.now()
    )
    slip = slip_of(act(cast, "reset", "王海斌"))
    assert not is_in(open_session)
    tokens._known.clear()
    assert tokens.sender(token, clock.now()) is None
    account.refresh_from_db()
    assert account.check_password(slip.password)
    assert not account.check_password(PASSWORD)


def test_a_lock_lets_nobody_in_until_it_is_taken_back(cast: Cast) -> None:
    open_session = log_in("王海斌", PASSWORD)
    assert act(cast, "lock", "王海斌").status_code == 302
    assert not is_in(open_session)
    assert not is_in(log_in("王海斌", PASSWORD))
    assert act(cast, "unlock", "王海斌").status_code == 302
    assert is_in(log_in("王海斌", PASSWORD))


def test_to_end_an_account_ends_its_posts_and_frees_its_phone(cast: Cast) -> None:
    account = cast.accounts["王海斌"]
    account.set_phone("13812345678")
    account.save()
    assert act(cast, "end", "王海斌").status_code == 302
    account.refresh_from_db()
    assert (account.is_active, account.phone, account.ended_at is None) == (False, None, False)
    later = clock.now() + timedelta(seconds=1)
    assert queries.grants_in_force(account.pk, later) == []
    for what in ("reset", "lock", "unlock", "end"):
        assert act(cast, what, "王海斌").status_code == 409, what
    assert not accounts.is_taken(username="new", phone="13812345678")


@pytest.mark.parametrize("what", ["reset", "lock", "second_factor", "end"])
def test_nobody_changes_their_own_account_here(cast: Cast, what: str) -> None:
    assert act(cast, what, "梁会明").status_code == 409


def test_who_keeps_the_accounts_does_not_end_their_own_post(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        post = Post.rows().get(account_id=cast.accounts["梁会明"].pk)
    assert cast.client("梁会明").post(reverse("post_end", args=[post.pk])).status_code == 409


@pytest.mark.parametrize("name", ["王海斌", "范医生", "办公室", "审计员"])
def test_who_keeps_no_accounts_finds_no_such_page(cast: Cast, name: str) -> None:
    client = cast.client(name)
    assert client.get(reverse("accounts")).status_code == 404
    assert client.get(reverse("accounts_new")).status_code == 404
    assert act(cast, "reset", "采样员", by=name).status_code == 404
    assert act(cast, "second_factor", "采样员", by=name).status_code == 404


# Nobody gives, or takes, what they do not hold.


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
