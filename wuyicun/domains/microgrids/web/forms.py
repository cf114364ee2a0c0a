"""The forms of micro-grids. They only parse."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

KEEP: dict[str, tuple[float, str | Promise]] = {
    "few": (0.6, gettext_lazy("尽量少搬户")),
    "middle": (0.25, gettext_lazy("兼顾（推荐）")),
    "compact": (0.03, gettext_lazy("尽量紧凑")),
}
"""What a move weighs, as a part of how far households are from the middle of their micro-grid."""


class KeepForm(forms.Form):
    """What matters more when micro-grids are redrawn."""

    use_required_attribute = False
    keep = forms.ChoiceField(
        label=gettext_lazy("更看重什么"),
        choices=[(code, words) for code, (_part, words) in KEEP.items()],
        widget=forms.RadioSelect,
        initial="middle",
    )


class ChatGroupForm(forms.Form):
    """The chat group of a micro-grid."""

    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("群名称"), max_length=64, required=False)
    link = forms.URLField(
        label=gettext_lazy("入群链接"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("保存后显示成二维码；留空则不显示"),
    )
