"""Taking a report along: as an Excel file or on paper, written down like a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from wuyicun.domains.registry.ledgers import taking
from wuyicun.domains.registry.ledgers.taking import How, Leaving, Sort, Why
from wuyicun.domains.registry.web.ledgers import asking
from wuyicun.domains.registry.web.ledgers.taking import (
    MOST_ON_PAPER,
    TooLongForPaper,
    on_paper,
    said_of_it,
    taken_by,
    watermark,
)
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.workbook import Page, Sheet, workbook
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.responses import attachment, pdf


@dataclass(frozen=True)
class Asked:
    """What the form under a report asks for.

    Attributes:
        area_path: of this area; '' for all that the asker may see.
        clear: phones in clear, for the reason `why`.
    """

    area_path: str
    at: datetime
    clear: bool = False
    why: Why = field(default_factory=Why)

    @property
    def permission(self) -> Permission:
        """What must be held over the area of each line."""
        return Permission.EXPORT_LEDGER if self.clear else Permission.VIEW_PEOPLE


@dataclass(frozen=True)
class Report:
    """What is taken along; on paper only its first sheet, whose columns say their widths.

    Attributes:
        code: in the log.
        rows: how many lines it has, all sheets together.
    """

    code: str
    title: str
    sheets: Sequence[Sheet]
    rows: int
    upright: bool = False


def sent(request: ScopedRequest) -> QueryDict:
    """What the form under a report, or else the report's address, asks for."""
    return request.POST if request.method == "POST" else request.GET


def area_of(request: ScopedRequest) -> str:
    """The area that is asked for."""
    return sent(request).get("area", "")[:32]


def title_of(request: ScopedRequest, report: str) -> str:
    """The official title: the village's name in front."""
    return _("%(village)s%(ledger)s") % {"village": request.village.name, "ledger": report}


def note(request: ScopedRequest, asked: Asked, *about: str, numbers: bool = True) -> str:
    """What it is about, who took it and when: it goes with the paper.

    Args:
        numbers: phones stand in it, so that it is said whether they are masked; else it holds figures only.
    """
    area = asking.area_name(request, asked.area_path)
    if not numbers:
        return " · ".join(part for part in (area, *about, taken_by(request, asked.at)) if part)
    return said_of_it(request, [area, *about], asked.why if asked.clear else None, asked.at)


def as_excel(request: ScopedRequest, asked: Asked, report: Report) -> HttpResponseBase:
    """An Excel file, written down."""
    page = Page("a4", report.upright, watermark(request, asked.at))
    sheets = [replace(each, page=page) for each in report.sheets]
    file = workbook(sheets, made_by=request.account.name, made_at=asked.at)
    _log(request, asked, report, How.EXCEL)
    return attachment(file, f"{report.title}.xlsx")


def as_pdf(request: ScopedRequest, asked: Asked, report: Report) -> HttpResponse:
    """The first sheet on paper, written down.

    Raises:
        TooLongForPaper: nobody prints so much.
    """
    sheet = report.sheets[0]
    if report.rows > MOST_ON_PAPER:
        raise TooLongForPaper(most=MOST_ON_PAPER)
    sheet = replace(sheet, title=report.title, page=Page("a4", report.upright))
    content = on_paper(request, sheet, [asking.area_name(request, asked.area_path)], asked.at)
    _log(request, asked, report, How.PDF)
    return pdf(content, report.title)


def _log(request: ScopedRequest, asked: Asked, report: Report, how: How) -> None:
    covers = asking.covered(request, asked.area_path, asked.permission)
    leaving = Leaving(
        Sort.REPORT, report.code, report.title, how, asked.area_path, covers, report.rows, clear=asked.clear,
        why=asked.why,
    )  # fmt: skip
    taking.log(village_id=request.village.pk, leaving=leaving, by=request.account.pk, at=asked.at)
