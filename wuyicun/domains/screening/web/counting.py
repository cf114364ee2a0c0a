"""The forms in which tubes change hands: which ones, and how many were counted by hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.screening import signing
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.web.tubes import read_code

_CODE = re.compile(r"[0-9A-Z][0-9A-Z._/-]*")


class CountedForm(forms.Form):
    """Tubes, by ticks and by scanned codes, and how many were counted by hand."""

    scanned = forms.CharField(
        label=gettext_lazy("扫码或输入试管编号"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=gettext_lazy("一行一个，也可以在表里勾选"),
    )
    counted = forms.IntegerField(label=gettext_lazy("手里数到几支"), min_value=1, max_value=500)
    differs = forms.BooleanField(label=gettext_lazy("数过两遍，仍按手里的支数登记"), required=False)

    def __init__(self, tubes: Sequence[TubeView], *, chosen: Collection[str] = (), **given: Any) -> None:
        super().__init__(use_required_attribute=False, **given)
        self.known = {tube.code.upper(): tube for tube in tubes}
        self.chosen = set(chosen)
        self.mismatch = False

    def ticked(self) -> set[str]:
        """The codes of ticked tubes, for the table to show them ticked again."""
        if not self.is_bound:
            return self.chosen
        return set(self.data.getlist("tube")) if hasattr(self.data, "getlist") else set()

    def clean(self) -> dict[str, Any]:
        """The codes are known and as many as were counted."""
        data: dict[str, Any] = super().clean() or {}
        typed = {read_code(part) for part in data.get("scanned", "").replace(",", "\n").replace("，", "\n").split()}
        codes = {code for code in typed | {read_code(code) for code in self.ticked()} if code}
        strange = sorted(code for code in codes if code not in self.known)
        if strange:
            self.add_error("scanned", _("这些编号不在待办的试管里：%(codes)s") % {"codes": _("、").join(strange)})
        elif not codes:
            self.add_error("scanned", _("请勾选或扫入试管"))
        elif data.get("counted") is not None and data["counted"] != len(codes) and not data.get("differs"):
            self.mismatch = True
            words = _("系统里选了 %(chosen)s 支，手里数到 %(counted)s 支。请再数一遍；确实不符就勾选下面一项")
            self.add_error("counted", words % {"chosen": len(codes), "counted": data["counted"]})
        data["codes"] = [self.known[code].code for code in sorted(codes) if code in self.known]
        return data


class BoxForm(CountedForm):
    """Tubes are put into a box."""

    box = forms.CharField(label=gettext_lazy("箱号"), max_length=40)

    field_order = ("box", "scanned", "counted", "differs")

    def clean_box(self) -> str:
        """A code as tubes bear one."""
        code = read_code(self.cleaned_data["box"])
        if not _CODE.fullmatch(code):
            raise forms.ValidationError(_("箱号用字母、数字和 - . / _"))
        return code


class SignatureField(forms.CharField):
    """What a finger drew beside a name; it may stay empty, since the slip has a line for a pen."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=signing.MOST_CHARACTERS)

    def clean(self, value: Any) -> signing.Strokes | None:
        """The strokes."""
        try:
            return signing.read(super().clean(value))
        except (ValueError, msgspec.DecodeError):
            raise forms.ValidationError(_("签名没有读出来，请重签")) from None


class HandoverForm(CountedForm):
    """Two people hand tubes over."""

    giver = forms.CharField(label=gettext_lazy("交出人"), max_length=64)
    receiver = forms.CharField(label=gettext_lazy("接收人"), max_length=64)
    giver_signature = SignatureField()
    receiver_signature = SignatureField()

    field_order = ("scanned", "counted", "differs", "giver", "receiver")

    def clean(self) -> dict[str, Any]:
        """Two different people."""
        data = super().clean()
        if data.get("giver") and data.get("receiver") and data["giver"].strip() == data["receiver"].strip():
            self.add_error("receiver", _("交出人和接收人要是两个人"))
        return data


class ReceiptForm(CountedForm):
    """Tubes arrive."""

    laboratory = forms.CharField(label=gettext_lazy("实验室"), max_length=64)

    field_order = ("scanned", "counted", "differs", "laboratory")
