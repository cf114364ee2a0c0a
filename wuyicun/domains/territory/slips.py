"""First-log-in slips: on the screen once, and on paper from what the screen sends back. Nothing of them is kept here.

The page carries its slips sealed, so that the paper shows what was issued and nothing else, for as long as somebody
needs to print.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.crypto import Unreadable, seal, unseal
from wuyicun.kernel.errors import Refusal

PURPOSE = "territory.slips"
PRINTED_WITHIN = timedelta(minutes=30)


class SlipsOver(Refusal):
    """The page with the slips was left open too long, or is somebody else's."""

    code = "slips_over"
    status = 400
    words = _("纸条只能在发出后半小时内打印。请重设密码，再打印新的。")


class Slip(msgspec.Struct, frozen=True):
    """What somebody needs for their first log-in; `tasks` are their posts in words."""

    name: str
    username: str
    password: str
    until: datetime
    tasks: list[str]


class _Page(msgspec.Struct):
    by: UUID
    at: datetime
    slips: list[Slip]


def pack(slips: Sequence[Slip], *, by: UUID, at: datetime) -> str:
    """The slips, for a hidden field of the page that shows them."""
    page = msgspec.json.encode(_Page(by, at, list(slips))).decode()
    return base64.b64encode(seal(page, PURPOSE)).decode()


def unpack(text: str, *, by: UUID, at: datetime) -> Sequence[Slip]:
    """What `pack` made for the same person a little while ago.

    Raises:
        SlipsOver.
    """
    try:
        page = msgspec.json.decode(unseal(base64.b64decode(text, validate=True), PURPOSE), type=_Page)
    except (ValueError, Unreadable, msgspec.DecodeError) as error:
        raise SlipsOver from error
    if page.by != by or not timedelta(0) <= at - page.at <= PRINTED_WITHIN:
        raise SlipsOver
    return page.slips
