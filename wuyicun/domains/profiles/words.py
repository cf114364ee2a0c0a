"""The names of pathogens and of what is brought along; a village's own profile keeps the names that it was given."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PATHOGENS: dict[str, str | Promise] = {"covid19": _("新型冠状病毒肺炎")}

KIT: dict[str, str | Promise] = {
    "swab": _("采样拭子"),
    "tube": _("采样管"),
    "label": _("试管标签"),
    "gown": _("防护服"),
    "mask": _("防护口罩"),
    "face_shield": _("面屏"),
    "gloves": _("手套（副）"),
    "hand_rub": _("手消毒液（瓶）"),
    "disinfectant": _("消毒剂（桶）"),
    "waste_bag": _("医疗废物袋"),
    "carrier": _("转运箱"),
    "thermometer": _("体温枪"),
    "signs": _("提示牌和隔离带（套）"),
}

SCHEMES: dict[str, str | Promise] = {
    "daily": _("每天一轮，直到决定停"),
    "three_and_one": _("每天一轮，连续三轮没有阳性后隔三天再采一轮"),
}
