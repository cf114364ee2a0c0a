"""The states that a page shows: each is a colour, an icon and a word."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class State:
    """How a state looks.

    Attributes:
        tone: one of done, owed, late, excused (the four colours), or plain.
        icon: a name of `frontend/pages/icons.json`.
        word: what it is called when the page has no better word.
    """

    tone: str
    icon: str
    word: str | Promise


STATES: dict[str, State] = {
    "done": State("done", "circle-check-filled", _("已完成")),
    "owed": State("owed", "hourglass", _("待办")),
    "late": State("late", "alert-triangle-filled", _("超时")),
    "positive": State("late", "alert-octagon-filled", _("阳性")),
    "excused": State("excused", "player-pause-filled", _("暂免")),
    "unreachable": State("owed", "phone-off", _("联系不上")),
    "refused": State("owed", "hand-stop", _("拒绝")),
    "negative": State("done", "circle-check-filled", _("阴性")),
    "plain": State("plain", "info-circle", ""),
}
