"""QR codes as drawings: for a page (`svg`), for a typst template (pass the same `svg` in its data)."""

import segno

QUIET_ZONE = 4
"""White modules around a code that scanners need (ISO/IEC 18004)."""


def matrix(text: str, *, error: str = "m") -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, true is dark, without the quiet zone.

    `error` is the level of correction: l 7 %, m 15 %, q 25 %, h 30 % of the code may be dirty or torn.
    """
    code = segno.make(text, error=error, micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def svg(text: str, *, error: str = "m") -> str:
    """A scalable drawing with its quiet zone, black on white, without size: who shows it says how big."""
    rows = matrix(text, error=error)
    side = len(rows) + 2 * QUIET_ZONE
    bars = "".join(
        f"M{left + QUIET_ZONE} {top + QUIET_ZONE}h{length}v1h-{length}z"
        for top, row in enumerate(rows)
        for left, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{bars}"/></svg>'
    )


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Start and length of each unbroken stretch of dark modules."""
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((column, 1))
    return runs
