"""What the menu shows, in order; who is not allowed does not see it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.navigation import Item

ITEMS: tuple[Item, ...] = (
    Item("today", _("今日"), "today", Permission.VIEW_BOARD, 10, behind="/today/"),
    Item("today", _("我要做的"), "tasks", Permission.VIEW_BOARD, 20),
    Item("screening", _("轮次"), "rounds", Permission.VIEW_BOARD, 10),
    Item("screening", _("未采名单"), "current_missing", Permission.VIEW_PEOPLE, 20),
    Item("screening", _("上门采样"), "current_visits", Permission.VIEW_PEOPLE, 25),
    Item("screening", _("试管"), "current_tubes", Permission.VIEW_BOARD, 30),
    Item("screening", _("转运"), "current_runs", Permission.CARRY_TUBES, 40),
    Item("screening", _("结果"), "current_results", Permission.ENTER_RESULTS, 50),
    Item("screening", _("实验室结果"), "current_laboratory", Permission.ENTER_RESULTS, 52),
    Item("screening", _("逐人落实"), "current_proof", Permission.VIEW_PEOPLE, 55),
    Item("screening", _("收尾"), "current_closing", Permission.CLOSE_ROUND, 60),
    Item("screening", _("待处理记录"), "tray", Permission.DECIDE_RECORDS, 90),
    Item("people", _("人员"), "people", Permission.VIEW_PEOPLE, 10),
    Item("people", pgettext_lazy("list", "微网格"), "micro_grids", Permission.VIEW_PEOPLE, 15),
    Item("people", _("重新划分"), "rebalancing", Permission.ARRANGE_GRIDS, 16),
    Item("people", _("台账"), "ledgers", Permission.VIEW_PEOPLE, 20),
    Item("people", _("报表"), "reports", Permission.VIEW_PEOPLE, 22),
    Item("people", _("入户核对"), "verification", Permission.VIEW_PEOPLE, 25),
    Item("people", _("点位"), "places", Permission.VIEW_PEOPLE, 30),
    Item("people", _("二维码卡"), "cards", Permission.PRINT_CARDS, 40),
    Item("people", _("导入名册"), "import_start", Permission.IMPORT_ROSTER, 50),
    Item("people", _("待定"), "conflicts", Permission.DECIDE_CONFLICTS, 60),
    Item("people", _("重复登记"), "duplicates", Permission.DECIDE_CONFLICTS, 65),
    Item("hygiene", _("消杀台账"), "disinfections", Permission.VIEW_BOARD, 10),
    Item("settings", _("组织与岗位"), "organisation", Permission.MANAGE_POSTS, 10),
    Item("settings", _("账号"), "accounts", Permission.MANAGE_ACCOUNTS, 20),
    Item("settings", _("数据接口"), "interface", Permission.EXPORT_LEDGER, 70),
    Item("settings", _("备份"), "backups", Permission.BACK_UP, 80),
)
