"""What is decided of lines in the queues: it means another tube, it counts, it needs nothing; all can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.laboratory import entering, matching
from wuyicun.domains.laboratory.entering import PORTION, Author
from wuyicun.domains.laboratory.models import Line
from wuyicun.domains.laboratory.rules import OF_LINES, Cause, State, Status, read_code
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening import tube_history
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.rules import ENDED, TubeState
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.errors import Refusal


class AlreadyDecided(Refusal):
    """Somebody else has decided it meanwhile."""

    code = "laboratory_already_decided"
    words = _("这一条别人已经处理过了。")


class NoSuchTube(Refusal):
    """The round has no such tube, or one that takes no result."""

    code = "laboratory_no_such_tube"
    words = _("本轮没有编号是 %(code)s 的试管，或这支管没有开、已作废。")


class QueueChanged(Refusal):
    """Something has come into the queue, or was decided, since the page was made."""

    code = "laboratory_queue_changed"
    words = _("队列里又有了变化，请再看一遍。")


class CannotEnter(Refusal):
    """The line says no result, or names no tube."""

    code = "laboratory_cannot_enter"
    words = _("这一行没有能录的结果，请按实验室报告手工录。")


@transaction.atomic
def assign(*, author: Author, round_: RoundRow, line: Line, code: str, decision: UUID, at: datetime) -> None:
    """A line means this tube of the round: enter its result there. decision: an id by which it is undone.

    Raises:
        AlreadyDecided, CannotEnter, NoSuchTube; NotTaken as the record.
    """
    line = _open(line)
    if not line.result:
        raise CannotEnter
    tube = _tube(round_, code, at)
    _decide(line, decision, reason="assigned", by=author.account_id, at=at)
    line.tube = tube
    line.save(update_fields=["tube"])
    if not entering.enter(author, round_.pk, [(line.pk, tube, line.result)], at):
        raise NoSuchTube(code=code)
    audit("laboratory.assign", by=author.account_id, at=at, village_id=line.village_id, subject=("line", line.pk))


def _tube(round_: RoundRow, code: str, at: datetime) -> str:
    wanted = read_code(code)
    known = screening.tubes(round_.village_id, round_, at, codes=[wanted, wanted.upper()])
    usable = [tube for tube in known if tube.state not in (*ENDED, TubeState.EXPECTED)]
    if not usable:
        raise NoSuchTube(code=wanted)
    return usable[0].code


@transaction.atomic
def close(*, line: Line, reason: str, by: UUID, decision: UUID, at: datetime) -> None:
    """Nothing more need be done about a line. Raises AlreadyDecided."""
    line = _open(line)
    _decide(line, decision, reason=reason, by=by, at=at)
    subject, data = ("line", line.pk), {"cause": line.cause, "reason": reason}
    audit("laboratory.close", by=by, at=at, village_id=line.village_id, subject=subject, data=data)


_CLOSE_ALL = """
UPDATE laboratory_line SET open = false, decision = %s, decided_at = %s, decided_by = %s, reason = %s
WHERE village_id = %s AND round_id = %s AND cause = %s AND open RETURNING id
"""


@transaction.atomic
def close_all(
    *,
    village_id: UUID,
    round_id: UUID,
    cause: Cause,
    expected: int,
    reason: str,
    by: UUID,
    decision: UUID,
    at: datetime,
) -> None:
    """The same for all lines of a queue. Raises QueueChanged: they are not as many as was shown."""
    closed = execute(_CLOSE_ALL, decision, at, by, reason, village_id, round_id, str(cause))
    if len(closed) != expected:
        raise QueueChanged
    data = {"cause": str(cause), "reason": reason, "lines": len(closed)}
    audit("laboratory.close_all", by=by, at=at, village_id=village_id, subject=("round", round_id), data=data)


@transaction.atomic
def take_back(*, author: Author, lines: Sequence[Line], at: datetime) -> int:
    """Undo a decision: the lines stand in their queue again, what was entered by it is taken back; how many."""
    by_hand = [line for line in lines if line.status == Status.ENTERED and line.reason == "assigned" and line.record_id]
    if by_hand:
        entering.take_back(author, [line.record_id for line in by_hand if line.record_id], at)
    ids = [line.pk for line in lines]
    rows = Line.rows().filter(village_id=author.village.pk, pk__in=ids, delivery__state=State.ENTERED)
    rows.filter(pk__in=[line.pk for line in by_hand]).update(status=Status.ASIDE)
    rows.update(open=True, decision=None, decided_at=None, decided_by=None, reason="")
    audit(
        "laboratory.reopen",
        by=author.account_id,
        at=at,
        village_id=author.village.pk,
        subject=("line", lines[0].pk),
        data={"lines": len(ids)},
    )
    return len(ids)


@transaction.atomic
def accept(*, author: Author, round_: RoundRow, code: str, record_id: UUID, at: datetime) -> int:
    """Of a tube's contradictory results this one holds: those that say otherwise are taken back; how many.

    Raises:
        AlreadyDecided: it is no longer among them, or they no longer contradict each other.
    """
    told = tube_history.results_told(round_.village_id, round_.pk, [code]).get(code, ())
    chosen = next((each for each in told if each.record_id == record_id), None)
    others = [each.record_id for each in told if chosen and each.data["result"] != chosen.data["result"]]
    if not others:
        raise AlreadyDecided
    entering.take_back(author, others, at, reason="other")
    data = {"tube": code, "taken_back": len(others)}
    subject = ("record", record_id)
    audit("laboratory.accept", by=author.account_id, at=at, village_id=round_.village_id, subject=subject, data=data)
    return len(others)


_AGAIN = """
CREATE TEMP TABLE laboratory_again ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id)::integer AS number, id AS line FROM laboratory_line
WHERE village_id = %(village)s AND round_id = %(round)s AND open AND cause = 'unmatched'
  AND (%(delivery)s::uuid IS NULL OR delivery_id = %(delivery)s::uuid)
