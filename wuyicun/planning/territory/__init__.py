"""Splitting sections into micro-grids: compact, about fifty households each, with as few moves as possible."""

from wuyicun.planning.territory.problem import (
    Bounds,
    Home,
    MicroGrid,
    Problem,
    Progress,
    Proposal,
    Stop,
    Stopped,
    micro_grids_needed,
)
from wuyicun.planning.territory.solving import solve
from wuyicun.planning.territory.verifying import Fault, verify

__all__ = [
    "Bounds",
    "Fault",
    "Home",
    "MicroGrid",
    "Problem",
    "Progress",
    "Proposal",
    "Stop",
    "Stopped",
    "micro_grids_needed",
    "solve",
    "verify",
]
