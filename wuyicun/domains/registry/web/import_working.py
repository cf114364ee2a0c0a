"""What stands on the page while a long file is worked on: how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.models import ImportBatch
from wuyicun.domains.registry.words import Words
from wuyicun.kernel.jobs import progress
from wuyicun.kernel.jobs.progress import Progress

_STAGES: Mapping[str, Words] = {
    "begin": _("轮到这一批了"),
    "read": _("正在读表"),
    "compare": _("正在和名册比对"),
    "match": _("正在认人"),
    "lines": _("正在记下每一行会怎样"),
    "write": _("正在写入名册"),
    "find": _("正在编检索，编好就能按姓名、拼音、号码找到"),
    "touched": _("正在看谁后来又有改动和记录，这些不动"),
    "back": _("正在恢复和去掉"),
    "areas": _("正在去掉这一批建的片区和微网格"),
}
_PREVIEW = {"begin": 0, "read": 2, "compare": 30, "match": 75, "lines": 88}
_COMMIT = {"begin": 0, "read": 1, "compare": 12, "match": 34, "lines": 40, "write": 46, "find": 58}
_UNDO = {"begin": 0, "touched": 1, "back": 5, "areas": 16, "find": 74}
_BEGINS = {"preview": _PREVIEW, "commit": _COMMIT, "undo": _UNDO}
"""At how many hundredths of the whole time each stage begins, as measured with 100,000 rows; the last ends at 100."""


def token(batch: ImportBatch, said: Progress | None) -> str:
    """Changes when the batch goes on."""
    return f"{batch.state} {batch.counts.get('since', '')} {said}"


def working(batch: ImportBatch, said: Progress | None) -> dict[str, Any]:
    """What the part of the page that asks again and again is made from."""
    doing = batch.counts["step"]
    return {
        "batch": batch,
        "live_url": reverse("import_progress", args=[batch.pk]),
        "token": token(batch, said),
        "doing": doing,
        "rows": sum(batch.counts.get("rows", {}).values()),
        "percent": _percent(said, _BEGINS[doing]) if said else 0,
        "stage": _STAGES.get(said.stage, "") if said else _("前面还有别的事在做，轮到就开始"),
        "said": said,
    }


def asked(batch: ImportBatch) -> Progress | None:
    """How far the batch is; None while it waits for its turn."""
    return progress.ask(batch.pk)


def _percent(said: Progress, begins: Mapping[str, int]) -> int:
    if said.stage not in begins:
        return 0
    start = begins[said.stage]
    end = min((each for each in begins.values() if each > start), default=100)
    share = said.done / said.total if said.total else 0
    return round(start + (end - start) * min(share, 1))
