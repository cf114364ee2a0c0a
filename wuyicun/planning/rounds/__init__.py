"""The timetable of a testing round: which micro-grid is called to which station, and when."""

from wuyicun.planning.rounds.problem import Block, Problem, Proposal, Slot, Station
from wuyicun.planning.rounds.simple import nearest_in_order
from wuyicun.planning.rounds.solving import solve
from wuyicun.planning.rounds.staffing import Staffing, share, staffing
from wuyicun.planning.rounds.verifying import Fault, verify

__all__ = [
    "Block",
    "Fault",
    "Problem",
    "Proposal",
    "Slot",
    "Staffing",
    "Station",
    "nearest_in_order",
    "share",
    "solve",
    "staffing",
    "verify",
]
