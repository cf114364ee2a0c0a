"""The closing report: what a round came to, frozen with its digest; a late record makes the next version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.deciding import execute
from wuyicun.domains.rolls.rules import Counts, RollState, State
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Report, Round
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.audit.actions import audit, digest


def compose(village_id: UUID, round_: Round, at: datetime) -> dict[str, Any]:
    """The report's data as it stands; people by id, so that no name is frozen with it.

    Which tubes were late is measured at the closing: afterwards only records change a report, never time.
    """
    leaves = rolls.leaf_counts(village_id, round_.roll_id)
    names = territory.names(village_id)
    entries = rolls.entries(village_id, round_.roll_id)
    totals = queries.totals(village_id, round_, round_.closed_at or at)
    retests = queries.retests(village_id, round_)
    counts = sum((leaf.counts for leaf in leaves), Counts())
    return {
        "number": round_.number,
        "title": round_.title,
        "opened_at": round_.opened_at.isoformat(),
        "due_at": round_.due_at.isoformat(),
        "closed_at": round_.closed_at.isoformat() if round_.closed_at else None,
        "counts": figures(counts),
        "areas": [
            {"area": names.get(leaf.area_path, ""), "area_path": leaf.area_path, **figures(leaf.counts)}
            for leaf in leaves
        ],
        "tubes": {
            "all": totals.all,
            "sent": totals.sent,
            "short": totals.short,
            "late": totals.late,
            "lost": totals.lost,
            "unmatched": totals.unmatched,
            "positive": totals.positive,
            "without_result": totals.without_result,
        },
        "retests": {
            "opened": retests.counts.current,
            "owed": retests.counts.owed,
            "negative": retests.negative,
            "positive": retests.positive,
            "open": _retests_open(village_id, retests.roll_id),
        },
        "excused": _named(entries, State.EXCUSED),
        "unreachable": _named(entries, State.UNREACHABLE),
        "refused": _named(entries, State.REFUSED),
        "owed": _named(entries, State.OWED),
        "joined": [str(entry.subject_id) for entry in entries if not entry.opening],
        "left": [str(entry.subject_id) for entry in entries if entry.base_reason in ("left", "died")],
        "flagged": [
            {"person": str(swab.person_id), "tube": swab.tube, "flag": swab.flag}
            for swab in queries.swabs(village_id, round_.pk, flagged=True)
        ],
    }


def figures(counts: Counts) -> dict[str, Any]:
    """Counts as the report and the command line give them; coverage rounded to four places."""
    return {
        "opening": counts.opening,
        "current": counts.current,
        "done": counts.done,
        "excused": counts.excused,
        "unreachable": counts.unreachable,
        "refused": counts.refused,
        "owed": counts.owed,
        "coverage": round(counts.coverage, 4),
    }


def _named(entries: Iterable[rolls.Standing], state: State) -> list[dict[str, Any]]:
    return [
        {
            "person": str(entry.subject_id),
            "reason": entry.reason,
            "until": entry.until.isoformat() if entry.until else None,
            "attempts": entry.attempts,
        }
        for entry in entries
        if entry.state is state
    ]


def _retests_open(village_id: UUID, roll_id: UUID | None) -> list[str]:
    if roll_id is None:
        return []
    return [str(entry.subject_id) for entry in rolls.entries(village_id, roll_id, states=[State.OWED])]


def people_in(data: dict[str, Any]) -> set[UUID]:
    """All people a report names by id, for whoever prints it."""
    ids = {row["person"] for key in ("excused", "unreachable", "refused", "owed", "flagged") for row in data[key]}
    return {UUID(each) for each in ids | set(data["joined"]) | set(data["left"]) | set(data["retests"]["open"])}


def freeze(*, village_id: UUID, round_: Round, by: UUID | None, at: datetime) -> Report:
    """Keep the report as it stands as the next version."""
    data = compose(village_id, round_, at)
    last = queries.reports(village_id, round_.pk)
    report: Report = Report.rows().create(
        village_id=village_id,
        round=round_,
        version=last[0].version + 1 if last else 1,
        data=data,
        digest=digest(data),
        made_at=at,
        made_by=by,
    )
    round_.mistakes = _mistakes(data)
    round_.save(update_fields=["mistakes"])
    audit(
        "screening.report",
        by=by,
        at=at,
        village_id=village_id,
        subject=("round", round_.pk),
        data={"version": report.version, "digest": report.digest},
    )
    return report


def _mistakes(data: Mapping[str, Any]) -> int:
    """What the report says went wrong: people not reached, tubes late, lost or of nobody's."""
    tubes = data["tubes"]
    return int(data["counts"]["unreachable"] + tubes["late"] + tubes["lost"] + tubes["unmatched"])


_CLOSED = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid))
SELECT r.village_id, r.id FROM screening_round r JOIN given g ON g.village_id = r.village_id AND g.round_id = r.id
WHERE r.state IN ('closed', 'amended') ORDER BY r.id FOR UPDATE OF r
"""


def amend(rounds: Iterable[tuple[UUID, UUID]], at: datetime) -> None:
    """Make the next version of the report of closed rounds for which something came in that changed it."""
    given = [{"village_id": village, "round_id": round_id} for village, round_id in rounds]
    for village, round_id in execute(_CLOSED, given) if given else []:
        round_ = queries.round_(village, round_id)
        last = queries.reports(village, round_id)
        if last and last[0].digest == digest(compose(village, round_, at)):
            continue
        if round_.state != RoundState.AMENDED:
            round_.state = RoundState.AMENDED
            round_.save(update_fields=["state"])
            roll = rolls.roll(village, round_.roll_id)
            roll.state = RollState.AMENDED
            roll.save(update_fields=["state"])
        freeze(village_id=village, round_=round_, by=None, at=at)
