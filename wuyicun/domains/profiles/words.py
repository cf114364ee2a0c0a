"""The names of pathogens; a village's own profile keeps the name that it was given."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PATHOGENS: dict[str, str | Promise] = {"covid19": _("新型冠状病毒肺炎")}
