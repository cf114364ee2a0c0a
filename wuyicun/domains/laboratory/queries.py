"""What is asked of deliveries and of the queues in which somebody must look at a result."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wuyicun.domains.laboratory.models import Delivery, Line, Token
from wuyicun.domains.laboratory.rules import Cause, State, Status
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening.rules import Fit
from wuyicun.kernel.database.statements import execute

IN_TUBE = f"({Fit.OK:d}, {Fit.OVER_POOL:d})"
"""The swabs that are physically in the tube of its owner, as SQL."""

DeliveryRow = Delivery
LineRow = Line
"""For pages, which may name what they are given but not query it."""


@dataclass(frozen=True)
class Missing:
    """A tube that was sent and has no result although its time is over."""

    tube_id: UUID
    code: str
    swabs: int
    handed_at: datetime
    carried_by: str
    received_at: datetime | None
    due_at: datetime


@dataclass(frozen=True)
class Origin:
    """Where the record of a result came from: the laboratory, and the row of its file."""

    laboratory: str
    file_name: str
    source: str
    number: int

    def words(self, sources: Mapping[str, str | Promise]) -> str:
        """县医院 · 结果.xlsx 第 12 行."""
        place = _("第 %(number)s 行") % {"number": self.number} if self.file_name else ""
        return " · ".join(
            filter(None, (self.laboratory, f"{self.file_name} {place}".strip() or str(sources[self.source])))
        )


def codes_of_round(village_id: UUID, round_id: UUID) -> set[str]:
    """The codes of a round's tubes in capital letters."""
    found = execute(
        "SELECT upper(code) FROM screening_tube WHERE village_id = %s AND round_id = %s", village_id, round_id
    )
    return {code for (code,) in found}


def same_file(village_id: UUID, round_id: UUID, digest: bytes) -> Delivery | None:
    """The delivery that was made of the same file, None when there is none that counts."""
    rows = Delivery.rows().filter(village_id=village_id, round_id=round_id, digest=digest)
    return rows.exclude(state__in=[State.DROPPED, State.UNDONE]).first()


def deliveries(village_id: UUID, round_id: UUID, limit: int = 30) -> Sequence[Delivery]:
    """What came for a round, latest first, without what was dropped."""
    rows = Delivery.rows().filter(village_id=village_id, round_id=round_id).exclude(state=State.DROPPED)
    return list(rows.order_by("-made_at")[:limit])


def delivery(village_id: UUID, delivery_id: UUID) -> Delivery | None:
    """One delivery."""
    return Delivery.rows().filter(village_id=village_id, pk=delivery_id).first()


def has_entered(of: Delivery) -> bool:
    """Whether a line of it was entered."""
    return Line.rows().filter(village_id=of.village_id, delivery=of, status=Status.ENTERED).exists()


