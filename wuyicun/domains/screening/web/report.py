"""The frozen report of a closed round, on the screen and on paper; names are looked up, none is frozen with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.screening import access, queries, reports
from wuyicun.domains.screening.models import Report, Round
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.web.common import (
    Head,
)
from wuyicun.domains.screening.web.pace import Drawing, drawing
from wuyicun.domains.screening.words import FLAG_SHORT, Words, reason
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.responses import pdf


@dataclass(frozen=True)
class Named:
    """Somebody in a list of the report; without a name when the account may not know it."""

    name: str
    house: str
    reason: Words
    more: Words
    url: str


@dataclass(frozen=True)
class PeopleList:
    """A list of people in the report."""

    key: str
    title: Words
    people: Sequence[Named]
    hidden: int

    @property
    def count(self) -> int:
        """All of them, those without a name included."""
        return len(self.people) + self.hidden


@require_GET
def report(request: ScopedRequest, round_id: UUID, version: int | None = None) -> HttpResponse:
    """The report of a closed round; the latest version unless another is asked for."""
    village_id = request.village.pk
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_BOARD)
    versions = queries.reports(village_id, round_.pk)
    if not versions:
        if version is None:
            return redirect("round", round_id=round_.pk)
        raise Http404
    shown = _version(versions, version)
    data = shown.data
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "round": round_,
        "report": shown,
        "versions": versions,
        "data": data,
        "sentence": _sentence(data),
        "areas": _areas(village_id, data),
        "lists": _lists(request, round_, data),
        "pace": pace_of(request, round_, shown, clock.now()),
        "closed_at": _moment(data["closed_at"]),
        "opened_at": _moment(data["opened_at"]),
        "by": accounts.names_of([shown.made_by]).get(shown.made_by, "") if shown.made_by else "",
        "may_reopen": request.scope.permits(Permission.CLOSE_ROUND, round_.area_path)
        and round_.state in (RoundState.CLOSED, RoundState.AMENDED),
        "coverage": _percent(data["counts"]["done"], _due(data["counts"])),
        "due": _due(data["counts"]),
    }
    return render(request, "screening/report.html", context)


def _version(versions: Sequence[Report], version: int | None) -> Report:
    if version is None:
        return versions[0]
    found = next((each for each in versions if each.version == version), None)
    if found is None:
        raise Http404
    return found


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _due(counts: Mapping[str, int]) -> int:
    return counts["current"] - counts["excused"]


def _sentence(data: Mapping[str, Any]) -> str:
    due = _due(data["counts"])
    if data["counts"]["owed"]:
        return _("%(due)s 人应采，%(owed)s 人没有着落") % {"due": due, "owed": data["counts"]["owed"]}
    return _("%(due)s 人应采，每人都有着落") % {"due": due}


def _areas(village_id: UUID, data: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """The leaves under their sections, whose figures are the sums."""
    names = territory.names(village_id)
    rows: list[dict[str, Any]] = []
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for leaf in data["areas"]:
        sections.setdefault(leaf["area_path"][:SECTION_DIGITS], []).append(leaf)
    for path, leaves in sections.items():
        sums = {
            key: sum(leaf[key] for leaf in leaves) for key in ("current", "done", "excused", "unreachable", "refused")
        }
        due = _due(sums)
        rows.append(
            {"name": names.get(path, ""), "depth": 0, **sums, "due": due, "coverage": _percent(sums["done"], due)}
        )
        if [leaf["area_path"] for leaf in leaves] != [path]:
            rows += [
                {
                    "name": leaf["area"],
                    "depth": 1,
                    **{key: leaf[key] for key in sums},
                    "due": _due(leaf),
                    "coverage": _percent(leaf["done"], _due(leaf)),
                }
                for leaf in leaves
            ]
    return rows


def _percent(part: int, whole: int) -> str:
    """To a tenth, and never more than it is: 100.0 means that nobody is missing."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "–"


def _lists(request: ScopedRequest, round_: Round, data: Mapping[str, Any]) -> Sequence[PeopleList]:
    people = registry.brief(request.village.pk, reports.people_in(dict(data)))
    seen = access.visible(request.scope, people.values())
    said = {
        key: [(UUID(row["person"]), reason(row["reason"]), _more(row)) for row in data[key]]
        for key in ("excused", "unreachable", "refused")
    }
    flagged = [(UUID(row["person"]), _flag(row), "") for row in data["flagged"] if row["flag"] != "voided"]
    in_list: Sequence[tuple[str, Words, Sequence[tuple[UUID, Words, Words]]]] = [
        ("excused", _("暂免"), said["excused"]),
        ("unreachable", _("联系不上"), said["unreachable"]),
        ("refused", _("拒绝"), said["refused"]),
        ("joined", _("开轮后新增"), [(UUID(each), "", "") for each in data["joined"]]),
        ("left", _("开轮后离开"), [(UUID(each), "", "") for each in data["left"]]),
        ("flagged", _("已存但不计的样本"), flagged),
        ("retests", _("关闭时还没有做完的单人复检"), [(UUID(each), "", "") for each in data["retests"]["open"]]),
    ]
    found = []
    for key, title, rows in in_list:
        named = [_named(round_, seen[person], why, more) for person, why, more in rows if person in seen]
        named.sort(key=lambda each: (_as_counted(each.house), each.name))
        found.append(PeopleList(key, title, named, len(rows) - len(named)))
    return found


