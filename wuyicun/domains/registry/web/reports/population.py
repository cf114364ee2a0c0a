"""Population tables on the screen, a chart beside each, and as an Excel file with its charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access
from wuyicun.domains.registry.labels import GROUP, RESIDENCE, SEX
from wuyicun.domains.registry.reports import population as counting
from wuyicun.domains.registry.reports.population import AGES, AT_HOME, OLD, AreaHeads, Heads, Population, Wanted
from wuyicun.domains.registry.rules import Sex
from wuyicun.domains.registry.web.common import MOST_CHIPS, Chip, Words, area_chips, areas_seen, today, with_query
from wuyicun.domains.registry.web.ledgers.taking import OFFICIAL_LANGUAGE
from wuyicun.domains.registry.web.reports.taking import Asked, Report, area_of, as_excel, note, sent, title_of
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.cells import Cell
from wuyicun.kernel.documents.workbook import Chart, Column, Sheet
from wuyicun.kernel.roles import Permission

Pairs = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A row of a table.

    Attributes:
        asks: what the ledger of everybody is asked for to list who is counted here.
        more: figures of a micro-grid, '' for none.
    """

    label: Words
    heads: Heads
    asks: Pairs
    more: AreaHeads | None = None


@dataclass(frozen=True)
class Table:
    """A table: its title, what its lines are, the lines, and what must be known to read it."""

    code: str
    title: str
    of: str
    lines: Sequence[Line]
    about: str = ""

    @property
    def longest(self) -> int:
        """The length of the longest bar."""
        return max((line.heads.total for line in self.lines), default=0)

    @property
    def longest_half(self) -> int:
        """The same, where men and women have bars of their own."""
        return max((max(line.heads.male, line.heads.female) for line in self.lines), default=0)


@require_GET
def report_population(request: ScopedRequest) -> HttpResponse:
    """Five tables, a chart beside each; each number opens the list of who is counted."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    wanted = _wanted(request)
    found = counting.population(request.scope, request.village.pk, wanted)
    asked = _asked_pairs(wanted)
    query = {"area": wanted.area_path, "residence": wanted.residence}
    chosen = [("", _("全部")), *RESIDENCE.items()]
    sums = sum(found.areas.values(), AreaHeads())
    context = {
        "title": title_of(request, _("人口统计")),
        "total": found.total,
        "households": None if wanted.residence else sums.households,
        "at_home": sums.at_home,
        "tables": [(table, _rows(table, found.total.total, asked)) for table in _tables(request, found, wanted)],
        "unknown": bool(found.total.unknown),
        "areas": area_chips(request, query, Permission.VIEW_PEOPLE),
        "residences": [
            Chip(word, with_query(query, residence=code), code == wanted.residence) for code, word in chosen
        ],
        "asked": [pair for pair in query.items() if pair[1]],
    }
    return render(request, "registry/report_population.html", context)


@require_POST
def report_population_export(request: ScopedRequest) -> HttpResponseBase:
    """The tables as an Excel file, a sheet and a chart each."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    wanted, asked = _wanted(request), Asked(area_of(request), clock.now())
    found = counting.population(request.scope, request.village.pk, wanted)
    with override(OFFICIAL_LANGUAGE):
        title = title_of(request, _("人口统计"))
        about = [str(RESIDENCE[wanted.residence])] if wanted.residence else []
        told = note(request, asked, f"{wanted.on:%Y-%m-%d}", *about, numbers=False)
        sheets = [_sheet(table, title, told, found) for table in _tables(request, found, wanted)]
        return as_excel(request, asked, Report("population", title, sheets, found.total.total, upright=True))


def _wanted(request: ScopedRequest) -> Wanted:
    residence = sent(request).get("residence", "")
    return Wanted(today(), area_of(request), residence if residence in RESIDENCE else "")


def _asked_pairs(wanted: Wanted) -> Pairs:
    asked = {"area": wanted.area_path, "f.residence": wanted.residence}
    return {name: value for name, value in asked.items() if value}


def _list(asks: Mapping[str, str | Sequence[str]], ledger: str = "everyone") -> str:
    """A ledger, narrowed to those of a number."""
    return reverse("ledger", args=[ledger]) + (f"?{urlencode(asks, doseq=True)}" if asks else "")


