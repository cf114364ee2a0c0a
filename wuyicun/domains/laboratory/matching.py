"""Comparing what a laboratory says with the round's tubes and the people in them, all lines of a delivery at once.

Nothing is entered here: each line learns which tube it means, whether it may be entered, and why somebody must look.
The lines lie in a temporary table, since COPY into a table under row-level security is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from wuyicun.domains.laboratory.models import Delivery
from wuyicun.domains.laboratory.parsing import Said
from wuyicun.domains.laboratory.queries import IN_TUBE
from wuyicun.domains.laboratory.rules import AT_ONCE_LINES
from wuyicun.domains.screening import queries as screening
from wuyicun.kernel.database import statements
from wuyicun.kernel.jobs import progress

_PORTION = 10_000

# The delivery's id with the line's number at its end: lines of a delivery stand in their order.
_LINE_ID = "encode(overlay(uuid_send(%(delivery)s) PLACING int4send(r.number) FROM 13 FOR 4), 'hex')::uuid"

_TABLES = """
DROP TABLE IF EXISTS pg_temp.laboratory_said, pg_temp.laboratory_judged;
CREATE TEMP TABLE laboratory_said (
  number integer PRIMARY KEY, code text NOT NULL, result text NOT NULL, reported_at timestamptz, name text NOT NULL,
  id_index bytea, id_tail text NOT NULL, fault text NOT NULL
) ON COMMIT DROP
"""
_COPY = "COPY laboratory_said (number, code, result, reported_at, name, id_index, id_tail, fault) FROM STDIN"

# As long as no swab of a tube is recorded nobody can say whose a line is.
_JUDGE = f"""
CREATE TEMP TABLE laboratory_judged ON COMMIT DROP AS
WITH tube AS (
  SELECT t.code, upper(t.code) AS key, t.state IN ('void', 'lost') AS ended, t.device IS NULL AS unopened, t.result,
    t.first_swab_at, count(*) OVER (PARTITION BY upper(t.code)) AS alike
  FROM screening_tube t WHERE t.village_id = %(village)s AND t.round_id = %(round)s),
elsewhere AS (
  SELECT DISTINCT upper(t.code) AS key FROM screening_tube t
  WHERE t.village_id = %(village)s AND t.round_id <> %(round)s AND t.device IS NOT NULL),
member AS (
  SELECT s.tube, p.id_index, p.name FROM screening_sample s
    JOIN registry_person p ON p.village_id = s.village_id AND p.id = s.person_id
  WHERE s.village_id = %(village)s AND s.round_id = %(round)s AND s.fit IN {IN_TUBE}),
sampled AS (SELECT DISTINCT tube FROM member),
numbered AS (SELECT DISTINCT tube, id_index FROM member WHERE id_index IS NOT NULL),
named AS (SELECT tube, name, bool_or(id_index IS NULL) AS numberless FROM member GROUP BY tube, name),
met AS (
  SELECT r.number, r.result, r.reported_at, t.code AS tube, t.result AS known, t.first_swab_at,
    coalesce(encode(r.id_index, 'hex'), r.name) AS who,
    CASE WHEN r.fault <> '' THEN r.fault WHEN t.code IS NULL AND e.key IS NOT NULL THEN 'other_round'
      WHEN t.code IS NULL THEN 'unknown' WHEN t.ended THEN 'ended' WHEN t.unopened THEN 'not_opened'
      WHEN s.tube IS NULL AND (r.name <> '' OR r.id_index IS NOT NULL) THEN 'no_swabs' ELSE '' END AS fault,
    CASE WHEN r.name = '' AND r.id_index IS NULL OR i.tube IS NOT NULL
        OR m.tube IS NOT NULL AND (r.id_index IS NULL OR m.numberless) THEN ''
      WHEN r.id_index IS NOT NULL THEN 'id' ELSE 'name' END AS stranger
  FROM laboratory_said r LEFT JOIN tube t ON t.key = upper(r.code) AND (t.alike = 1 OR t.code = r.code)
    LEFT JOIN elsewhere e ON e.key = upper(r.code)
    LEFT JOIN sampled s ON s.tube = t.code
    LEFT JOIN numbered i ON i.tube = t.code AND i.id_index = r.id_index
    LEFT JOIN named m ON m.tube = t.code AND m.name = r.name),
fine AS (
  SELECT number, row_number() OVER (PARTITION BY tube, result, who ORDER BY number) > 1 AS again,
    row_number() OVER (PARTITION BY tube, result ORDER BY number) = 1 AS first,
    min(result) OVER (PARTITION BY tube) <> max(result) OVER (PARTITION BY tube) AS torn
  FROM met WHERE fault = '' AND stranger = ''),
