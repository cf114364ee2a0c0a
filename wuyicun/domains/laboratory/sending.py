"""What a laboratory's program sends: each result goes to the round of its tube, is entered at once or queued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from django.db import transaction

from wuyicun.domains.laboratory import deliveries, queries, stepping
from wuyicun.domains.laboratory.models import Line
from wuyicun.domains.laboratory.parsing import Said, whom
from wuyicun.domains.laboratory.rules import Source, State, Step, read_code
from wuyicun.domains.laboratory.schemas import Sending
from wuyicun.domains.screening import queries as screening
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.database.statements import encode
from wuyicun.kernel.errors import Refusal


class NoRound(Refusal):
    """The village has no round to which a result could belong."""

    code = "no_round"
    status = 409


class SentOtherwise(Refusal):
    """Something else was sent under this id."""

    code = "id_conflict"
    status = 409


@transaction.atomic
def take_in(*, village: Village, sending: Sending, laboratory: str, by: UUID, at: datetime) -> Sequence[Line]:
    """Take results in; the same sending again changes nothing. The lines in its order.

    Raises:
        SentOtherwise: something else came under its id.
        NoRound: there is no round.
    """
    digest = sha256(encode(sending)).digest()
    earlier = queries.sent(village.pk, sending.id)
    if any(bytes(each.digest or b"") != digest for each in earlier):
        raise SentOtherwise
    if not earlier:
        for round_id, said in _by_round(village, sending).items():
            delivery = deliveries.take_in_said(
                village=village,
                round_id=round_id,
                source=Source.PROGRAM,
                laboratory=laboratory,
                said=said,
                by=by,
                at=at,
                delivery_id=uuid5(sending.id, str(round_id)),
                sending=(sending.id, digest),
            )
            if delivery.state == State.MATCHED:
                stepping.begin(village=village, delivery=delivery, step=Step.ENTER, by=by, at=at)
    return queries.lines_sent(village.pk, sending.id)


def _by_round(village: Village, sending: Sending) -> Mapping[UUID, Sequence[Said]]:
    """The latest round that has the tube; what no round knows waits in the queues of the current one."""
    codes = [read_code(result.tube) for result in sending.results]
    rounds = queries.rounds_of(village.pk, {code.upper() for code in codes})
    current = screening.current_round(village.pk)
    if current is None:
        raise NoRound
    found: dict[UUID, list[Said]] = defaultdict(list)
    for place, (code, result) in enumerate(zip(codes, sending.results, strict=True), 1):
        name, index, tail = whom(result.name, result.id_number)
        fault = "" if code else "no_code"
        said = Said(place, code, result.result, result.reported_at, name, index, tail, fault)
        found[rounds.get(code.upper(), current.pk)].append(said)
    return found
