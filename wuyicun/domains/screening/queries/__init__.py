"""What is asked of rounds: their facts, tubes, swabs, re-tests, and what went wrong."""

from wuyicun.domains.screening.queries.of_boxes import boxes
from wuyicun.domains.screening.queries.of_late import Late, late
from wuyicun.domains.screening.queries.of_mistakes import Mistakes, mistakes, mistakes_count
from wuyicun.domains.screening.queries.of_outings import Stop, Walk, last_attempt, outings
from wuyicun.domains.screening.queries.of_pace import Pace, pace
from wuyicun.domains.screening.queries.of_plans import Expected, PlanView, SlotView, expected, plan
from wuyicun.domains.screening.queries.of_proofs import Behind, Printed, Sums, proof, proofs, sums, swabs_behind
from wuyicun.domains.screening.queries.of_retests import Retests, owes_retest, retests, retests_owed
from wuyicun.domains.screening.queries.of_rounds import (
    RoundFacts,
    RoundRow,
    current_round,
    names_of,
    open_rounds,
    reports,
    round_,
    round_facts,
    rounds,
    stations,
)
from wuyicun.domains.screening.queries.of_series import SeriesRow, SeriesView, a_series, running_series, series_of
from wuyicun.domains.screening.queries.of_setups import SetupView, Ticked, setup, setup_items, setups, station
from wuyicun.domains.screening.queries.of_swabs import (
    Swab,
    flagged,
    has_swabs,
    results_of,
    sampled_at,
    swab,
    swabs,
    swabs_by_id,
)
from wuyicun.domains.screening.queries.of_tubes import TubeTotals, TubeView, totals, tube_key, tubes
from wuyicun.domains.screening.queries.of_waiting import Flow, StoppedView, flows, record_of_station, stopped

__all__ = [
    "Behind",
    "Expected",
    "Flow",
    "Late",
    "Mistakes",
    "Pace",
    "PlanView",
    "Printed",
    "Retests",
    "RoundFacts",
    "RoundRow",
    "SeriesRow",
    "SeriesView",
    "SetupView",
    "SlotView",
    "Stop",
    "StoppedView",
    "Sums",
    "Swab",
    "Ticked",
    "TubeTotals",
    "TubeView",
    "Walk",
    "a_series",
    "boxes",
    "current_round",
    "expected",
    "flagged",
    "flows",
    "has_swabs",
    "last_attempt",
    "late",
    "mistakes",
    "mistakes_count",
    "names_of",
    "open_rounds",
    "outings",
    "owes_retest",
    "pace",
    "plan",
    "proof",
    "proofs",
    "record_of_station",
    "reports",
    "results_of",
    "retests",
    "retests_owed",
    "round_",
    "round_facts",
    "rounds",
    "running_series",
    "sampled_at",
    "series_of",
    "setup",
    "setup_items",
    "setups",
    "station",
    "stations",
    "stopped",
    "sums",
    "swab",
    "swabs",
    "swabs_behind",
    "swabs_by_id",
    "totals",
    "tube_key",
    "tubes",
]
