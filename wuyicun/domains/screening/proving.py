"""The printed proof of a round: what its sums were and the digests of list and file, kept by a code on the paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import codes, queries
from wuyicun.domains.screening.models import Proof, Round
from wuyicun.domains.screening.queries import Sums
from wuyicun.domains.screening.reports import figures
from wuyicun.kernel.audit.actions import audit, digest
from wuyicun.kernel.errors import Refusal


class SumsDiffer(Refusal):
    """What does not add up is not printed as a proof."""

    code = "sums_differ"
    words = _("数目对不上，不能打印证明。请先看清是哪里不对")


def sums(village_id: UUID, round_: Round) -> Sums:
    """The figures of the whole round."""
    leaves = rolls.leaf_counts(village_id, round_.roll_id)
    return queries.sums(village_id, round_, [leaf.area_id for leaf in leaves], [round_.area_path])


def list_digest(village_id: UUID, round_: Round) -> str:
    """The digest of who is on the round's list, each with their state and what it goes by."""
    return digest(
        [
            [str(each.subject_id), each.state.value, each.reason, each.until, each.attempts, each.settled_by]
            for each in rolls.entries(village_id, round_.roll_id)
        ]
    )


@transaction.atomic
def prove(
    *,
    village_id: UUID,
    village_path: str,
    round_: Round,
    area: str,
    typeset: Callable[[str, str], bytes],
    by: UUID | None,
    at: datetime,
) -> bytes:
    """Print the proof of a round and remember what it said.

    Args:
        village_path: the official number of the village, with which the code begins.
        area: the name of the area the round is over.
        typeset: makes the file from the code and the digest of the list.

    Raises:
        SumsDiffer: the figures do not agree.
    """
    found = sums(village_id, round_)
    if not found.agree:
        raise SumsDiffer
    code, listed = codes.new(village_path), list_digest(village_id, round_)
    content = typeset(code, listed)
    data: dict[str, Any] = {"title": round_.title, "area": area, "state": round_.state, "counts": figures(found.kept)}
    made = Proof.rows().create(
        village_id=village_id,
        round=round_,
        code=code,
        data=data,
        digest=listed,
        file_digest=sha256(content).hexdigest(),
        made_at=at,
        made_by=by,
    )
    told = {"digest": listed, "file": made.file_digest}
    audit("screening.prove", by=by, at=at, village_id=village_id, subject=("round", round_.pk), data=told)
    return content


def same_file(printed: queries.Printed, content: Iterable[bytes]) -> bool:
    """Is a file, given in pieces, the very one that was printed?"""
    read = sha256()
    for piece in content:
        read.update(piece)
    return read.hexdigest() == printed.file_digest
