"""上级区划: what the province, city, county and township above the village are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wuyicun.domains.territory import access, divisions
from wuyicun.domains.territory.rules import Above
from wuyicun.domains.territory.words import ABOVE
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.web import notices


class DivisionsForm(forms.Form):
    """The names by level; of a division that other villages share only to be read."""

    def __init__(
        self, names: Mapping[Above, str], paths: Mapping[Above, str], may: Collection[Above], data: object = None
    ) -> None:
        super().__init__(data, use_required_attribute=False)  # type: ignore[arg-type]
        for level, name in names.items():
            words = _("代码 %(code)s") if level in may else _("代码 %(code)s；别的村也用这个名称，请由上级来改")
            self.fields[level] = forms.CharField(
                label=str(ABOVE[level]),
                max_length=64,
                required=False,
                initial=name,
                disabled=level not in may,
                help_text=words % {"code": paths[level]},
            )


@require_http_methods(["GET", "POST"])
def divisions_above(request: ScopedRequest) -> HttpResponse:
    """Type the names; they stand before the village's own in addresses."""
    village, may = request.village, access.divisions(request.scope, request.village)
    names, paths = divisions.names_above(village.area_path), divisions.paths_above(village.area_path)
    form = DivisionsForm(names, paths, may, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {level: form.cleaned_data[level] for level in may if form.cleaned_data[level] != names[level]}
        if said:
            divisions.name(village=village, names=said, by=request.account.pk, at=clock.now())
        notices.say(request, _("已保存"))
        return redirect("organisation")
    return render(request, "territory/form.html", {"form": form, "title": _("上级区划")})
