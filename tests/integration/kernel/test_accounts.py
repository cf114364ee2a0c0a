"""Who gets in, by name or phone, and what a grant lets them do from a day to a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.cast import PASSWORD, START, Cast, make_cast
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.models import Post
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import queries
from wuyicun.kernel.accounts.middleware import ScopeMiddleware
from wuyicun.kernel.accounts.models import Account, Grant
from wuyicun.kernel.roles import ROLES, Permission

PHONE = "13812345678"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    yield make_cast()
    cache.clear()


@pytest.fixture
def account(cast: Cast) -> Account:
    """Somebody with a phone number and a post in 西头岭村."""
    made = accounts.create_account(username="杜梅", name="杜梅", password=PASSWORD, phone=PHONE, by=None, at=START)
    with scope.enter(cast.scope()):
        territory.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas["第一微网格"].area_path,
            role="micro_grid_leader",
            holder_name="杜梅",
            account_id=made.pk,
            starts_at=START,
            by=None,
            at=START,
        )
    return made


def log_in(typed: str, password: str = PASSWORD, *, address: str = "10.0.0.1", client: Client | None = None) -> bool:
    """Whether the log-in page lets them in."""
    browser = client or Client()
    browser.post(reverse("account_login"), {"login": typed, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in browser.session


@pytest.mark.parametrize("typed", ["杜梅", " 杜梅 ", PHONE, "138 1234 5678", "+86 138-1234-5678"])
def test_one_logs_in_by_user_name_or_by_phone(account: Account, typed: str) -> None:
    assert log_in(typed)


@pytest.mark.parametrize("typed", ["", "杜", "13812345679", "3812345678", "12345678"])
def test_nobody_else_gets_in(account: Account, typed: str) -> None:
    assert not log_in(typed)


def test_a_wrong_password_does_not_get_in(account: Account) -> None:
    assert not log_in("杜梅", "平安无疫-2023")


def test_an_inactive_account_does_not_get_in_and_is_out_at_once(account: Account) -> None:
    client = Client()
    assert log_in("杜梅", client=client)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert client.get(reverse("today")).status_code == 302
    assert not log_in("杜梅")


def test_the_phone_is_kept_sealed(account: Account) -> None:
    account.refresh_from_db()
    assert account.phone == PHONE
    assert PHONE.encode() not in bytes(account.phone_sealed or b"") + bytes(account.phone_index or b"")


def fail(times: int, *, typed: str = "杜梅", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        assert not log_in(typed, "wrong-password", address=address)


def test_after_five_failures_the_name_is_locked_at_that_address(account: Account) -> None:
    fail(5)
    assert not log_in("杜梅")


def test_after_four_failures_it_is_not(account: Account) -> None:
    fail(4)
    assert log_in("杜梅")


def test_a_whole_office_behind_one_address_is_not_locked_out_by_one_of_it(account: Account) -> None:
    fail(5)
    assert log_in("梁会明")


def test_nobody_is_locked_out_by_a_stranger_elsewhere(account: Account) -> None:
    fail(5, address="192.0.2.7")
    assert log_in("杜梅")


def test_who_is_locked_out_is_told_so_on_a_page(account: Account) -> None:
    fail(5)
    response = Client().post(reverse("account_login"), {"login": "杜梅", "password": PASSWORD}, REMOTE_ADDR="10.0.0.1")
    assert response.status_code == 429
    assert "account/locked.html" in [template.name for template in response.templates]


def test_another_spelling_of_a_number_is_no_new_try(account: Account) -> None:
    for typed in (PHONE, "138-1234-5678", "+86 13812345678", "1 3 8 1 2 3 4 5 6 7 8", "0013812345678"):
        fail(1, typed=typed)
    assert not log_in("138 1234 5678")
    assert log_in("138 1234 5678", address="10.0.0.2")


def permitted(account: Account, permission: Permission, at_days: float = 0) -> bool:
    return queries.scope_of(account, clock.now() + timedelta(days=at_days)).permits(permission)


def test_a_grant_holds_from_its_day(cast: Cast) -> None:
    newcomer = accounts.create_account(username="新人", name="新人", password=PASSWORD, phone=None, by=None, at=START)
    with scope.enter(cast.scope()):
        accounts.give_grant(
            account_id=newcomer.pk,
            role="sampler",
            area_path=cast.village.area_path,
            village_id=cast.village.pk,
            post_id=None,
            starts_at=clock.now() + timedelta(days=1),
            by=None,
            at=clock.now(),
        )
    assert not permitted(newcomer, Permission.SAMPLE)
    assert permitted(newcomer, Permission.SAMPLE, at_days=1.1)


def test_a_post_that_ends_takes_its_grants_along(cast: Cast, account: Account) -> None:
    assert permitted(account, Permission.SAMPLE)
    end = clock.now() + timedelta(days=2)
    with scope.enter(cast.scope()):
        territory.end_post(post=Post.rows().get(account_id=account.pk), ends_at=end, by=None, at=clock.now())
    assert permitted(account, Permission.SAMPLE, at_days=1)
    assert not permitted(account, Permission.SAMPLE, at_days=2.1)


def test_the_moment_at_which_a_grant_ends_is_no_longer_in_it(cast: Cast, account: Account) -> None:
    grant = Grant.objects.get(account=account)
    grant.ends_at = clock.now() + timedelta(hours=1)
    grant.save()
    assert not queries.scope_of(account, grant.ends_at).permits(Permission.SAMPLE)
    assert queries.scope_of(account, grant.ends_at - timedelta(microseconds=1)).permits(Permission.SAMPLE)


def test_without_a_grant_no_village_shows(cast: Cast) -> None:
    found = queries.scope_of(cast.accounts["闲人"], clock.now())
    assert (found.villages, found.held) == ((), ())


def test_a_grant_over_a_county_shows_its_villages(cast: Cast) -> None:
    above = accounts.create_account(username="县", name="县", password=PASSWORD, phone=None, by=None, at=START)
    accounts.give_grant(
        account_id=above.pk,
        role="supervisor",
        area_path=cast.village.area_path[:6],
        village_id=None,
        post_id=None,
        starts_at=START,
        by=None,
        at=START,
    )
    found = queries.scope_of(above, clock.now())
    assert set(found.villages) == {cast.village.pk, cast.neighbour.pk}


def test_a_role_that_is_not_known_any_more_grants_nothing(cast: Cast, account: Account) -> None:
    Grant.objects.filter(account=account).update(role="emperor")
    found = queries.scope_of(account, clock.now())
    assert (found.villages, found.held) == ((), ())


def test_a_grant_of_an_unknown_role_is_not_given(cast: Cast) -> None:
    with pytest.raises(KeyError), scope.enter(cast.scope()):
        accounts.give_grant(
            account_id=cast.accounts["闲人"].pk,
            role="emperor",
            area_path=cast.village.area_path,
            village_id=cast.village.pk,
            post_id=None,
            starts_at=START,
            by=None,
            at=START,
        )


def test_every_role_can_be_held(cast: Cast) -> None:
    for code, role in ROLES.items():
        assert role.code == code
        assert role.permissions <= set(Permission)
        assert str(role.name)


@pytest.mark.parametrize(("status", "kept"), [(200, True), (302, True), (404, False), (409, False), (500, False)])
def test_what_a_request_wrote_is_kept_only_when_its_answer_is_no_refusal(cast: Cast, status: int, kept: bool) -> None:
    """One transaction for each request, in the scope of who asks."""

    def answer(request: HttpRequest) -> HttpResponse:
        assert scope.required().villages == (cast.neighbour.pk,)
        accounts.create_account(username="新人", name="新人", password=PASSWORD, phone=None, by=None, at=START)
        return HttpResponse(status=status)

    request = RequestFactory().get("/")
    request.user, request.session = cast.accounts["外人"], {}  # type: ignore[assignment]
    ScopeMiddleware(answer)(request)
    assert Account.objects.filter(username="新人").exists() is kept


def test_one_looks_at_a_village_of_ones_own_only(cast: Cast) -> None:
    client = cast.client("外人")
    assert client.post(reverse("choose_village", args=[cast.neighbour.pk])).status_code == 302
    assert client.post(reverse("choose_village", args=[cast.village.pk])).status_code == 404


def test_what_concerns_the_account_is_said_in_the_programs_own_words(cast: Cast) -> None:
    client = cast.client("梁会明")
    for name in ("account_logout", "account_change_password", "mfa_index"):
        text = client.get(reverse(name)).content.decode()
        assert "退出登录" in text
        assert "登出" not in text
    new = {"oldpassword": PASSWORD, "password1": "平安无疫-2023", "password2": "平安无疫-2023"}
    changed = client.post(reverse("account_change_password"), new, follow=True)
    assert [str(message) for message in changed.context["messages"]] == ["密码已修改"]
