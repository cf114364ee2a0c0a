"""Words for the codes of the tree and the units."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LEVELS: dict[str, str | Promise] = {
    "village": _("村"),
    "grid": _("网格（片区）"),
    "micro_grid": _("微网格"),
    "unplaced": _("未入网"),
}
UNIT_KINDS: dict[str, str | Promise] = {
    "command": _("指挥部、前线指挥所"),
    "dispatch_centre": _("调度中心"),
    "dispatch_station": _("调度站"),
    "office": _("办公室"),
    "committee": _("委员会"),
    "party": _("党组织"),
    "partner": _("联动单位"),
}