def lines_of(of: Delivery, *, cause: str = "", after: int = 0, limit: int = 50) -> tuple[Sequence[Line], int | None]:
    """Lines of a delivery by their numbers, those of one cause or all; and behind which one to go on."""
    rows = Line.rows().filter(village_id=of.village_id, delivery=of, number__gt=after)
    if cause:
        rows = rows.filter(cause=cause)
    found = list(rows.order_by("number")[: limit + 1])
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def queue(
    village_id: UUID, round_id: UUID, cause: Cause, *, after: UUID | None = None, limit: int = 50
) -> tuple[Sequence[Line], UUID | None]:
    """The lines of a round in a queue, first come first; and behind which one to go on."""
    rows = Line.rows().filter(village_id=village_id, round_id=round_id, cause=cause, open=True)
    if after:
        rows = rows.filter(pk__gt=after)
    found = list(rows.select_related("delivery").order_by("id")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def line(village_id: UUID, line_id: UUID) -> Line | None:
    """One line with its delivery."""
    return Line.rows().filter(village_id=village_id, pk=line_id).select_related("delivery").first()


_OPEN = """
SELECT cause, count(*) FROM laboratory_line WHERE village_id = %s AND round_id = %s AND open GROUP BY cause
"""
_DISPUTED = """
SELECT count(*) FROM screening_tube
WHERE village_id = %s AND round_id = %s AND result = 'disputed' AND state NOT IN ('void', 'lost')
"""
_LATE_TUBES = """
FROM screening_tube WHERE village_id = %s AND round_id = %s AND handed_at IS NOT NULL AND state NOT IN ('void', 'lost')
  AND result IN ('', 'invalid') AND coalesce(first_swab_at, handed_at) < %s
"""


def open_counts(village_id: UUID, round_id: UUID, at: datetime) -> Mapping[Cause, int]:
    """How much stands in each queue of a round."""
    found = {Cause(cause): count for cause, count in execute(_OPEN, village_id, round_id)}
    ((disputed,),) = execute(_DISPUTED, village_id, round_id)
    ((missing,),) = execute(f"SELECT count(*) {_LATE_TUBES}", village_id, round_id, _since(village_id, round_id, at))
    found |= {Cause.MISMATCH: disputed, Cause.MISSING: missing}
    return {cause: found.get(cause, 0) for cause in Cause}


def _since(village_id: UUID, round_id: UUID, at: datetime) -> datetime:
    return at - timedelta(hours=screening.round_(village_id, round_id).result_hours)


def missing(village_id: UUID, round_id: UUID, at: datetime, limit: int = 200) -> Sequence[Missing]:
    """The tubes that were sent and whose result is overdue, longest first; invalid is no result."""
    span = timedelta(hours=screening.round_(village_id, round_id).result_hours)
    rows = execute(
        "SELECT id, code, swabs, handed_at, carried_by, received_at, coalesce(first_swab_at, handed_at) + %s"
        f" {_LATE_TUBES}"
        " ORDER BY coalesce(first_swab_at, handed_at), code LIMIT %s",
        span,
        village_id,
        round_id,
        at - span,
        limit,
    )
    return [Missing(*row) for row in rows]


def disputed(village_id: UUID, round_id: UUID, limit: int = 50) -> Sequence[tuple[UUID, str]]:
    """The id and the code of tubes of which contradictory results were recorded."""
    found = execute(
        "SELECT id, code FROM screening_tube WHERE village_id = %s AND round_id = %s AND result = 'disputed'"
        " AND state NOT IN ('void', 'lost') ORDER BY code LIMIT %s",
        village_id,
        round_id,
        limit,
    )
    return [(tube_id, code) for tube_id, code in found]


def origins(village_id: UUID, records: Collection[UUID]) -> Mapping[UUID, Origin]:
    """Where records of results came from; those that somebody made by hand are left out."""
    rows = Line.rows().filter(village_id=village_id, record_id__in=records).select_related("delivery")
    return {
        row.record_id: Origin(row.delivery.laboratory, row.delivery.file_name, row.delivery.source, row.number)
        for row in rows
        if row.record_id
    }


_MEMBERS = f"""
SELECT s.tube, array_agg(DISTINCT p.name) FROM screening_sample s
  JOIN registry_person p ON p.village_id = s.village_id AND p.id = s.person_id
WHERE s.village_id = %s AND s.round_id = %s AND s.tube = ANY (%s) AND s.fit IN {IN_TUBE} GROUP BY s.tube
"""


def members(village_id: UUID, round_id: UUID, codes: Collection[str]) -> Mapping[str, Sequence[str]]:
    """The names of those who were sampled into each of the tubes."""
    return dict(execute(_MEMBERS, village_id, round_id, list(codes))) if codes else {}


_ALIKE = """
SELECT g.code, array_agg(t.code ORDER BY t.code) FROM unnest(%s::text[]) AS g (code)
  JOIN screening_tube t ON t.village_id = %s AND t.round_id = %s AND t.device IS NOT NULL AND t.code <> g.code
    AND ltrim(translate(upper(t.code), 'OILZSB-_./', '011258'), '0')
      = ltrim(translate(upper(g.code), 'OILZSB-_./', '011258'), '0')
GROUP BY g.code
"""


def alike(village_id: UUID, round_id: UUID, codes: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Tubes of the round whose code is easily taken for one of these: O for 0, I for 1, zeros and dashes left out."""
    return dict(execute(_ALIKE, list(codes), village_id, round_id)) if codes else {}


_WAITED_FOR = """
SELECT DISTINCT l.delivery_id FROM laboratory_line l
  JOIN screening_tube t ON t.village_id = l.village_id AND t.round_id = l.round_id AND upper(t.code) = upper(l.code)
    AND t.device IS NOT NULL AND t.state NOT IN ('void', 'lost')
WHERE l.village_id = %s AND l.open AND l.cause = 'unmatched' AND l.result <> ''
  AND (t.swabs > 0 OR l.detail <> 'no_swabs')
"""


def waited_for(village_id: UUID) -> Sequence[Delivery]:
    """The deliveries with lines in the queue whose tube has come to be known since."""
    ids = [delivery_id for (delivery_id,) in execute(_WAITED_FOR, village_id)]
    return list(Delivery.rows().filter(village_id=village_id, pk__in=ids)) if ids else []


_ROUNDS = """
SELECT DISTINCT ON (upper(t.code)) upper(t.code), t.round_id FROM screening_tube t
  JOIN screening_round r ON r.village_id = t.village_id AND r.id = t.round_id AND r.state <> 'cancelled'
WHERE t.village_id = %s AND t.device IS NOT NULL AND upper(t.code) = ANY (%s)
ORDER BY upper(t.code), r.number DESC
"""


def rounds_of(village_id: UUID, codes: Collection[str]) -> Mapping[str, UUID]:
    """The latest round in which a tube of each code (in capital letters) was opened."""
    return dict(execute(_ROUNDS, village_id, list(codes)))


def sent(village_id: UUID, sending: UUID) -> Sequence[Delivery]:
    """The deliveries that were made of what a program sent under this id."""
    return list(Delivery.rows().filter(village_id=village_id, sending=sending))


def lines_sent(village_id: UUID, sending: UUID) -> Sequence[Line]:
    """The lines of what a program sent under this id, in its order."""
    rows = Line.rows().filter(village_id=village_id, delivery__sending=sending, delivery__village_id=village_id)
    return list(rows.order_by("number"))


def decided_together(village_id: UUID, decision: UUID) -> Sequence[Line]:
    """The lines that were decided at once."""
    return list(Line.rows().filter(village_id=village_id, decision=decision).select_related("delivery"))


def tokens_of(account_id: UUID) -> Sequence[Token]:
    """The account's tokens, the newest first."""
    return list(Token.objects.filter(account_id=account_id).order_by("-id"))
