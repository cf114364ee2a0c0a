"""The record kinds of a testing round: what their data hold, and what their author must be allowed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.screening import waiting
from wuyicun.domains.screening.rules import PASSED, QUEUE, STOPPED
from wuyicun.domains.screening.taking import apply, recall
from wuyicun.domains.screening.telling import TOLD
from wuyicun.kernel.records.kinds import Kind
from wuyicun.kernel.roles import Permission

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z._/-]*$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Note = Annotated[str, msgspec.Meta(max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Codes = Annotated[list[Code], msgspec.Meta(min_length=1, max_length=500)]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all data of a kind have in common."""


class TubeOpen(_Data, frozen=True):
    """A tube is opened at a station by a device, which owns it from then on."""

    round: UUID
    station: UUID
    tube: Code
    pool: Annotated[int, msgspec.Meta(ge=1, le=100)]


class Sample(_Data, frozen=True):
    """A swab of a person (or of whom a card names) into a tube."""

    round: UUID
    station: UUID
    tube: Code
    person: UUID | None = None
    card: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    retest: bool = False


class TubeClose(_Data, frozen=True):
    """A tube is sealed with so many swabs; fewer than its pool need a reason."""

    round: UUID
    tube: Code
    count: Count
    reason: Literal["no_more_people", "end_of_session", "household_tube", "damaged", "single"] | None = None


class TubeEnd(_Data, frozen=True):
    """A tube is void or lost; its people owe again."""

    round: UUID
    tube: Code
    state: Literal["void", "lost"]
    reason: Note = ""


class TubeBox(_Data, frozen=True):
    """Tubes are put into a box; who packs it counts them. A tube is in the box that was said last."""

    round: UUID
    box: Code
    tubes: Codes
    counted: Count


# What a finger drew, stroke by stroke: x and y in turn, in a field that is 1000 wide and 400 high.
Strokes = Annotated[
    list[Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=1000)]], msgspec.Meta(min_length=2, max_length=600)]],
    msgspec.Meta(min_length=1, max_length=60),
]


class TubeHandover(_Data, frozen=True):
    """Tubes leave with a runner; two people sign, on the screen or on the printed slip."""

    round: UUID
    tubes: Codes
    counted: Count
    giver: Name
    receiver: Name
    giver_signature: Strokes | None = None
    receiver_signature: Strokes | None = None

    def __post_init__(self) -> None:
        if self.giver.strip() == self.receiver.strip():
            raise ValueError("giver and receiver are the same person")


class TubeReceipt(_Data, frozen=True):
    """Tubes arrive at the laboratory."""

    round: UUID
    tubes: Codes
    counted: Count
    laboratory: Name


class TubeResult(_Data, frozen=True):
    """The laboratory's result of a tube."""

    round: UUID
    tube: Code
    result: Literal["negative", "positive", "invalid"]


class DoorOutcome(_Data, frozen=True):
    """What happened at the door when nobody was sampled."""

    round: UUID
    person: UUID
    outcome: Literal["unreachable", "refused"]
    reason: Literal[
        "nobody_home", "phone_off", "moved", "away_unconfirmed", "refused_no_reason", "refused_ill", "refused_other"
    ]
    note: Note = ""


class Excuse(_Data, frozen=True):
    """Somebody is excused for a reason, until a time."""

    round: UUID
    person: UUID
    reason: Literal["away", "left", "isolated", "vaccinated", "ill", "infant", "died", "other"]
    until: datetime
    note: Note = ""


class WaitingPassed(_Data, frozen=True):
    """So many were let in at the entrance of a station: code seen, temperature taken, mask on."""

    round: UUID
    station: UUID
    people: Annotated[int, msgspec.Meta(ge=1, le=200)]


class WaitingStopped(_Data, frozen=True):
    """Somebody was not let in; who is not on the roster is named."""

    round: UUID
    station: UUID
    found: Literal["fever", "yellow_code", "red_code", "other"]
    sent: Literal["isolation", "doctor", "hospital", "home", "alone"]
    person: UUID | None = None
    name: Annotated[str, msgspec.Meta(max_length=64)] = ""
    temperature: Annotated[float, msgspec.Meta(ge=30, le=45)] | None = None
    note: Note = ""

    def __post_init__(self) -> None:
        if self.person is None and not self.name.strip():
            raise ValueError("who was stopped is not said")


class StationQueue(_Data, frozen=True):
    """So many queue at a station."""

    round: UUID
    station: UUID
    people: Annotated[int, msgspec.Meta(ge=0, le=5000)]


_taken = partial(Kind, apply=apply, told=TOLD, takes_turns=True, takes_back=True)

KINDS = (
    _taken("tube.open", TubeOpen, Permission.SAMPLE, title=_("开管")),
    _taken("sample", Sample, Permission.SAMPLE, title=_("采样"), recall=recall),
    _taken("tube.close", TubeClose, Permission.SAMPLE, title=_("封管")),
    _taken("tube.end", TubeEnd, Permission.CARRY_TUBES, title=_("试管作废或遗失")),
    _taken("tube.box", TubeBox, Permission.CARRY_TUBES, title=_("装箱")),
    _taken("tube.handover", TubeHandover, Permission.CARRY_TUBES, title=_("转运交接")),
    _taken("tube.receipt", TubeReceipt, Permission.CARRY_TUBES, title=_("实验室接收")),
    _taken("tube.result", TubeResult, Permission.ENTER_RESULTS, title=_("登记结果"), alone=True),
    _taken("outcome", DoorOutcome, Permission.SAMPLE, title=_("上门未采到"), alone=True),
    _taken("excuse", Excuse, Permission.EXCUSE, title=_("暂免"), alone=True),
    Kind(PASSED, WaitingPassed, Permission.SAMPLE, waiting.apply, _("等候区放行"), TOLD, takes_back=True),
    Kind(STOPPED, WaitingStopped, Permission.SAMPLE, waiting.apply, _("等候区拦下"), TOLD, takes_back=True),
    Kind(QUEUE, StationQueue, Permission.SAMPLE, waiting.apply, _("排队人数"), TOLD, takes_back=True),
)
