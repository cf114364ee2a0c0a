"""账号: out of posts, with a slip each."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast
from tests.integration.territory.hiring import appoint, form, hire, is_in, issue, log_in, slip_of
from wuyicun.domains.territory import slips
from wuyicun.domains.territory.models import Post
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts.models import Account, Grant
from wuyicun.kernel.documents import pdf

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
