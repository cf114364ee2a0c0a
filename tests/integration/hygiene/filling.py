"""A row in each table of disinfecting, for the tests of the whole (see tests/architecture/village.py)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.cast import Cast
from tests.sending import Phone
from wuyicun.domains.hygiene import actions
from wuyicun.domains.hygiene.rules import Source
from wuyicun.kernel import clock


def fill(cast: Cast) -> Mapping[str, object]:
    """A point that is owed, and a line of the log."""
    actions.owe(
        village_id=cast.village.pk,
        source=Source.STATION,
        source_id=uuid4(),
        point="大槐树下",
        place_id=None,
        area_path=cast.areas["西头岭"].area_path,
        by=None,
        at=clock.now(),
    )
    phone = Phone(cast)
    line = phone.make(
        "disinfection", done_at=clock.now(), point="公厕", method="spray", agent="含氯消毒液", operator="范医生"
    )
    (outcome,) = phone.send(line)
    assert outcome.outcome == "accepted"
    return {"disinfection_id": line.id}
