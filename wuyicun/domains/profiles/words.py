"""The names of pathogens, of what is brought along and seen to; a village's own profile keeps its own."""

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

SETUP: dict[str, str | Promise] = {
    "zones": _("等候区、采样区、缓冲区、临时隔离区分开，进口和出口分开"),
    "tent": _("帐篷、桌椅摆好，水电和照明能用"),
    "lines": _("防护线拉好，地上一米间隔线标好"),
    "signs": _("提示牌、流程图、采样码贴好"),
    "ventilation": _("通风：露天，或门窗打开、不用循环空调"),
    "order": _("维持秩序、查健康码、测体温的人到岗，体温枪能用"),
    "protection": _("防护服、口罩、面屏、手套穿戴好，备用的够"),
    "hand_rub": _("每个窗口有手消毒液，一人一消毒"),
    "disinfectant": _("含氯消毒液配好，写明浓度和配制时间"),
    "kit": _("采样管、拭子、标签、转运箱和冰袋够用"),
    "phones": _("扫码的手机电量足、已登录、选对了采样点"),
    "waste": _("医疗废物袋、有盖桶、警示标识放好"),
}
