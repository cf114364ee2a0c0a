"""The words for kinds, states and phases of a run, and for why one failed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.rules import Kind

KINDS: Mapping[str, Promise] = {
    Kind.DAILY: gettext_lazy("每天自动"),
    Kind.PAGE: gettext_lazy("在页面上"),
    Kind.SHELL: gettext_lazy("在命令行"),
}
PHASES: Mapping[str, Promise] = {
    "": gettext_lazy("等待开始"),
    "count": gettext_lazy("清点"),
    "database": gettext_lazy("读出数据库"),
    "files": gettext_lazy("读出文件"),
    "check": gettext_lazy("读回核对"),
}


def why(run: Run) -> str:
    """Why it failed, in the reader's language."""
    if run.failure.get("code") == "killed":
        return _("中途停止，没有做完")
    chosen = "english" if (get_language() or "").startswith("en") else "chinese"
    return str(run.failure.get(chosen, ""))


def size(count: int) -> str:
    """0.7 MB, 1.24 GB."""
    return f"{count / 1e6:.1f} MB" if count < 10**9 else f"{count / 1e9:.2f} GB"
