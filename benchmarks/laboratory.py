"""A laboratory's file of 100,000 results: read, compared with the round's tubes and the people in them, entered.

As `wuyi_app`, through what the page and its job call. Beside reading and comparing stands the time in which calamine
gives the file's cells and PostgreSQL takes the lines by COPY; beside entering a COPY of the rows that it wrote, into
tables with the same indexes. Each cause is planted so many times, and what stands in its queue is counted; whatever is
not exactly so many ends the measuring. Nobody in it exists.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import xlsxwriter

from benchmarks import importing
from benchmarks.load import Kind, Size, id_in_sql, id_of, moment, village_path
from benchmarks.raw import median
from benchmarks.timing import Say
from benchmarks.town import OF_PEOPLE, Town, id_number
from wuyicun.config.environment import Environment
from wuyicun.domains.laboratory import deliveries, queries, stepping
from wuyicun.domains.laboratory.models import Delivery
from wuyicun.domains.laboratory.rules import State, Step
from wuyicun.domains.laboratory.stepping import Asked
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.database.embedded import Server

LINES, FEW_LINES = 100_000, 4_000
PLANTED = {"unmatched": 500, "wrong_id": 400, "mismatch": 300, "duplicate": 600, "late": 600, "missing": 700}
FEW_PLANTED = {cause: count // 50 for cause, count in PLANTED.items()}
TITLES = ("序号", "样本条码", "受检者姓名", "身份证号", "检测结果", "审核时间")
TIMES = 3
COPIED = ("laboratory_line",)
ENTERED = ("records_record", "screening_tuberecord")


@dataclass(frozen=True)
class Plan:
    """Which tubes bear what: tube n holds person n. The first tubes are planted, one cause after the other.

    Half of the mismatches and of the duplicates are against a result that is there, half within the file.
    """

    lines: int
    planted: dict[str, int]

    def first(self, cause: str) -> int:
        """The number of the first tube of a cause."""
        names = list(self.planted)
        return sum(self.planted[name] for name in names[: names.index(cause)])

    def of(self, cause: str) -> range:
        """The numbers of the tubes of a cause."""
        return range(self.first(cause), self.first(cause) + self.planted[cause])

    def half(self, cause: str) -> int:
        """Up to which number the result is there already."""
        return self.first(cause) + self.planted[cause] // 2

    @property
    def tubes(self) -> int:
        """All of them: what stands twice in the file takes a line, what is missing takes none."""
        twice = sum(self.planted[cause] - self.planted[cause] // 2 for cause in ("mismatch", "duplicate"))
        return self.lines - twice + self.planted["missing"]


def measure(read: Environment, server: Server | None, say: Say, *, small: bool = False) -> list[dict[str, Any]]:
    """The results. Raises ValueError when a line stands in another queue than it was planted for."""
    plan = Plan(FEW_LINES, FEW_PLANTED) if small else Plan(LINES, PLANTED)
    with (
        tempfile.TemporaryDirectory() as folder,
        psycopg.connect(read.owner_url, autocommit=True) as owner,
    ):
        say("写一轮试管和一张结果表 / Writing a round of tubes and a file")
        laboratory = Laboratory(owner, Size(villages=1, micro_grids=-(-plan.tubes // 135)))
        laboratory.round(plan, clock.now())
        path = Path(folder) / "results.xlsx"
        laboratory.write(path, plan)
        results = _measure(owner, path, plan, Path(folder))
    for result in results:
        say(" ".join(f"{key} {value}" for key, value in result.items()))
    return results


def _measure(owner: psycopg.Connection[Any], path: Path, plan: Plan, folder: Path) -> list[dict[str, Any]]:
    (village,) = accounts.all_villages()
    began = time.perf_counter()
    delivery = _take_in(village, path)
    _step(village, delivery, Step.MATCH)
    matched = (time.perf_counter() - began) * 1000
    reading = median([importing.calamine(path) for _ in range(TIMES)])
    copying = importing.copied(owner, COPIED, folder)
    before = time.perf_counter()
    _step(village, delivery, Step.ENTER)
    entered = (time.perf_counter() - before) * 1000
    found = _counted(village, delivery)
    if found != plan.planted:
        raise ValueError(f"planted {plan.planted}, found {found}")
    return [
        {"what": f"{plan.lines:,} lines read and matched / calamine and COPY"} | _ratio(matched, reading + copying),
        {"what": "their results entered as records / COPY"} | _ratio(entered, importing.copied(owner, ENTERED, folder)),
        {"what": "in their queues", "planted": sum(plan.planted.values())} | found,
    ]


def _ratio(ms: float, raw: float) -> dict[str, float]:
    return {"ms": round(ms), "raw": round(raw, 1), "ratio": round(ms / raw, 2)}


def _take_in(village: Village, path: Path) -> Delivery:
    with scope.enter(scope.of_system([village.pk])), path.open("rb") as content:
        return deliveries.take_in_file(
            village=village,
            round_id=id_of(Kind.ROUND, 0),
            laboratory="县医院",
            file_name=path.name,
            content=content,
            by=id_of(Kind.ACCOUNT, 0),
            at=clock.now(),
        )[0]


def _step(village: Village, delivery: Delivery, step: Step) -> None:
    """As the page asks for it and the job takes it."""
    at, by = clock.now(), id_of(Kind.ACCOUNT, 0)
    with scope.enter(scope.of_system([village.pk])):
        stepping.begin(village=village, delivery=delivery, step=step, by=by, at=at)
    stepping.work_off(Asked(village, delivery.pk, step, by, at.isoformat()))
    with scope.enter(scope.of_system([village.pk])):
        delivery.refresh_from_db()
        if delivery.state not in (State.MATCHED, State.ENTERED):
            raise ValueError(f"{step}: {delivery.refusal}")


def _counted(village: Village, delivery: Delivery) -> dict[str, int]:
    """What stands in the queues, and that every line has become something."""
    with scope.enter(scope.of_system([village.pk])):
        counts = queries.open_counts(village.pk, delivery.round_id, clock.now())
        return {cause: counts[cause] for cause in counts}


class Laboratory(Town):
    """A town whose people were sampled one by one, and its tubes carried to the laboratory."""

    def round(self, plan: Plan, at: datetime) -> None:
        """The people, the round, its tubes with what was recorded of them; who enters results."""
        self.of_people = OF_PEOPLE
        self._numbers()
        self.registry()
        self.rounds(0, at=at - timedelta(hours=20))
        self._doctor(at)
        known = [plan.of(cause)[: plan.half(cause) - plan.first(cause)] for cause in ("mismatch", "duplicate")]
        long_ago = " OR ".join(_within(plan.of(cause)) for cause in ("late", "missing"))
        swab = (
            f"(CASE WHEN {long_ago} THEN {moment(at - timedelta(hours=9))} ELSE {moment(at - timedelta(hours=3))} END)"
        )
        self._tubes(plan, swab, " OR ".join(map(_within, known)))
        self.settle_down()

    def _doctor(self, at: datetime) -> None:
        account, village = id_of(Kind.ACCOUNT, 0), id_of(Kind.VILLAGE, 0)
        said = {"username": "'范医生'", "name": "'范医生'", "language": "'zh-hans'", "created_at": moment(at)}
        self.fill("accounts_account", id=f"'{account}'", is_active="true", **said)
        grant = {"id": f"'{id_of(Kind.GRANT, 0)}'", "account_id": f"'{account}'", "village_id": f"'{village}'"}
        path = f"'{village_path(0)}'"
        self.fill("accounts_grant", role="'doctor'", area_path=path, starts_at=moment(at - timedelta(days=1)), **grant)

    def _tubes(self, plan: Plan, swab: str, known: str) -> None:
        source = f"generate_series(0, {plan.tubes - 1}) AS n"
        village, round_ = f"'{id_of(Kind.VILLAGE, 0)}'", f"'{id_of(Kind.ROUND, 0)}'"
        device, station = f"'{id_of(Kind.DEVICE, 0)}'", f"'{id_of(Kind.STATION, 0)}'"
        code = "'T-' || lpad(n::text, 6, '0')"
        common = {"village_id": village, "round_id": round_, "device": device}
        self.fill(
            "screening_tube",
            source,
            id=id_in_sql(Kind.TUBE, "n"),
            code=code,
            state=f"CASE WHEN {known} THEN 'done' ELSE 'handed' END",
            station_id=station,
            pool="1",
            swabs="1",
            result=f"CASE WHEN {known} THEN 'negative' ELSE '' END",
            **common,
            **dict.fromkeys(("opened_at", "first_swab_at", "closed_at", "handed_at"), swab),
        )
        person, at = id_in_sql(Kind.PERSON, "n"), {"at": swab, "corrected_at": swab}
        sample = {"id": id_in_sql(Kind.SAMPLE, "n"), "tube": code, "person_id": person, "station_id": station}
        self.fill("screening_sample", source, **sample, **common, **at)
        kinds = {
            "tube.open": f"jsonb_build_object('station', {station}, 'pool', 1)",
            "tube.close": "jsonb_build_object('count', 1)",
            "tube.handover": "jsonb_build_object('giver', '甲', 'receiver', '乙', 'counted', 1)",
        }
        record = {"id": "gen_random_uuid()", "record_id": "gen_random_uuid()", "tube": code}
        for kind, data in kinds.items():
            self.fill("screening_tuberecord", source, kind=f"'{kind}'", data=data, **record, **common, **at)
        told = {"kind": "'tube.result'", "data": "jsonb_build_object('result', 'negative')"}
        self.fill("screening_tuberecord", f"{source} WHERE {known}", **told, **record, **common, **at)

    def write(self, path: Path, plan: Plan) -> None:
        """The file."""
        found = self.connection.execute("SELECT name FROM registry_person ORDER BY id").fetchall()
        names = [name for (name,) in found]
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("结果")
            sheet.write_row(0, 0, TITLES)
            number = 0
            for number, row in enumerate(_rows(plan, names), 1):
                sheet.write_row(number, 0, (number, *row))
        if number != plan.lines:
            raise ValueError(f"{number} lines, not {plan.lines}")


def _within(numbers: range) -> str:
    return f"n BETWEEN {numbers.start} AND {numbers.stop - 1}"


def _rows(plan: Plan, names: list[str]) -> Iterator[tuple[str, str, str, str, str]]:
    unmatched, strangers, missing = plan.of("unmatched"), plan.of("wrong_id"), plan.of("missing")
    for n in range(plan.tubes):
        if n in missing:
            continue
        whose = (n + 1) % plan.tubes if n in strangers else n
        code = f"{'Q' if n in unmatched else 'T'}-{n:06d}"
        row = (code, names[whose], id_number(whose))
        differs = n in plan.of("mismatch") and n < plan.half("mismatch")
        yield (*row, "阳性" if differs or n % 5_000 == 4_999 else "阴性", "")
        if n in plan.of("mismatch") and not differs:
            yield (*row, "阳性", "")
        elif n in plan.of("duplicate") and n >= plan.half("duplicate"):
            yield (*row, "阴性", "")
