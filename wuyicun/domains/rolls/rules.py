"""The states of an entry and what follows from them (docs/decisions/0003). Pure."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec


class State(IntEnum):
    """The one state of an entry; kept as a number, travels as `code`."""

    OWED = 0
    DONE = 1
    EXCUSED = 2
    UNREACHABLE = 3
    REFUSED = 4

    @property
    def code(self) -> str:
        """As it is called on the phone and in the API."""
        return self.name.lower()


class SubjectKind(StrEnum):
    """What the subjects of a roll are; the letter is that of their cards."""

    PERSON = "P"
    HOUSEHOLD = "H"
    PLACE = "L"


class RollState(StrEnum):
    """The state of a roll."""

    OPEN = "open"
    CLOSED = "closed"
    AMENDED = "amended"
    CANCELLED = "cancelled"


class Statement(StrEnum):
    """What can be said of an entry that nobody settles; the number it leads to is `STATE_OF`."""

    EXCUSE = "excuse"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


STATE_OF = {Statement.EXCUSE: State.EXCUSED, Statement.UNREACHABLE: State.UNREACHABLE, Statement.REFUSED: State.REFUSED}


class Counts(msgspec.Struct, frozen=True):
    """Entries by state, of a leaf or a sum of leaves; `opening` is who owed or was excused when the roll opened."""

    opening: int = 0
    owed: int = 0
    done: int = 0
    excused: int = 0
    unreachable: int = 0
    refused: int = 0

    @property
    def current(self) -> int:
        """All entries now, the excused included."""
        return self.owed + self.done + self.excused + self.unreachable + self.refused

    @property
    def due(self) -> int:
        """Who counts for coverage: all but the excused."""
        return self.owed + self.done + self.unreachable + self.refused

    @property
    def missing(self) -> int:
        """未采 on a screen: owed, unreachable and refused."""
        return self.owed + self.unreachable + self.refused

    @property
    def coverage(self) -> float:
        """done / (owed + done + unreachable + refused), from 0 to 1; 1 when nobody is due."""
        return self.done / self.due if self.due else 1.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.opening + other.opening,
            self.owed + other.owed,
            self.done + other.done,
            self.excused + other.excused,
            self.unreachable + other.unreachable,
            self.refused + other.refused,
        )
