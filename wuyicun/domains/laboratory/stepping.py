"""The long steps of a delivery: taken at once, or for many lines by a job that says how far it is and can be stopped.

Matching is one transaction: stopped, nothing of it was there. Entering and undoing go portion by portion: stopped, what
is entered stays entered, and somebody goes on with it or takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import OperationalError, connection, transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from wuyicun.domains.laboratory import entering, matching
from wuyicun.domains.laboratory.deliveries import locked, match_file
from wuyicun.domains.laboratory.entering import Author
from wuyicun.domains.laboratory.models import Delivery
from wuyicun.domains.laboratory.rules import AT_ONCE_LINES, State, Step
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.jobs import portions, progress
from wuyicun.kernel.jobs.holding import taken_hold_of

JOB = "laboratory.step"
GONE = (OperationalError, psycopg.OperationalError)

_FROM = {
    Step.MATCH: (State.READ, State.MATCHED),
    Step.ENTER: (State.MATCHED,),
    Step.UNDO: (State.ENTERED, State.MATCHED),
}
_BACK = {Step.MATCH: State.READ, Step.ENTER: State.MATCHED, Step.UNDO: State.ENTERED}


class NothingToStop(Refusal):
    """The step was done, or stopped, meanwhile."""

    code = "laboratory_nothing_to_stop"
    words = gettext_lazy("这一步已经做完，没有什么可停的。")


@dataclass(frozen=True)
class Asked:
    """A step that a delivery waits for; `since`, when it was asked for, tells it from an earlier one."""

    village: Village
    delivery_id: UUID
    step: Step
    by: UUID
    since: str


@transaction.atomic
def begin(*, village: Village, delivery: Delivery, step: Step, by: UUID, at: datetime) -> None:
    """Take a step, or have a job take it.

    Raises:
        DeliveryBusy: somebody else goes on with it.
        Refusal: as the step itself, where it is taken at once.
    """
    delivery = locked(delivery, *_FROM[step])
    audit(f"laboratory.{step}", by=by, at=at, village_id=village.pk, subject=("delivery", delivery.pk))
    if delivery.counts.get("rows", 0) <= AT_ONCE_LINES:
        _at_once(village, delivery, step, by, at)
        return
    delivery.state, delivery.refusal = State.WORKING, None
    delivery.counts = {**delivery.counts, "step": step, "since": at.isoformat(), "done": 0}
    delivery.save(update_fields=["state", "refusal", "counts"])
    _defer(
        village.pk,
        {
            "village_id": str(village.pk),
            "delivery_id": str(delivery.pk),
            "step": str(step),
            "by": str(by),
            "since": at.isoformat(),
            "language": get_language() or "",
        },
    )


def _defer(village_id: UUID, arguments: dict[str, Any]) -> None:
    """By the task's name, so that no action imports a job; in the transaction of the delivery."""
    app.configure_task(JOB, lock=f"laboratory.step {village_id}").defer(**arguments)


def _at_once(village: Village, delivery: Delivery, step: Step, by: UUID, at: datetime) -> None:
    if step is Step.MATCH:
        match_file(village, delivery, at)
        return
    author = Author(village, by, at)
    while _portion(author, delivery, step, at):
        pass
    _finish(delivery, step, by, at)


def _portion(author: Author, delivery: Delivery, step: Step, at: datetime) -> int:
    act = entering.enter_portion if step is Step.ENTER else entering.undo_portion
    return act(author, delivery, at)


def _finish(delivery: Delivery, step: Step, by: UUID, at: datetime) -> None:
    if step is Step.ENTER:
        entering.open_queues(delivery)
        delivery.state, delivery.entered_at, delivery.entered_by = State.ENTERED, at, by
    else:
        entering.close_queues(delivery)
        delivery.state = State.UNDONE
        delivery.digest = None  # the same file may be taken in again
    delivery.counts = {**delivery.counts, **matching.counts(delivery)}
    delivery.save(update_fields=["state", "entered_at", "entered_by", "digest", "counts"])


def work_off(asked: Asked) -> None:
    """Take a step that a delivery waits for; none when it was taken or stopped. Raises GONE: it may be tried again."""
    try:
        if asked.step is Step.MATCH:
            _match(asked)
        else:
            portions.work_off(asked.village.pk, lambda: _next(asked))
    except GONE:
        connection.close()
        with scope.enter(scope.of_system([asked.village.pk])):
            if _waiting(asked) is not None:  # nobody has stopped it
                raise
    except Exception:
        with scope.enter(scope.of_system([asked.village.pk])):
            delivery = _waiting(asked)
            if delivery is not None:
                _stand_back(delivery, asked.step, _("程序出错，没有做完。"))
        raise


def _match(asked: Asked) -> None:
    with progress.of(asked.delivery_id), scope.enter(scope.of_system([asked.village.pk])):
        progress.say("begin")
        delivery = _waiting(asked)
        if delivery is None:
            return
        try:
            with transaction.atomic():
                match_file(asked.village, delivery, clock.now())
        except Refusal as refusal:
            _stand_back(delivery, asked.step, str(refusal))


def _next(asked: Asked) -> bool:
    """The next portion, in a transaction of its own; whether there may be more."""
    delivery, at = _waiting(asked), clock.now()
    if delivery is None:
        return False
    done = _portion(Author(asked.village, asked.by, at), delivery, asked.step, at)
    if not done:
        _finish(delivery, asked.step, asked.by, at)
        return False
    delivery.counts = {**delivery.counts, "done": delivery.counts.get("done", 0) + done}
    delivery.save(update_fields=["counts"])
    return True


def _waiting(asked: Asked) -> Delivery | None:
    """The delivery, if it still waits for this step; nobody else has it until the transaction ends."""
    rows = Delivery.rows().select_for_update().filter(village_id=asked.village.pk, pk=asked.delivery_id)
    delivery = rows.first()
    if delivery is None or delivery.state != State.WORKING or delivery.counts.get("since") != asked.since:
        return None
    return delivery


def _stand_back(delivery: Delivery, step: Step, words: str) -> None:
    delivery.state, delivery.refusal = _BACK[step], {"words": words} if words else None
    delivery.save(update_fields=["state", "refusal"])


@transaction.atomic
def stop(*, delivery: Delivery, by: UUID, at: datetime) -> Step:
    """Stop the step that is being taken; which it was.

    Raises:
        NothingToStop: it is done already.
        NotStopped: the database did not end it in time.
    """
    rows = Delivery.rows().filter(village_id=delivery.village_id, pk=delivery.pk)
    step = Step(rows.values_list("counts__step", flat=True).first() or Step.MATCH)
    current = taken_hold_of(delivery.pk, rows) if step is Step.MATCH else rows.select_for_update().get()
    if current.state != State.WORKING:
        raise NothingToStop
    _stand_back(current, step, "")
    subject = ("delivery", current.pk)
    audit("laboratory.stop", by=by, at=at, village_id=current.village_id, subject=subject, data={"step": step})
    return step