"""
_STAGE = """
INSERT INTO laboratory_said SELECT a.number, l.code, l.result, l.reported_at, l.name, l.id_index, l.id_tail,
  CASE WHEN l.detail IN ('no_code', 'rounded', 'unreadable') THEN l.detail ELSE '' END
FROM laboratory_again a JOIN laboratory_line l ON l.id = a.line WHERE l.village_id = %s
"""
_MOVED = """
UPDATE laboratory_line l SET tube = j.tube, cause = j.cause, detail = j.detail, status = j.status,
  open = j.cause = ANY (%s::text[])
FROM laboratory_again a JOIN laboratory_judged j USING (number)
WHERE l.village_id = %s AND l.id = a.line AND (l.cause, l.detail) IS DISTINCT FROM (j.cause::text, j.detail::text)
RETURNING l.id, l.tube, l.result, l.status
"""


@transaction.atomic
def match_again(*, author: Author, round_id: UUID, at: datetime, delivery_id: UUID | None = None) -> int:
    """Lines whose tube has come to be known since (a phone was offline) are entered now; how many.

    Args:
        author: who enters them.
        round_id: the round.
        at: the server's time.
        delivery_id: only those of one delivery.
    """
    village_id = author.village.pk
    matching.make_tables()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.laboratory_again")
        cursor.execute(_AGAIN, {"village": village_id, "round": round_id, "delivery": delivery_id})
        cursor.execute(_STAGE, [village_id])
    matching.judge(village_id, round_id, at)
    causes = "{" + ",".join(OF_LINES) + "}"
    moved = execute(_MOVED, causes, village_id)
    ready = [row[:3] for row in moved if row[3] == Status.READY]
    entered = sum(
        entering.enter(author, round_id, ready[at_ : at_ + PORTION], at) for at_ in range(0, len(ready), PORTION)
    )
    data = {"lines": entered}
    audit(
        "laboratory.match_again",
        by=author.account_id,
        at=at,
        village_id=village_id,
        subject=("round", round_id),
        data=data,
    )
    return entered


def _open(line: Line) -> Line:
    current = Line.rows().select_for_update().get(village_id=line.village_id, pk=line.pk)
    if not current.open:
        raise AlreadyDecided
    return current


def _decide(line: Line, decision: UUID, *, reason: str, by: UUID | None, at: datetime) -> None:
    Line.rows().filter(village_id=line.village_id, pk=line.pk).update(
        open=False, decision=decision, decided_at=at, decided_by=by, reason=reason
    )
