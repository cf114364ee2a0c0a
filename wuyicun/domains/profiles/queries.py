"""Which profile holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from wuyicun.domains.profiles.models import Profile
from wuyicun.domains.profiles.rules import Parameters

DEFAULT = "covid19"


@dataclass(frozen=True)
class InForce:
    """A profile's version with its parameters."""

    code: str
    name: str
    effective_from: date
    parameters: Parameters

    @property
    def version(self) -> str:
        return f"{self.code} {self.effective_from}"


def shipped(code: str = DEFAULT, effective_from: date = date(2022, 11, 11)) -> InForce:
    """The version of that day. Raises Profile.DoesNotExist."""
    row = Profile.objects.get(code=code, effective_from=effective_from)
    return InForce(row.code, row.name, row.effective_from, msgspec.convert(row.parameters, Parameters))
