"""A row in each table of the laboratory, for the tests of the whole (see tests/architecture/village.py)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cast import Cast
from wuyicun.domains.laboratory import actions, deliveries, stepping, tokens
from wuyicun.domains.laboratory.models import Layout, Line, Token
from wuyicun.domains.laboratory.parsing import Said
from wuyicun.domains.laboratory.rules import Source, Step
from wuyicun.domains.screening import queries as screening
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7


def fill(cast: Cast) -> Mapping[str, object]:
    """A delivery for the round of 西头岭 with two tubes that nobody knows, one of them decided; a token."""
    at, doctor = clock.now(), cast.accounts["范医生"].pk
    round_ = next(each for each in screening.open_rounds(cast.village.pk) if each.title == "第 1 轮")
    said = [Said(place, f"Z-{place}", "negative", None, "", None, "", "") for place in (1, 2)]
    delivery = deliveries.take_in_said(
        village=cast.village,
        round_id=round_.pk,
        source=Source.SCAN,
        laboratory="县医院",
        said=said,
        by=doctor,
        at=at,
        delivery_id=uuid7(),
    )
    stepping.begin(village=cast.village, delivery=delivery, step=Step.ENTER, by=doctor, at=at)
    lines = list(Line.rows().filter(delivery=delivery).order_by("number"))
    decision = uuid7()
    actions.close(line=lines[1], reason="other", by=doctor, decision=decision, at=at)
    Layout.rows().create(village_id=cast.village.pk, signature="a layout", columns={}, updated_at=at)
    tokens.make(account_id=cast.accounts["梁会明"].pk, name="县医院", days=1, at=at)
    token = Token.objects.get(account_id=cast.accounts["梁会明"].pk)
    return {
        "delivery_id": delivery.pk,
        "line_id": lines[0].pk,
        "decision_id": decision,
        "cause": "unmatched",
        "laboratory_token_id": token.pk,
    }
