"""扫管录入: one result for all tubes whose codes a scanner has typed, read back before anything is entered."""

from __future__ import annotations

import re
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from wuyicun.domains.laboratory import access, deliveries
from wuyicun.domains.laboratory.parsing import Said
from wuyicun.domains.laboratory.rules import NEGATIVE, Source, read_code
from wuyicun.domains.screening.rules import TubeResult
from wuyicun.domains.screening.web.common import Head
from wuyicun.domains.screening.words import RESULT_LOOKS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.web.writing import carried_record

MOST_CODES = 2_000
_BETWEEN = re.compile(r"[\s,;，；、]+")
_ANSWERS = (TubeResult.NEGATIVE, TubeResult.POSITIVE, TubeResult.INVALID)


class ScanForm(forms.Form):
    """Codes as the scanner typed them, one result for all, and how many tubes lie there."""

    use_required_attribute = False

    result = forms.ChoiceField(
        label=gettext_lazy("这些管都是"),
        choices=[(answer, RESULT_LOOKS[answer].word) for answer in _ANSWERS],
        initial=NEGATIVE,
        widget=forms.RadioSelect,
    )
    codes = forms.CharField(
        label=gettext_lazy("一支一支扫"),
        help_text=gettext_lazy("扫码枪扫一支，就多一行。也可以一行写一个编号。"),
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )
    counted = forms.IntegerField(
        label=gettext_lazy("数一数实物，共几支"),
        min_value=1,
        max_value=MOST_CODES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number"}),
    )
    laboratory = forms.CharField(label=gettext_lazy("哪个实验室"), max_length=64, required=False)

    def clean_codes(self) -> list[str]:
        """The codes in the order they were scanned, those scanned twice too."""
        codes = [code for text in _BETWEEN.split(self.cleaned_data["codes"]) if (code := read_code(text))]
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(_("一次最多 %(most)s 支，请分几次扫。") % {"most": MOST_CODES})
        return codes


@require_http_methods(["GET", "POST"])
def scan(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The form; what was scanned is read back on the page of its delivery."""
    round_ = access.a_round(request.scope, request.village.pk, round_id)
    form = ScanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes, result = form.cleaned_data["codes"], form.cleaned_data["result"]
        said = [Said(place, code, result, None, "", None, "", "") for place, code in enumerate(codes, 1)]
        delivery = deliveries.take_in_said(
            village=request.village,
            round_id=round_.pk,
            source=Source.SCAN,
            laboratory=form.cleaned_data["laboratory"].strip(),
            said=said,
            by=request.account.pk,
            at=clock.now(),
            delivery_id=carried_record(request),
            counted=form.cleaned_data["counted"],
        )
        return redirect("laboratory_delivery", delivery_id=delivery.pk)
    context = {"head": Head.of(round_), "form": form, "record": uuid7()}
    return render(request, "laboratory/scan.html", context)
