"""Results on their way in: a file kept and taken for something, codes scanned, what a program sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.laboratory import layouts, matching, parsing, queries
from wuyicun.domains.laboratory.layouts import SheetLayout
from wuyicun.domains.laboratory.models import Delivery, Layout, Line
from wuyicun.domains.laboratory.parsing import Said
from wuyicun.domains.laboratory.rules import Source, State
from wuyicun.domains.registry.importing import files
from wuyicun.domains.registry.importing.reading import read_kept
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.jobs import progress


class NothingSaid(Refusal):
    """No sheet has a column of tubes and one of results, or none of its rows says a result."""

    code = "laboratory_nothing_said"
    status = 422
    words = _("没有读到结果：要有一列试管编号，一列结果。请看一眼每一列认作什么。")


class DeliveryBusy(Refusal):
    """It is being worked on, or has gone on meanwhile."""

    code = "laboratory_busy"
    words = _("这一批正在处理或已经往下走了，请刷新再看。")


def take_in_file(
    *,
    village: Village,
    round_id: UUID,
    laboratory: str,
    file_name: str,
    content: Iterable[bytes],
    by: UUID,
    at: datetime,
) -> tuple[Delivery, bool]:
    """Keep a laboratory's file and read it; whether it is new: the same file of the same round is not taken twice.

    Raises:
        FileRefused: it can't be read; nothing of it is kept.
    """
    files.forget_old(at)
    delivery_id = uuid7()
    kept = files.keep(delivery_id, content)
    earlier = queries.same_file(village.pk, round_id, kept.digest)
    try:
        if earlier is not None:
            files.forget(delivery_id)
            return earlier, False
        with transaction.atomic():
            book = read_kept(delivery_id, file_name)
            delivery = Delivery(
                id=delivery_id,
                village_id=village.pk,
                round_id=round_id,
                source=Source.FILE,
                laboratory=laboratory.strip()[:64],
                file_name=file_name[-200:],
                digest=kept.digest,
                state=State.READ,
                counts={"rows": sum(len(sheet.rows) for sheet in book.sheets)},
                made_at=at,
                made_by=by,
            )
            proposed = layouts.propose(book, queries.codes_of_round(village.pk, round_id))
            delivery.set_outline(layouts.as_json(_remembered(village.pk, proposed)))
            delivery.save(force_insert=True)
            _audit("laboratory.take_in", delivery, by, at, bytes=kept.size)
    except BaseException:
        files.forget(delivery_id)
        raise
    return delivery, True


def _remembered(village_id: UUID, proposed: Sequence[SheetLayout]) -> Sequence[SheetLayout]:
    rows = Layout.rows().filter(village_id=village_id, signature__in=[each.signature for each in proposed])
    columns = {row.signature: row.columns for row in rows}
    return [each.with_columns(columns.get(each.signature, {})) for each in proposed]


def layouts_of(delivery: Delivery) -> Sequence[SheetLayout]:
    """What the sheets are taken for."""
    return layouts.from_json(delivery.outline)


@transaction.atomic
def choose(*, delivery: Delivery, columns: Mapping[str, Mapping[str, str]], by: UUID, at: datetime) -> Delivery:
    """Say what columns hold, by the sheet's name and the column's letters; remembered for files with the same titles.

    Raises:
        DeliveryBusy: too late.
        ValueError: no such field.
    """
    delivery = locked(delivery, State.READ, State.MATCHED)
    before = layouts_of(delivery)
    after = [layout.with_columns(columns.get(layout.sheet, {})) for layout in before]
    for old, new in zip(before, after, strict=True):
        if old.mapping != new.mapping:
            Layout.rows().update_or_create(
                village_id=delivery.village_id,
                signature=new.signature,
                defaults={"columns": new.mapping, "updated_at": at},
            )
    delivery.state, delivery.refusal = State.READ, None
    delivery.set_outline(layouts.as_json(after))
    delivery.save(update_fields=["outline_sealed", "state", "refusal"])
    _audit("laboratory.map", delivery, by, at)
    return delivery


def match_file(village: Village, delivery: Delivery, at: datetime) -> None:
    """Compare a file's lines with the round.

    Raises:
        FileGone: it isn't kept any longer.
        NothingSaid: no line of it says a result.
    """
    progress.say("read")
    book = read_kept(delivery.pk, delivery.file_name)
    pending = 0

    def said() -> Iterable[Said]:
        nonlocal pending
        for line in parsing.lines(book, layouts_of(delivery), ZoneInfo(village.time_zone)):
            if line is None:
                pending += 1
            else:
                yield line

    found = matching.match(delivery, said(), at, delivery.counts["rows"])
    if not found["statuses"]:
        raise NothingSaid
    delivery.counts = {**delivery.counts, **found, "pending": pending}
    delivery.state, delivery.refusal = State.MATCHED, None
    delivery.save(update_fields=["counts", "state", "refusal"])


def take_in_said(
    *,
    village: Village,
    round_id: UUID,
    source: Source,
    laboratory: str,
    said: Sequence[Said],
    by: UUID,
    at: datetime,
    delivery_id: UUID,
    counted: int | None = None,
    sending: tuple[UUID, bytes] | None = None,
) -> Delivery:
    """Keep and match what came without a file. The same id again is what was taken in before.

    Args:
        counted: how many tubes somebody counted, where they did.
        sending: the id that a program gave to what it sent, and a digest of that.
    """
    made, is_new = Delivery.rows().get_or_create(
        village_id=village.pk,
        pk=delivery_id,
        defaults={
            "round_id": round_id,
            "source": source,
            "laboratory": laboratory[:64],
            "state": State.MATCHED,
            "counts": {"rows": len(said), "counted": counted, "codes": len({line.code.upper() for line in said})},
            "made_at": at,
            "made_by": by,
            "sending": sending[0] if sending else None,
            "digest": sending[1] if sending else None,
        },
    )
    delivery: Delivery = made
    if is_new:
        delivery.counts = {**delivery.counts, **matching.match(delivery, said, at, len(said)), "pending": 0}
        delivery.save(update_fields=["counts"])
        _audit("laboratory.take_in", delivery, by, at, source=source)
    return delivery


@transaction.atomic
def drop(*, delivery: Delivery, by: UUID, at: datetime) -> None:
    """Forget a file of which nothing was entered. Raises DeliveryBusy."""
    delivery = locked(delivery, State.READ, State.MATCHED)
    if queries.has_entered(delivery):
        raise DeliveryBusy
    Line.rows().filter(village_id=delivery.village_id, delivery=delivery).delete()
    delivery.state, delivery.outline_sealed, delivery.digest = State.DROPPED, None, None
    delivery.save(update_fields=["state", "outline_sealed", "digest"])
    files.forget(delivery.pk)
    _audit("laboratory.drop", delivery, by, at)


def locked(delivery: Delivery, *states: State) -> Delivery:
    """The delivery as it stands, for whoever goes on with it from one of these states. Raises DeliveryBusy."""
    rows = Delivery.rows().select_for_update(skip_locked=True)
    current = rows.filter(village_id=delivery.village_id, pk=delivery.pk).first()
    if current is None or current.state not in states:
        raise DeliveryBusy
    return current


def _audit(action: str, delivery: Delivery, by: UUID, at: datetime, **data: object) -> None:
    audit(action, by=by, at=at, village_id=delivery.village_id, subject=("delivery", delivery.pk), data=data)
