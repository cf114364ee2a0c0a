"""A city in the middle of a round: some are sampled, some excused or not found, tubes everywhere between door
and result.

Micro-grids are at different places of their round, and three earlier rounds are closed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.load import Kind, Loader, Size, id_in_sql, moment

EARLIER = 3  # rounds
HOURS = 20  # since the round was opened
TUBE_HOLDS = 10

# Where an entry stands by the person's place in the micro-grid: the first so many are sampled.
SAMPLED = "(40 + leaf * 37 % 95)"
STATE = f"CASE WHEN place_in_leaf < {SAMPLED} THEN 1 ELSE (ARRAY[0,0,2,0,0,3,0,0,0,4])[place_in_leaf % 10 + 1] END"
TUBE_STATE = "(ARRAY['open','closed','handed','received','done'])[1 + least(t % 23, 4)]"


class City(Loader):
    """The rows of a round under way."""

    def round_under_way(self, at: datetime) -> None:
        """Earlier rounds that are closed, and one that is open; the rolls of all, entries of the open one."""
        opened = at - timedelta(hours=HOURS)
        for number in range(EARLIER):
            self.rounds(number, at=opened - timedelta(days=EARLIER - number))
            self._counts(number)
            self._tubes(number, opened - timedelta(days=EARLIER - number), "'done'")
        self.connection.execute("UPDATE screening_round SET state = 'closed', closed_at = due_at")
        self.connection.execute("UPDATE rolls_roll SET state = 'closed', closed_at = due_at")
        self.open_round(EARLIER, at=opened)
        self._swabs(opened)
        self._tubes(EARLIER, opened, TUBE_STATE)
        change = {"village_id": id_in_sql(Kind.VILLAGE, "v"), "number": "v + 1000", "changed_at": moment(at)}
        self.fill("rolls_change", self.villages(), **change)

    def groups(self) -> None:
        """Every sixth is old, every thirtieth is ill as well."""
        for group, every in (("elderly", 6), ("ill", 30)):
            self.fill(
                "registry_persongroup",
                f"{self.micro_grids()} JOIN {self.everybody()} USING (leaf) WHERE n % {every} = 0 ORDER BY n",
                id=id_in_sql(Kind.GROUP, f"(n * 2 + {every} / 30)"),
                village_id=id_in_sql(Kind.VILLAGE, "v"),
                person_id=id_in_sql(Kind.PERSON, "n"),
                group=f"'{group}'",
                source="'import'",
                starts_on="date '2022-11-01'",
            )

    def entries(self, number: int, at: datetime) -> None:
        """Everybody stands in the roll of their village's round, most of them done."""
        state = f"({STATE})"
        self.fill(
            "rolls_entry",
            f"{self._people_by_place()} ORDER BY n",
            id=id_in_sql(Kind.ENTRY, f"(n + {number}::bigint * {self.size.people})"),
            roll_id=self._of_round(Kind.ROLL, number),
            subject_id=id_in_sql(Kind.PERSON, "n"),
            state=state,
            settled_by=f"CASE {state} WHEN 1 THEN {id_in_sql(Kind.SAMPLE, 'n')} END",
            reason=f"CASE {state} WHEN 2 THEN 'ill' WHEN 3 THEN 'not_home' WHEN 4 THEN 'unwilling' ELSE '' END",
            opening="true",
            changed_at=moment(at),
            village_id=id_in_sql(Kind.VILLAGE, "v"),
            area_id=id_in_sql(Kind.AREA, "leaf"),
        )
        self._counts(number)

    def _counts(self, number: int) -> None:
        """At the leaves, counted from the entries where there are any, else all done but a few."""
        entries = (
            "(SELECT area_id, roll_id, count(*) AS opening, count(*) FILTER (WHERE state = 0) AS owed,"
            " count(*) FILTER (WHERE state = 1) AS done, count(*) FILTER (WHERE state = 2) AS excused,"
            " count(*) FILTER (WHERE state = 3) AS unreachable, count(*) FILTER (WHERE state = 4) AS refused"
            " FROM rolls_entry GROUP BY 1, 2) AS entry"
        )
        residents, area = self.size.residents, id_in_sql(Kind.AREA, "leaf")
        closed = {"opening": str(residents), "done": str(residents - 2), "unreachable": "2"}
        open_ = {name: name for name in ("opening", "owed", "done", "excused", "unreachable", "refused")}
        source = f"{self.micro_grids()} JOIN {entries} ON area_id = {area}" if number == EARLIER else self.micro_grids()
        self.fill(
            "rolls_leafcount",
            source,
            id=id_in_sql(Kind.LEAF, f"(leaf + {number * self.size.leaves})"),
            roll_id=self._of_round(Kind.ROLL, number),
            village_id=id_in_sql(Kind.VILLAGE, "v"),
            area_id=area,
            area_path="path",
            **(open_ if number == EARLIER else closed),
        )

    def _swabs(self, at: datetime) -> None:
        """Each sampled person's swab and its record, in the order of the day."""
        when = f"{moment(at)} + interval '{HOURS} hours' * place_in_leaf / {SAMPLED}"
        when = f"{when} + interval '1 ms' * (n % 600000)"
        tube = "'T' || leaf * 100 + place_in_leaf / 10"
        common = {
            "id": id_in_sql(Kind.SAMPLE, "n"),
            "village_id": id_in_sql(Kind.VILLAGE, "v"),
            "device": id_in_sql(Kind.DEVICE, "leaf"),
            "at": when,
            "corrected_at": when,
            "by": id_in_sql(Kind.ACCOUNT, "leaf"),
        }
        sampled = f"{self._people_by_place()} WHERE place_in_leaf < {SAMPLED} ORDER BY place_in_leaf::float / {SAMPLED}"
        person, round_ = id_in_sql(Kind.PERSON, "n"), self._of_round(Kind.ROUND, EARLIER)
        self.fill("screening_sample", sampled, round_id=round_, person_id=person, tube=tube, **common)
        data = f"jsonb_build_object('round', {round_}, 'person', {person}, 'tube', {tube}, 'retest', false)"
        own = {"kind": "'sample'", "seq": "n", "v": "1", "received_at": when, "digest": r"'\x00'", "data": data}
        self.fill("records_record", sampled, **common, **own)

    def _tubes(self, number: int, at: datetime, state: str) -> None:
        """Tubes of ten, filled one after the other at each micro-grid, late by a minute here and there."""
        begun = f"{moment(at)} + interval '{HOURS} hours' * t * {TUBE_HOLDS} / {SAMPLED}"
        closed, handed = "state <> 'open'", "state IN ('handed', 'received', 'done')"
        each = (
            f"(SELECT *, {begun} AS begun, {state} AS state FROM {self.micro_grids()},"
            f" generate_series(0, ({SAMPLED} - 1) / {TUBE_HOLDS}) AS t) AS tubes"
        )
        self.fill(
            "screening_tube",
            each,
            id=id_in_sql(Kind.TUBE, f"(leaf * 100 + t + {number} * {self.size.leaves} * 100)"),
            village_id=id_in_sql(Kind.VILLAGE, "v"),
            round_id=self._of_round(Kind.ROUND, number),
            code="'T' || leaf * 100 + t",
            state="state",
            device=id_in_sql(Kind.DEVICE, "leaf"),
            pool=str(TUBE_HOLDS),
            swabs=f"least({TUBE_HOLDS}, {SAMPLED} - t * {TUBE_HOLDS})",
            opened_at="begun",
            first_swab_at="begun",
            closed_at=f"CASE WHEN {closed} THEN begun + interval '10 minutes' END",
            closed_count=f"CASE WHEN {closed} THEN least({TUBE_HOLDS}, {SAMPLED} - t * {TUBE_HOLDS}) END",
            handed_at=f"CASE WHEN {handed} THEN begun + interval '40 minutes' + interval '1 minute' * (leaf % 32) END",
            result="CASE state WHEN 'done' THEN 'negative' ELSE '' END",
            result_at="CASE state WHEN 'done' THEN begun + interval '6 hours' END",
        )

    def _people_by_place(self) -> str:
        people = f"(SELECT n, leaf, n % {self.size.residents} AS place_in_leaf FROM {self.everybody()}) AS people"
        return f"{self.micro_grids()} JOIN {people} USING (leaf)"

    def _of_round(self, kind: Kind, number: int) -> str:
        return id_in_sql(kind, f"(v + {number * self.size.villages})")


SIZE = Size(villages=446, micro_grids=15, first=741)
"""A city of 1,001,160: a whole town of 100,035 kept as one village, beside 445 villages of 2,025, all in a round."""

SMALL = Size(villages=3, micro_grids=2, first=8)
"""Enough to see whether it runs."""
