"""The words of checking's codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.verification.rules import Result

Words = str | Promise

RESULTS: dict[str, Words] = {Result.CONFIRMED: _("核对无误"), Result.CORRECTED: _("有改动，已更正")}

CODES: dict[str, Words] = {"unknown_household": _("名册里没有这一户")}

FIELDS: dict[str, Words] = {
    "household": _("户"),
    "check": _("户"),
    "result": _("情况"),
    "note": _("备注"),
    "reason": _("原因"),
}

TAKE_BACK_REASONS: dict[str, Words] = {"undo": _("当时就撤销"), "wrong_household": _("户弄错"), "other": _("其他原因")}
