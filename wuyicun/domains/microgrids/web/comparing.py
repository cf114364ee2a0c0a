"""A proposal beside today's micro-grids: both maps, the sizes, and who would move from where to where, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wuyicun.domains.microgrids import queries
from wuyicun.domains.microgrids.models import Rebalancing
from wuyicun.domains.microgrids.proposing import BOUNDS, Found, Move
from wuyicun.domains.microgrids.queries import Spot
from wuyicun.domains.microgrids.rules import Stage, letter
from wuyicun.domains.microgrids.web.drawing import draw
from wuyicun.domains.microgrids.words import REASON
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.neighbourhood import Dwelling
from wuyicun.domains.territory import queries as territory

SHOWN_DOTS = 3_000
"""With more households only outlines and letters are drawn."""
TICKED_SINGLY = 500
"""So many moves are ticked household by household; more of them stream by stream."""
TICKED_STREAMS = 900
"""A form carries no more fields than a thousand: with more streams a proposal is applied as a whole."""
SHOWN_STREAMS = 300
"""Of those so many are listed, the largest."""


@dataclass(frozen=True)
class MoveRow:
    """A household that would move."""

    home: Dwelling
    why: str


@dataclass(frozen=True)
class Stream:
    """Households that would go from one micro-grid to another."""

    key: str
    start_letter: str
    start: str
    end_letter: str
    end: str
    rows: Sequence[MoveRow]

    @property
    def why(self) -> str:
        """Each reason once."""
        return _("；").join(dict.fromkeys(row.why for row in self.rows))


def comparison(row: Rebalancing, found: Found, opened: str) -> dict[str, object]:
    """What the page of a proposal shows of it.

    Args:
        opened: the key of a stream whose households are listed too.
    """
    homes = {home.id: home for home in neighbourhood.dwellings(row.village_id)}
    names = territory.names(row.village_id)
    letters = _letters(found)
    return {
        "found": found,
        "answer": _answer(row, found),
        "gap": _gap(found),
        "shorter": _shorter(found),
        "today_largest": max(found.sizes_today.values(), default=0),
        **_maps(found, letters, names, queries.spots(row.village_id, list(homes.values()))),
        "with_dots": len(homes) <= SHOWN_DOTS,
        "sizes": _sizes(found, letters, names),
        **_listed(_streams(found, letters, names, homes), len(found.moves)),
        "opened": opened,
        "limit": BOUNDS.largest,
    }


def _maps(
    found: Found, letters: Mapping[str | int, str], names: Mapping[str, str], spots: Mapping[UUID, Spot]
) -> dict[str, object]:
    """Today's micro-grids and the proposed ones, the households that would move marked on both."""
    start_of = {move.home: move.start for move in found.moves}
    today: dict[str, list[UUID]] = {path: [] for path in found.sizes_today}
    for grid in found.grids:
        for home in grid.homes:
            today.setdefault(start_of.get(home, grid.was), []).append(home)
    ends = sorted(range(len(found.grids)), key=lambda each: _order(letters[each]))
    before = [(letters[path], names.get(path, ""), today[path]) for path in today if path in letters]
    after = [(letters[each], found.grids[each].name, found.grids[each].homes) for each in ends]
    return {"before": draw(before, spots, set(start_of)), "after": draw(after, spots, set(start_of))}


def _listed(streams: list[Stream], moves: int) -> dict[str, object]:
    """How the moves are ticked: `home` by home, `stream` by stream, or, when these are too many, not at all."""
    ticked = "home" if moves <= TICKED_SINGLY else "stream" if len(streams) <= TICKED_STREAMS else ""
    shown = streams if ticked else sorted(streams, key=lambda each: -len(each.rows))[:SHOWN_STREAMS]
    return {"streams": shown, "ticked": ticked, "unlisted": len(streams) - len(shown)}


def _letters(found: Found) -> Mapping[str | int, str]:
    """What today's and the proposed micro-grids are called on the map: those carried on keep their letter."""
    letters: dict[str | int, str] = {path: letter(place) for place, path in enumerate(found.sizes_today)}
    following = len(letters)
    for number, grid in enumerate(found.grids):
        if grid.was in letters:
            letters[number] = letters[grid.was]
        else:
            letters[number] = letter(following)
            following += 1
    return letters


def _order(name: str) -> tuple[int, str]:
    return len(name), name


def _answer(row: Rebalancing, found: Found) -> str:
    if row.state == Stage.APPLIED:
        number = len((row.applied or {}).get("moved", ()))
        return ngettext("已采用，移动了 %(number)s 户", "已采用，移动了 %(number)s 户", number) % {"number": number}
    if row.state == Stage.UNDONE:
        return _("已撤销，各户回到原来的微网格")
    if not found.moves:
        return _("现在的划分已经合适，不用移动")
    values = {"moves": len(found.moves), "grids": len(found.grids), "largest": found.largest}
    return _("移动 %(moves)s 户，分成 %(grids)s 个微网格，最大 %(largest)s 户") % values


def _gap(found: Found) -> str:
    if found.gap < 0:
        return _("无法估计")
    return _("最多还能好 %(percent)s %%") % {"percent": f"{found.gap * 100:.1f}"}


def _shorter(found: Found) -> str:
    if not found.distance_today:
        return "—"
    change = 1 - found.distance / found.distance_today
    values = {"percent": f"{abs(change) * 100:.0f}"}
    return _("近 %(percent)s %%") % values if change >= 0 else _("远 %(percent)s %%") % values


def _sizes(
    found: Found, letters: Mapping[str | int, str], names: Mapping[str, str]
) -> list[tuple[str, str, int | None, int | None]]:
    """Letter, name, households today and as proposed, by letter."""
    proposed = {letters[number]: (grid.name, len(grid.homes)) for number, grid in enumerate(found.grids)}
    now = {letters[path]: (names.get(path, ""), size) for path, size in found.sizes_today.items()}
    rows = []
    for key in sorted({*proposed, *now}, key=_order):
        name = now[key][0] if key in now else proposed[key][0]
        rows.append((key, name, now[key][1] if key in now else None, proposed[key][1] if key in proposed else None))
    return rows


def _streams(
    found: Found, letters: Mapping[str | int, str], names: Mapping[str, str], homes: Mapping[UUID, Dwelling]
) -> list[Stream]:
    together: dict[tuple[str, int], list[Move]] = {}
    for move in found.moves:
        together.setdefault((move.start, move.end), []).append(move)
    streams = []
    for (start, end), moves in together.items():
        end_name, start_name = found.grids[end].name, names.get(start, "")
        values = {"was": start_name, "to": end_name, "size": found.sizes_today.get(start, 0)}
        rows = [MoveRow(homes[each.home], str(REASON[each.reason]) % values) for each in moves if each.home in homes]
        streams.append(Stream(f"{start}>{end}", letters.get(start, "–"), start_name, letters[end], end_name, rows))
    return sorted(streams, key=lambda each: (_order(each.start_letter), _order(each.end_letter)))
