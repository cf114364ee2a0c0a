"""账号: reset, locked and ended by who may."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.cast import PASSWORD, Cast
from tests.integration.territory.hiring import act, is_in, log_in, slip_of
from wuyicun.domains.territory.models import Post
from wuyicun.fieldsync import tokens
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import queries


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
