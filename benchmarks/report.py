"""The results as a table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = (
    *("per_request", "what", "rate", "ms", "p95", "raw", "ratio", "mb"),
    *("prepared", "of_prepared"),
    *("households", "keep", "micro_grids", "seconds", "gap", "smallest", "largest", "distance", "moves"),
    *("k_means_seconds", "k_means_distance", "k_means_moves"),
    *("homes", "people", "outings", "fewest", "slowest", "walked", "longest", "nearest_walked", "nearest_longest"),
    *("cost", "nearest_cost"),
    *("planted", "unmatched", "wrong_id", "mismatch", "duplicate", "late", "missing"),
    *("stations", "windows", "finish", "bound", "simple_finish", "simple_walked"),
)


def table(name: str, results: Sequence[Mapping[str, Any]]) -> str:
    """Columns under their names, numbers to the right."""
    columns = [column for column in COLUMNS if any(column in result for result in results)]
    rows = [columns, *([_shown(result.get(column, "")) for column in columns] for result in results)]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([name, *lines])


def _shown(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
