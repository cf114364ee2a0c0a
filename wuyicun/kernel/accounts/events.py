"""What happens to accounts that rooms above react to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class SignedOut:
    """Whatever an account had open has ended: its password was changed, or it was locked or ended."""

    account_id: UUID
    at: datetime