verdict AS (
  SELECT m.number, m.tube, m.fault, CASE
      WHEN m.fault <> '' THEN 'unmatched/' || m.fault || '/aside'
      WHEN m.stranger <> '' THEN 'wrong_id/' || m.stranger || '/aside'
      WHEN f.again THEN 'duplicate/in_file/aside'
      WHEN NOT f.first THEN '//joined'
      WHEN m.known = m.result THEN 'duplicate/known/aside'
      WHEN m.known <> '' THEN 'mismatch/known/ready'
      WHEN f.torn THEN 'mismatch/in_file/ready'
      WHEN m.first_swab_at + %(span)s >= %(at)s OR m.first_swab_at IS NULL THEN '//ready'
      WHEN m.reported_at <= m.first_swab_at + %(span)s THEN 'late/upload/ready'
      ELSE 'late/laboratory/ready' END AS said
  FROM met m LEFT JOIN fine f USING (number))
SELECT number, CASE WHEN fault IN ('', 'ended', 'not_opened', 'no_swabs') THEN coalesce(tube, '') ELSE '' END AS tube,
  split_part(said, '/', 1) AS cause, split_part(said, '/', 2) AS detail, split_part(said, '/', 3) AS status
FROM verdict
"""

_KEEP = f"""
INSERT INTO laboratory_line (id, village_id, delivery_id, round_id, number, code, tube, result, reported_at, name,
  id_index, id_tail, cause, detail, status, open, reason)
SELECT {_LINE_ID}, %(village)s, %(delivery)s, %(round)s, r.number, r.code, j.tube, r.result, r.reported_at, r.name,
  r.id_index, r.id_tail, j.cause, j.detail, j.status, false, ''
FROM laboratory_said r JOIN laboratory_judged j USING (number) ORDER BY r.number
"""

_COUNTS = """
SELECT cause, detail, status, result, count(*) FROM laboratory_line
WHERE village_id = %s AND delivery_id = %s GROUP BY 1, 2, 3, 4
"""


def match(delivery: Delivery, said: Iterable[Said], at: datetime, total: int = 0) -> dict[str, Any]:
    """Keep the lines of a delivery, each with the tube it means and why it cannot be entered, or must be looked at.

    Args:
        delivery: whose lines they are; those of an earlier matching are forgotten.
        said: the lines.
        at: the server's time, from which lateness follows.
        total: how many lines there may be.

    Returns:
        The figures: lines by status, by cause, and by result those to be entered.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM laboratory_line WHERE village_id = %s AND delivery_id = %s",
            [delivery.village_id, delivery.pk],
        )
    lines = _stage(said, total)
    progress.say("compare", lines, lines)
    with statements.whole_tables() if lines > AT_ONCE_LINES else nullcontext():
        judge(delivery.village_id, delivery.round_id, at)
    progress.say("keep", lines, lines)
    with connection.cursor() as cursor:
        keys: dict[str, Any] = {"village": delivery.village_id, "round": delivery.round_id, "delivery": delivery.pk}
        cursor.execute(_KEEP, keys)
    return counts(delivery)


def make_tables() -> None:
    """Empty staging tables, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)


def _stage(said: Iterable[Said], total: int) -> int:
    make_tables()
    done, left = 0, iter(said)
    while portion := list(islice(left, _PORTION)):
        progress.say("read", done, total)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for line in portion:
                copy.write_row(line)
        done += len(portion)
    return done


def judge(village_id: UUID, round_id: UUID, at: datetime) -> None:
    """Compare the staged lines with the round as it stands."""
    hours = screening.round_(village_id, round_id).result_hours
    values: dict[str, Any] = {"village": village_id, "round": round_id, "at": at, "span": timedelta(hours=hours)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE laboratory_said")
        cursor.execute(_JUDGE, values)


def counts(delivery: Delivery) -> dict[str, Any]:
    """The figures of a delivery's lines."""
    found: dict[str, dict[str, int]] = {"statuses": {}, "causes": {}, "results": {}}
    for cause, _detail, status, result, number in statements.execute(_COUNTS, delivery.village_id, delivery.pk):
        found["statuses"][status] = found["statuses"].get(status, 0) + number
        if cause:
            found["causes"][cause] = found["causes"].get(cause, 0) + number
        if status in ("ready", "entered"):
            found["results"][result] = found["results"].get(result, 0) + number
    return found
