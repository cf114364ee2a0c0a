"""Sheets of labels with new codes, for tubes that bear none of a laboratory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wuyicun.domains.screening import access, tube_history
from wuyicun.domains.screening.web.common import Head
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents import qr
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.responses import pdf

LABELS_ON_A_SHEET = 40
MOST_LABELS = 400
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when read aloud or typed
_SIGNS_IN_A_CODE = 6


class LabelForm(forms.Form):
    """How many labels to print."""

    sheets = forms.IntegerField(
        label=gettext_lazy("几张"),
        min_value=1,
        max_value=MOST_LABELS // LABELS_ON_A_SHEET,
        initial=1,
        help_text=gettext_lazy("每张 A4 标签纸 40 枚，52.5 × 29.7 毫米"),
    )


@require_http_methods(["GET", "POST"])
def labels(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Sheets of labels with new codes. Nothing is kept of them: a code exists once a tube is opened with it."""
    round_ = access.a_round(request.scope, request.village.pk, round_id, Permission.SAMPLE)
    form = LabelForm(request.POST if request.method == "POST" else None, use_required_attribute=False)
    if request.method != "POST" or not form.is_valid():
        example = new_codes(request.village.pk, 1)[0]
        context = {"head": Head.of(round_), "form": form, "example": example, "drawing": qr.svg(example)}
        return render(request, "screening/labels.html", context)
    codes = new_codes(request.village.pk, form.cleaned_data["sheets"] * LABELS_ON_A_SHEET)
    audit(
        "screening.print_labels",
        by=request.account.pk,
        at=clock.now(),
        village_id=request.village.pk,
        subject=("round", round_.pk),
        data={"labels": len(codes)},
    )
    data = {
        "village": request.village.name,
        "round": round_.title,
        "labels": [{"code": code, "qr": qr.svg(code)} for code in codes],
    }
    return pdf(typeset("tube_labels", data, language=get_language() or "zh-hans"), _("试管标签"))


def new_codes(village_id: UUID, count: int) -> Sequence[str]:
    """Codes that no tube of the village bears: T and six signs in two groups, as in T7K-3M9Q.

    Drawn at random from 900 million, so that sheets printed at two places at once do not meet.
    """
    found: list[str] = []
    while len(found) < count:
        drawn = {_new_code() for _each in range(count - len(found))}
        found += sorted(drawn - set(found) - tube_history.codes_known(village_id, sorted(drawn)))
    return found


def _new_code() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _place in range(_SIGNS_IN_A_CODE))
    return f"T{signs[:2]}-{signs[2:]}"
