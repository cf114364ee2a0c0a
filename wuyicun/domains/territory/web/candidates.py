"""The form that makes accounts for many posts at once: a row for each person, read, checked, carried out together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from wuyicun.domains.territory import access, issuing
from wuyicun.domains.territory.issuing import Issued
from wuyicun.domains.territory.slips import Slip
from wuyicun.domains.territory.staff import Candidate, Task
from wuyicun.kernel.accounts.forms import PHONE_PATTERN
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.scope import Scope

USERNAME = re.compile(r"^[\w.@-]{2,64}$")


@dataclass
class Row:
    """A person as the form shows them and as it was filled in. `key` is the id of their first post."""

    key: str
    candidate: Candidate
    username: str
    phone: str = ""
    ticked: bool = True
    posts: list[UUID] = field(default_factory=list)
    account: UUID | None = None
    error: str = ""


@dataclass(frozen=True)
class Wanted:
    """What was asked for; `rows` are all, to be shown again when one is faulty."""

    rows: list[Row]

    @property
    def ticked(self) -> list[Row]:
        """The rows to carry out."""
        return [row for row in self.rows if row.ticked]

    @property
    def faulty(self) -> bool:
        """Nothing is carried out while a row is faulty, or when there is none."""
        return not self.ticked or any(row.error for row in self.ticked)


def rows(found: Sequence[Candidate]) -> list[Row]:
    """The form as it is shown first: all ticked, an account of the same name taken for the same person."""
    return [
        Row(
            str(candidate.tasks[0].id),
            candidate,
            candidate.username,
            posts=[task.id for task in candidate.tasks],
            account=candidate.known[0].pk if candidate.known else None,
        )
        for candidate in found
    ]


def read(sent: QueryDict, found: Sequence[Candidate]) -> Wanted:
    """The form as it was sent. A button `only` carries one row out, whatever is ticked."""
    only = sent.get("only", "")
    wanted = Wanted(rows(found))
    for row in wanted.rows:
        row.ticked = row.key == only if only else f"who-{row.key}" in sent
        row.username = sent.get(f"username-{row.key}", row.username).strip()
        row.phone = re.sub(r"[\s-]", "", sent.get(f"phone-{row.key}", "")).removeprefix("+86")
        chosen = set(sent.getlist(f"post-{row.key}"))
        row.posts = [task.id for task in row.candidate.tasks if str(task.id) in chosen]
        asked = sent.get(f"account-{row.key}", "")
        row.account = next((each.pk for each in row.candidate.known if str(each.pk) == asked), None)
    for row in wanted.ticked:
        row.error = _fault(row, Counter(each.username for each in wanted.ticked if each.account is None))
    return wanted


def _fault(row: Row, usernames: Counter[str]) -> str:
    if not row.posts:
        return _("请勾选至少一个岗位")
    if row.account is not None:
        return ""
    if not USERNAME.match(row.username):
        return _("登录名至少 2 个字，不要有空格和符号")
    if usernames[row.username] > 1:
        return _("登录名重复了，请改一个")
    return "" if not row.phone or re.match(PHONE_PATTERN, row.phone) else _("手机号是 11 位数字，请核对")


def make(wanted: Wanted, scope: Scope, village: Village, *, by: UUID, at: datetime) -> tuple[list[Slip], list[str]]:
    """Carry it out: the slips of new accounts, and the names of those whose account got more posts.

    Raises:
        NameTaken, HasAccount, MayNotKeep, MayNotGive: nothing was made; the row says why.
    """
    slips, linked = [], []
    for row in wanted.ticked:
        try:
            if row.account is not None:
                tasks = [(task.role, task.area_path) for task in row.candidate.tasks if task.id in row.posts]
                account = access.account_to_link(scope, village, row.account, tasks, at)
                issuing.link(village_id=village.pk, posts=row.posts, account=account, by=by, at=at)
                linked.append(account.name)
            else:
                issued = issuing.issue(
                    village_id=village.pk, posts=row.posts, username=row.username, phone=row.phone or None, by=by, at=at
                )
                slips.append(slip(issued, [task for task in row.candidate.tasks if task.id in row.posts]))
        except Refusal as refusal:
            row.error = str(refusal)
            raise
    return slips, linked


def slip(issued: Issued, tasks: Sequence[Task]) -> Slip:
    """What is handed over, with the posts in words: 西头岭 · 网格员."""
    words = [" · ".join(filter(None, (task.area, str(task.role_name), task.unit))) for task in tasks]
    return Slip(issued.name, issued.username, issued.password, issued.until, words)
