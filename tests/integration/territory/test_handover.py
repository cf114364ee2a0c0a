"""交接: a micro-grid goes from one to another with its rights and its open work; both are told, the history is kept."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from tests.cast import START, Cast
from tests.integration.screening.sending import open_round
from wuyicun.domains.territory import actions, handing
from wuyicun.domains.territory.models import Handover, Post
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.roles import Permission

TOLD = "把第一微网格交接给"


@pytest.fixture
def post(cast: Cast) -> Post:
    """闲人 leads 第一微网格, in which a round is open."""
    with scope.enter(cast.scope()):
        open_round(cast, title="第 1 轮")
        return actions.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas["第一微网格"].area_path,
            role="micro_grid_leader",
            holder_name="闲人",
            account_id=cast.accounts["闲人"].pk,
            starts_at=START,
            by=None,
            at=START,
        )


def hand_over(cast: Cast, post: Post, taker: str = "采样员", **form: str) -> UUID:
    data = {"account": str(cast.accounts[taker].pk), "name": "", "note": "钥匙在潘玉英处", **form}
    response = cast.client("梁会明").post(reverse("post_hand_over", args=[post.pk]), data)
    assert response.status_code == 302, response.content.decode()
    with scope.enter(cast.scope()):
        return Handover.rows().get().pk


def may_edit(cast: Cast, name: str) -> bool:
    found = accounts.scope_of(cast.accounts[name], clock.now())
    return found.permits(Permission.EDIT_PEOPLE, cast.areas["第一微网格"].area_path)


def test_the_rights_change_hands_at_one_moment(cast: Cast, post: Post) -> None:
    assert (may_edit(cast, "闲人"), may_edit(cast, "采样员")) == (True, False)
    hand_over(cast, post)
    assert (may_edit(cast, "闲人"), may_edit(cast, "采样员")) == (False, True)
    with scope.enter(cast.scope()):
        rows = Post.rows().filter(role="micro_grid_leader").order_by("starts_at")
        (first, second) = rows
        assert (first.holder_name, second.holder_name, second.ends_at) == ("闲人", "采样员", None)
        assert first.ends_at == second.starts_at


def test_what_is_open_there_goes_along_and_is_written_down(cast: Cast, post: Post) -> None:
    form = cast.client("梁会明").get(reverse("post_hand_over", args=[post.pk])).content.decode()
    assert "第 1 轮 未采" in form
    handover = hand_over(cast, post)
    with scope.enter(cast.scope()):
        (work,) = Handover.rows().get().open_work
    assert (work["what"], work["about"], work["count"]) == ("missing", "第 1 轮", 12)
    page = cast.client("采样员").get(reverse("handover", args=[handover])).content.decode()
    assert "钥匙在潘玉英处" in page
    assert work["url"].split("?")[0] in page
    assert cast.client("采样员").get(work["url"]).status_code == 200


@pytest.mark.parametrize("name", ["闲人", "采样员"])
def test_both_are_told_on_every_page_until_they_have_seen_it(cast: Cast, post: Post, name: str) -> None:
    handover, client = hand_over(cast, post), cast.client(name)
    assert f"闲人{TOLD}采样员，未办的 12 件一起移交" in client.get(reverse("today")).content.decode()
    assert client.post(reverse("handover_seen", args=[handover])).status_code == 302
    assert TOLD not in client.get(reverse("today")).content.decode()
    other = cast.client({"闲人": "采样员", "采样员": "闲人"}[name])
    assert TOLD in other.get(reverse("today")).content.decode()


def test_who_gave_everything_away_reads_of_it_for_a_week_and_does_nothing(cast: Cast, post: Post) -> None:
    hand_over(cast, post)
    left, later = cast.accounts["闲人"], clock.now() + handing.STILL_READS
    assert set(accounts.scope_of(left, clock.now()).held[0].role.permissions) == {Permission.VIEW_BOARD}
    assert not accounts.scope_of(left, later).villages


def test_nobody_else_is_told_nor_reads_it_but_who_arranges_posts(cast: Cast, post: Post) -> None:
    address = reverse("handover", args=[hand_over(cast, post)])
    assert TOLD not in cast.client("王海斌").get(reverse("today")).content.decode()
    assert cast.client("王海斌").get(address).status_code == 404
    assert cast.client("外人").get(address).status_code == 404
    assert cast.client("梁会明").get(address).status_code == 200


def test_somebody_without_an_account_takes_over_by_name(cast: Cast, post: Post) -> None:
    data = {"account": "other", "name": "潘玉英", "note": ""}
    assert cast.client("梁会明").post(reverse("post_hand_over", args=[post.pk]), data).status_code == 302
    history = cast.client("梁会明").get(reverse("post_history")).content.decode()
    assert "闲人 → 潘玉英" in history


@pytest.mark.parametrize(("account", "name"), [("", ""), ("other", ""), ("采样员", "潘玉英")])
def test_one_person_takes_over(cast: Cast, post: Post, account: str, name: str) -> None:
    chosen = str(cast.accounts[account].pk) if account in cast.accounts else account
    address = reverse("post_hand_over", args=[post.pk])
    page = cast.client("梁会明").post(address, {"account": chosen, "name": name, "note": ""})
    assert "还不能保存" in page.content.decode()
    with scope.enter(cast.scope()):
        assert not Handover.rows().exists()


def test_nobody_takes_over_from_themselves_nor_what_has_ended(cast: Cast, post: Post) -> None:
    with scope.enter(cast.scope()):
        with pytest.raises(handing.SameHolder):
            handing.hand_over(post=post, taker=handing.Taker("闲人"), note="", by=None, at=clock.now())
        handing.hand_over(post=post, taker=handing.Taker("潘玉英"), note="", by=None, at=clock.now())
        with pytest.raises(handing.AlreadyEnded):
            handing.hand_over(post=post, taker=handing.Taker("常明"), note="", by=None, at=clock.now())
