"""Routes for visits at home: outings of enough people, one for each team, each in the order in which it is walked."""

from wuyicun.planning.routes.nearest import nearest_first
from wuyicun.planning.routes.problem import Home, Outing, Problem, Proposal
from wuyicun.planning.routes.solving import solve
from wuyicun.planning.routes.verifying import Fault, verify

__all__ = ["Fault", "Home", "Outing", "Problem", "Proposal", "nearest_first", "solve", "verify"]
