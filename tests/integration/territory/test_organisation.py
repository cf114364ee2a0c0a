"""组织与岗位: areas, units, who holds which post, and what that lets their account do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.cast import START, Cast
from wuyicun.domains.territory import actions, queries
from wuyicun.domains.territory.models import Area, Post
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.roles import Permission


def page(cast: Cast) -> str:
    return cast.client("梁会明").get(reverse("organisation")).content.decode()


def appoint(cast: Cast, name: str, *, area: str = "第一微网格", role: str = "micro_grid_leader", **more: Any) -> Post:
    with scope.enter(cast.scope()):
        return actions.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas[area].area_path,
            role=role,
            holder_name=name,
            account_id=more.pop("account_id", None),
            starts_at=START,
            by=None,
            at=START,
            **more,
        )


def test_a_micro_grid_without_a_leader_is_a_vacancy(cast: Cast) -> None:
    assert page(cast).count("微网格：微网格长") == 3
    appoint(cast, "杜梅")
    text = page(cast)
    assert (text.count("微网格：微网格长"), "杜梅" in text) == (2, True)


def test_a_micro_grid_has_one_leader_at_a_time(cast: Cast) -> None:
    appoint(cast, "杜梅")
    with pytest.raises(actions.LeaderAlready) as caught:
        appoint(cast, "常明")
    assert caught.value.data == {"area": "第一微网格", "name": "杜梅"}


def test_that_holds_in_the_database_too(cast: Cast) -> None:
    first = appoint(cast, "杜梅")
    with scope.enter(cast.scope()), pytest.raises(IntegrityError), transaction.atomic():
        Post.rows().create(
            village_id=cast.village.pk,
            area_path=first.area_path,
            role="micro_grid_leader",
            holder_name="常明",
            starts_at=START,
        )


def test_filling_a_post_on_the_page_gives_an_account_and_its_first_password(cast: Cast) -> None:
    client = cast.client("梁会明")
    response = client.post(
        reverse("post_add"),
        {
            "holder_name": "杜梅",
            "role": "micro_grid_leader",
            "area": cast.areas["第一微网格"].area_path,
            "unit": "",
            "username": "dumei",
            "phone": "13812345678",
        },
    )
    assert response.status_code == 200
    account = Account.objects.get(username="dumei")
    found = accounts.scope_of(account, clock.now())
    assert found.permits(Permission.EDIT_PEOPLE, cast.areas["第一微网格"].area_path)
    assert not found.permits(Permission.EDIT_PEOPLE, cast.areas["第二微网格"].area_path)
    (slip,) = response.context["slips"]
    assert account.check_password(slip.password)
    assert slip.password in response.content.decode()


def test_ending_a_post_on_the_page_takes_the_rights_at_once(cast: Cast) -> None:
    account = cast.accounts["钟花"]
    assert accounts.scope_of(account, clock.now()).permits(Permission.SAMPLE)
    with scope.enter(cast.scope()):
        post = Post.rows().get(account_id=account.pk)
    assert cast.client("梁会明").post(reverse("post_end", args=[post.pk])).status_code == 302
    later = clock.now() + timedelta(seconds=1)
    assert not accounts.scope_of(account, later).permits(Permission.SAMPLE)


def test_a_post_of_another_village_is_not_there(cast: Cast) -> None:
    client = cast.client("梁会明")
    assert client.post(reverse("post_end", args=[uuid4()])).status_code == 404


def test_areas_are_numbered_below_their_parent_and_never_anew(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        grid = cast.areas["西头岭"].area_path
        third = actions.add_area(
            village_id=cast.village.pk, parent_path=grid, level=Level.MICRO_GRID, name="第三微网格", by=None, at=START
        )
        assert third.area_path == grid + "03"
        again = actions.add_area(
            village_id=cast.village.pk, parent_path=grid, level=Level.MICRO_GRID, name="第三微网格", by=None, at=START
        )
        assert again.pk == third.pk
        Area.rows().filter(pk=third.pk).update(retired_at=START)
        fourth = actions.add_area(
            village_id=cast.village.pk, parent_path=grid, level=Level.MICRO_GRID, name="第三微网格", by=None, at=START
        )
        assert fourth.area_path == grid + "04"


def test_the_leaves_of_an_area_are_its_micro_grids_and_those_not_placed(cast: Cast) -> None:
    with scope.enter(cast.scope()):
        names = [leaf.name for leaf in queries.leaves(cast.village.pk, cast.village.area_path)]
    assert set(names) == {"第一微网格", "第二微网格", "北头岭微网格", "未入网"}


def test_a_village_is_founded_once(cast: Cast) -> None:
    again = actions.found_village(code=cast.village.area_path, name="别名", by=None, at=START)
    assert (again.pk, again.name) == (cast.village.pk, "西头岭村")


@pytest.mark.parametrize("code", ["", "14032120120", "1403212012051", "14032120120x", "１４０３２１２０１２０５"])
def test_a_villages_code_has_twelve_digits(cast: Cast, code: str) -> None:
    with pytest.raises(actions.NotAVillageCode):
        actions.found_village(code=code, name="x", by=None, at=START)