def _rows(table: Table, total: int, asked: Pairs) -> list[dict[str, Any]]:
    """Each line with its share, and where those of each number are listed."""
    found = []
    for line in table.lines:
        asks = {**asked, **line.asks}
        lists = {sex.value: _list({**asks, "f.sex": sex}) for sex in Sex}
        lists |= {"all": _list(asks), "old": _list({**asks, "f.age.from": str(OLD)})}
        lists |= {"at_home": _list({**asks, "f.whereabouts": AT_HOME}), "households": _list(line.asks, "households")}
        share = f"{line.heads.total * 100 / total:.1f} %" if total else "–"
        found.append({"line": line, "share": share, "lists": lists})
    return found


def _tables(request: ScopedRequest, found: Population, wanted: Wanted) -> list[Table]:
    people = Permission.VIEW_PEOPLE
    areas = areas_seen(request.scope, request.village.pk, people)
    return [
        Table("ages", _("按年龄"), _("年龄"), list(_ages(found))),
        Table("sexes", _("按性别"), _("性别"), list(_sexes(found.total))),
        Table("groups", _("按人群"), _("人群"), _groups(found), _("一个人可以属于几个人群，所以不能相加。")),
        Table("areas", _("按微网格"), _("微网格"), list(_areas(found, areas))),
        Table(
            "residences", _("按居住类别"), _("居住类别"),
            [Line(RESIDENCE[code], heads, {"f.residence": code}) for code, heads in found.residences.items()],
        ),
    ]  # fmt: skip


def _ages(found: Population) -> Iterable[Line]:
    for (least, most), heads in zip(AGES, found.ages, strict=True):
        label = _("%(least)s 岁以上") % {"least": least} if most is None else f"{least}–{most}"
        asks = {"f.age.from": str(least)} | ({} if most is None else {"f.age.to": str(most)})
        yield Line(label, heads, asks)
    if found.no_birth_date.total:
        yield Line(_("没写出生日期"), found.no_birth_date, {"f.age.op": "blank", "f.age": "blank"})


def _sexes(total: Heads) -> Iterable[Line]:
    yield Line(SEX[Sex.MALE], Heads(male=total.male), {"f.sex": Sex.MALE})
    yield Line(SEX[Sex.FEMALE], Heads(female=total.female), {"f.sex": Sex.FEMALE})
    if total.unknown:
        yield Line(SEX[Sex.UNKNOWN], Heads(unknown=total.unknown), {"f.sex": Sex.UNKNOWN})


def _groups(found: Population) -> list[Line]:
    lines = [Line(GROUP[group], heads, {"f.groups": group}) for group, heads in found.groups.items()]
    return sorted(lines, key=lambda line: -line.heads.total)


def _areas(found: Population, areas: Sequence[tuple[str, str]]) -> Iterable[Line]:
    """The leaves; in a town, which has too many, its grids."""
    wide = len(found.areas) > MOST_CHIPS
    for path, name in areas:
        if wide and len(path) > SECTION_DIGITS:
            continue
        below = [figures for leaf, figures in found.areas.items() if leaf.startswith(path)]
        if below and (wide or path in found.areas):
            figures = sum(below, AreaHeads())
            yield Line(name, figures.heads, {"area": path}, figures)


def _sheet(table: Table, title: str, told: str, found: Population) -> Sheet:
    of_areas = table.code == "areas"
    unknown = bool(found.total.unknown)
    columns = [Column(table.of, width=18), *_columns(unknown, of_areas)]
    rows = [_cells(line.label, line.heads, line.more, unknown) for line in table.lines]
    figures = sum((line.more for line in table.lines if line.more), AreaHeads()) if of_areas else None
    values = [3 + unknown] if table.code != "ages" else [1, 2]
    chart = Chart(table.title, 0, values, len(rows)) if rows else None
    if table.code != "groups":
        rows.append(_cells(_("合计"), found.total, figures, unknown))
    official = f"{title}（{table.title}）"
    return Sheet(table.title, columns, rows, official_title=official, notes=[told], chart=chart)


def _columns(unknown: bool, of_areas: bool) -> list[Column]:
    heads = [SEX[Sex.MALE], SEX[Sex.FEMALE], *([SEX[Sex.UNKNOWN]] if unknown else []), _("合计")]
    more = [_("户数"), _("%(least)s 岁以上") % {"least": OLD}, _("在村")] if of_areas else []
    return [Column(str(each), "number", 12) for each in (*heads, *more)]


def _cells(label: Words, heads: Heads, more: AreaHeads | None, unknown: bool) -> list[Cell]:
    figures: list[Cell] = [heads.male, heads.female, *([heads.unknown] if unknown else []), heads.total]
    return [str(label), *figures, *((more.households, more.old, more.at_home) if more else ())]
