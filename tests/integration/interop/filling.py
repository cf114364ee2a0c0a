"""A row in each table of this room."""

from __future__ import annotations

from tests.cast import Cast
from wuyicun.interop import readings, tokens
from wuyicun.kernel import clock


def fill(cast: Cast) -> dict[str, object]:
    """A token of the secretary's, and what was read with it."""
    account, at = cast.accounts["梁会明"].pk, clock.now()
    token = tokens.make(account_id=account, name="乡镇平台", days=30, by=account, at=at)
    reader = tokens.reader(token, at)
    assert reader is not None
    readings.log(reader=reader, village=cast.village, what="people", area_path="", rows=30, reason="", at=at)
    return {"token_id": reader.token_id}
