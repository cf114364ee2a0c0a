"""The frozen report as a Word file, for an office that goes on writing in it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.screening.web.pace import Drawing
from wuyicun.domains.screening.web.report import a_version, name, pace_of, paper
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.pdf import png
from wuyicun.kernel.documents.word import WORD, Heading, Paragraph, Picture, Table, document
from wuyicun.kernel.web.responses import attachment

Part = Heading | Paragraph | Table | Picture


@require_GET
def report_word(request: ScopedRequest, round_id: UUID, version: int) -> FileResponse:
    """The same words and figures as on the printed report."""
    now = clock.now()
    round_, shown = a_version(request, round_id, version)
    data = paper(request, round_, shown, now)
    about = [data["village"], data["round"], _("第 %(version)s 版") % {"version": shown.version}]
    parts = [*_figures(data), *_pace(pace_of(request, round_, shown, now)), *_tubes(data), *_lists(data)]
    parts.append(Paragraph(_("报告数据摘要(SHA-256) %(digest)s") % {"digest": shown.digest}))
    content = document(_("核酸检测轮次总结"), " · ".join(about), parts, now)
    return attachment(io.BytesIO(content), f"{name(round_, shown)}.docx", WORD)


def _figures(data: Mapping[str, Any]) -> Iterator[Part]:
    yield Paragraph(data["sentence"], bold=True)
    yield Paragraph(_("开轮：%(at)s %(by)s") % data["opened"])
    yield Paragraph(_("关闭：%(at)s %(by)s") % data["closed"])
    if data["amended"]:
        yield Paragraph(_("修订：%(why)s") % {"why": data["amended"]}, bold=True)
    keys = ("due", "done", "unreachable", "refused", "excused", "coverage")
    words = [_("应采"), _("已采"), _("联系不上"), _("拒绝"), _("另暂免"), _("覆盖率")]
    rows = [["　" * area["depth"] + area["name"], *(area[key] for key in keys)] for area in data["areas"]]
    rows.append([_("合计"), *(data["figures"][key] for key in keys)])
    yield Heading(_("各片区、微网格"))
    yield Table([_("区域"), *words], rows, numbers=1)


def _pace(chart: Drawing | None) -> Iterator[Part]:
    if chart is not None:
        yield Heading(_("进度和计划"))
        yield Paragraph(chart.sentence)
        yield Picture(png(chart.svg))


def _tubes(data: Mapping[str, Any]) -> Iterator[Part]:
    yield Heading(_("试管"))
    words = [_("已送"), _("不足份"), _("超时"), _("遗失"), _("阳性")]
    yield Table(words, [[data["tubes"][key] for key in ("sent", "short", "late", "lost", "positive")]], numbers=0)


def _lists(data: Mapping[str, Any]) -> Iterator[Part]:
    titles: Sequence[tuple[str, str]] = [
        ("excused", _("暂免")),
        ("unreachable", _("联系不上")),
        ("refused", _("拒绝")),
        ("joined", _("开轮后新增")),
        ("left", _("开轮后离开")),
        ("flagged", _("已存但不计的样本")),
        ("retests", _("关闭时还没有做完的单人复检")),
    ]
    for key, title in titles:
        yield Heading(title)
        if not data[key]:
            yield Paragraph(_("无"))
            continue
        rows = [
            [number, each["name"], each["house"], each["reason"], each["until"] or ""]
            for number, each in enumerate(data[key], start=1)
        ]
        yield Table([_("序号"), _("姓名"), _("住址"), _("原因"), _("说明")], rows)
