"""The page of all reports, each one click from its Excel file."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import access
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission


@dataclass(frozen=True)
class Entry:
    """A report: where it is, where its Excel file comes from ('' for none)."""

    title: str
    about: str
    url: str
    excel: str = ""


@require_GET
def reports(request: ScopedRequest) -> HttpResponse:
    """Which reports there are."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    listed = [
        Entry(
            _("工作底册"),
            _("每个片区、单位、点位的名称、详细地址、主要负责人和电话"),
            reverse("report_book"),
            reverse("report_book_export"),
        ),
        Entry(
            _("人口统计"),
            _("按年龄、性别、人群、微网格和居住类别，带图"),
            reverse("report_population"),
            reverse("report_population_export"),
        ),
        Entry(
            _("每周变动"),
            _("一周里谁迁入、出生、迁出、去世、在村内移动、外出和返村"),
            reverse("report_changes"),
            reverse("report_changes_export"),
        ),
    ]
    if request.scope.permits(Permission.PRINT_CARDS):
        about = _("还没在采样系统注册的人，一人一个二维码胸牌")
        listed.append(Entry(_("没有采样码的人的胸牌"), about, reverse("cards") + "?kind=badges"))
    return render(request, "registry/reports.html", {"reports": listed})