_DIGITS = re.compile(r"(\d+)")


def _as_counted(house: str) -> list[tuple[int, str]]:
    """北头岭 2 号 before 北头岭 11 号."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(house)]


def _more(row: Mapping[str, Any]) -> Words:
    """Until when somebody is excused, or how often somebody tried."""
    until = _moment(row.get("until"))
    if until is not None:
        return _("到 %(time)s") % {"time": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"}
    attempts = row.get("attempts") or 0
    return ngettext("找过 %(count)s 次", "找过 %(count)s 次", attempts) % {"count": attempts} if attempts else ""


def _flag(row: Mapping[str, str]) -> str:
    return f"{row['tube']} {FLAG_SHORT.get(row['flag'], row['flag'])}"


def _named(round_: Round, person: PersonBrief, why: Words, more: Words) -> Named:
    return Named(person.name, person.house, why, more, reverse("round_person", args=[round_.pk, person.id]))


@require_GET
def report_pdf(request: ScopedRequest, round_id: UUID, version: int) -> HttpResponse:
    """The report on paper, to sign."""
    now = clock.now()
    round_, shown = a_version(request, round_id, version)
    content = paper(request, round_, shown, now)
    chart = pace_of(request, round_, shown, now)
    content["pace"] = None if chart is None else {"sentence": chart.sentence, "svg": chart.svg}
    typeset_report = typeset("round_report", content, language=get_language() or "zh-hans")
    return pdf(typeset_report, name(round_, shown))


def a_version(request: ScopedRequest, round_id: UUID, version: int) -> tuple[Round, Report]:
    """A round and a version of its report. Raises NotYours, Http404."""
    round_ = access.a_round(request.scope, request.village.pk, round_id, Permission.VIEW_BOARD)
    return round_, _version(queries.reports(request.village.pk, round_.pk), version)


def name(round_: Round, shown: Report) -> str:
    """What a file with the report is called."""
    return f"{round_.title} {_('总结')} v{shown.version}"


def pace_of(request: ScopedRequest, round_: Round, shown: Report, now: datetime) -> Drawing | None:
    """How the round went, as a chart; for who may see all of it."""
    if not request.scope.permits(Permission.VIEW_BOARD, round_.area_path):
        return None
    return drawing(round_, queries.pace(request.village.pk, round_), _due(shown.data["counts"]), now)


def paper(request: ScopedRequest, round_: Round, shown: Report, now: datetime) -> dict[str, Any]:
    """The report in words and figures, as `print/round_report.typ` lists them."""
    data = shown.data
    names = accounts.names_of([each for each in (round_.opened_by, shown.made_by) if each])
    counts = data["counts"]
    lists = {
        each.key: [_on_paper(row) for row in each.people] + _unnamed(each) for each in _lists(request, round_, data)
    }
    return {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": round_.title,
        "version": shown.version,
        "amended": None if shown.version == 1 else _("第 1 版之后又收到关闭前的记录，或重新打开后再次关闭"),
        "opened": {
            "at": _time(data["opened_at"], now),
            "by": names.get(round_.opened_by, "") if round_.opened_by else "",
        },
        "closed": {"at": _time(data["closed_at"], now), "by": names.get(shown.made_by, "") if shown.made_by else ""},
        "sentence": _sentence(data),
        "figures": {
            **{key: counts[key] for key in _FIGURES},
            "due": _due(counts),
            "coverage": _percent(counts["done"], _due(counts)),
        },
        "areas": _areas(request.village.pk, data),
        "tubes": {key: data["tubes"][key] for key in ("sent", "short", "late", "lost", "positive")},
        "digest": shown.digest,
        **lists,
    }


_FIGURES = ("opening", "current", "done", "excused", "unreachable", "refused")


def _time(text: str | None, now: datetime) -> str:
    moment = _moment(text)
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _on_paper(row: Named) -> dict[str, str | None]:
    return {"name": row.name, "house": row.house, "reason": str(row.reason), "until": str(row.more) or None}


def _unnamed(each: PeopleList) -> list[dict[str, str | None]]:
    if not each.hidden:
        return []
    words = _("另有 %(count)s 人不在您的区域") % {"count": each.hidden}
    return [{"name": words, "house": "", "reason": "", "until": None}]
