"""The one-time code of an empty installation: printed in the terminal, typed once on the set-up page."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.accounts.models import Account, SetupCode
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.errors import Refusal

PURPOSE = "accounts.setup_code"
VALID_FOR = timedelta(hours=24)
CLAIMED_FOR = timedelta(hours=2)
MOST_TRIES = 10
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
LENGTH = 8


class WrongCode(Refusal):
    """Not the code, or not any more."""

    code = "setup_code_wrong"
    status = 400
    words = _("一次性码不对。请看启动系统的窗口里最后显示的那个。")


class CodeOver(Refusal):
    """Used, too old, or tried too often: only a new one helps."""

    code = "setup_code_over"
    status = 400
    words = _("这个一次性码已用过、过期或试错太多次。请在服务器上运行 ./wuyi account code 换一个。")


def is_empty() -> bool:
    """Is there no account yet? Accounts are never deleted: what is not empty stays so."""
    return not Account.objects.exists()


@transaction.atomic
def make(*, at: datetime) -> str:
    """A new code; older ones count no more."""
    text = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    SetupCode.objects.filter(done_at__isnull=True).update(done_at=at)
    SetupCode.objects.create(digest=_digest(text), made_at=at, ends_at=at + VALID_FOR)
    audit("accounts.setup_code", by=None, at=at)
    return f"{text[:4]}-{text[4:]}"


@transaction.atomic
def _claim(typed: str, at: datetime) -> tuple[UUID | None, type[Refusal] | None]:
    code = SetupCode.objects.select_for_update().filter(done_at__isnull=True).order_by("-made_at").first()
    if code is None or code.claimed_at is not None or code.ends_at <= at or code.tries >= MOST_TRIES:
        return None, CodeOver
    code.tries += 1
    right = secrets.compare_digest(bytes(code.digest), _digest(typed))
    if right:
        code.claimed_at, code.ends_at = at, at + CLAIMED_FOR
    code.save(update_fields=["tries", "claimed_at", "ends_at"])
    return (code.pk, None) if right else (None, WrongCode)


def claim(typed: str, *, at: datetime) -> UUID:
    """Use the code; whoever did may go on with the id that is returned.

    Raises:
        WrongCode, CodeOver: a wrong try counts.
    """
    claimed, refusal = _claim(typed, at)
    if refusal is not None or claimed is None:
        raise (refusal or WrongCode)
    return claimed


def is_claimed(code_id: str, at: datetime) -> bool:
    """May who claimed this code still go on?"""
    return SetupCode.objects.filter(pk=code_id, claimed_at__isnull=False, done_at__isnull=True, ends_at__gt=at).exists()


def finish(*, code_id: str, at: datetime) -> None:
    """Nobody goes on with this code after it; to be called in the transaction that makes the first account.

    Raises:
        CodeOver: somebody was faster.
    """
    code = SetupCode.objects.select_for_update().filter(pk=code_id, done_at__isnull=True, ends_at__gt=at).first()
    if code is None or code.claimed_at is None or not is_empty():
        raise CodeOver
    code.done_at = at
    code.save(update_fields=["done_at"])


def _digest(typed: str) -> bytes:
    letters = "".join(character for character in typed.upper() if character.isalnum())
    return blind_index(letters, PURPOSE)
