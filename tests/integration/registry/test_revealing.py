"""A clear number stands in no page; it is shown with a reason, and that is seen."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.forms import get, say
from tests.integration.registry.people import add, house_of, id_number
from wuyicun.domains.registry.rules import Group
from wuyicun.kernel.audit.models import AuditRow


def test_no_clear_number_stands_in_any_page(cast: Cast) -> None:
    person = add(cast, "有号", id_number=id_number(1), phone="13912345678", groups=(Group.HOME_VISIT,))
    home = house_of(cast, "甲01").pk
    urls = [
        reverse("people"), f"{reverse('people')}?by=name", reverse("household", args=[home]),
        f"{reverse('household', args=[home])}?stay={person.pk}", f"{reverse('find')}?q=有号",
        reverse("ledger", args=["home-visit"]), reverse("person", args=[person.pk]),
        *(f"{reverse('person', args=[person.pk])}?edit={name}" for name in ("identity", "contact", "living", "stay")),
    ]  # fmt: skip
    for url in urls:
        page = get(cast, "梁会明", url)
        assert "有号" in page, url
        assert "13912345678" not in page, url
        assert id_number(1) not in page, url


def test_a_number_is_shown_with_a_reason_which_the_family_will_see(cast: Cast) -> None:
    person = add(cast, "有号", phone="13912345678")
    url = reverse("reveal", args=[person.pk, "phone"])
    response = say(cast, "王海斌", url, reason="call")
    assert "13912345678" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    row = AuditRow.objects.get(action="registry.reveal")
    assert (row.by, row.subject_id, row.data) == (
        cast.accounts["王海斌"].pk,
        person.pk,
        {"number": "phone", "reason": "call"},
    )
    page = get(cast, "王海斌", reverse("person", args=[person.pk]))
    assert "查看了" in page
    assert "打电话联系本人" in page


@pytest.mark.parametrize("reason", ["", "好奇"])
def test_without_a_reason_nothing_is_shown(cast: Cast, reason: str) -> None:
    person = add(cast, "有号", phone="13912345678")
    response = say(cast, "王海斌", reverse("reveal", args=[person.pk, "phone"]), reason=reason)
    assert "13912345678" not in response.content.decode()
    assert not AuditRow.objects.filter(action="registry.reveal").exists()


def test_who_may_not_see_numbers_cannot(cast: Cast) -> None:
    url = reverse("reveal", args=[cast.people["甲01"].pk, "phone"])
    assert say(cast, "采样员", url, reason="call").status_code == 404
    assert say(cast, "钟花", url, reason="call").status_code == 404
