"""What the same PostgreSQL can store at all: the same rows, in a copy of the records' table with its indexes.

No log-in, no scope, no policies, no audit, no counters, no decisions: the limit that ours is measured against.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from uuid_utils import uuid7

from benchmarks.load import Kind, Size, id_of

CLIENTS = 64
ROWS_A_COMMIT = 2_000
DEVICES = 64
TABLE = """
CREATE TABLE IF NOT EXISTS benchmark_raw
  (LIKE records_record INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)
"""

DATA = '{"round":"%s","station":"%s","tube":"R1-17-000123","person":"%s","retest": false}'
DIGEST = "8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92"

SINGLE = """\\set village random(1, :villages)
\\set device random(1, 64)
INSERT INTO benchmark_raw (id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, digest, data)
VALUES ({new_id}, lpad(to_hex(:village::int), 32, '0')::uuid, lpad(to_hex(:device::int), 32, '0')::uuid, :client_id,
 'sample', 1, now(), now(), now(), '{by}', decode('{digest}', 'hex'), '{data}');
"""

SET = """
INSERT INTO benchmark_raw (id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, digest, data)
SELECT id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, decode(digest, 'hex'), data
FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, device uuid, seq bigint, kind text, v smallint,
  at timestamptz, corrected_at timestamptz, received_at timestamptz, by uuid, digest text, data jsonb)
"""


class Raw:
    """Both limits. url: as `wuyi_owner`; pgbench: where that program lies."""

    def __init__(self, url: str, pgbench: Path, size: Size) -> None:
        self.url, self.pgbench, self.size = url, pgbench, size
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)
            # Ascending ids, as the phones make them, where the server can.
            self.new_id = "uuidv7()" if connection.info.server_version >= 180_000 else "gen_random_uuid()"

    def single(self, seconds: float, protocol: str) -> float:
        """Rows a second that pgbench stores with 64 clients, one row in a transaction.

        Args:
            protocol: `simple`, as pgbench sends unless told otherwise, or `prepared`, planned once by each client.
        """
        data = DATA % tuple(id_of(kind, 1) for kind in (Kind.ROUND, Kind.STATION, Kind.PERSON))
        script = SINGLE.format(new_id=self.new_id, by=id_of(Kind.ACCOUNT, 1), digest=DIGEST, data=data)
        variables = {f"PG{key.upper()}": value for key, value in self._address().items()}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "single.sql"
            file.write_text(script, encoding="utf-8")
            command = [str(self.pgbench), "--no-vacuum", f"--protocol={protocol}", f"--client={CLIENTS}", "--jobs=2"]
            command += [f"--time={max(1, round(seconds))}", f"--define=villages={self.size.villages}", f"--file={file}"]
            done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
        if found is None:
            raise ValueError(done.stdout + done.stderr)
        return float(found.group(1))

    def _address(self) -> dict[str, str]:
        """As the variables of PostgreSQL's programs call it; the password stays out of the list of processes."""
        given = conninfo_to_dict(self.url)
        names = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
        return {name: str(given[key]) for key, name in names.items() if given.get(key)}

    def sets(self, seconds: float) -> float:
        """Rows a second that one connection stores by `INSERT … SELECT FROM json_to_recordset`, 2,000 in a commit."""
        with psycopg.connect(self.url) as connection:
            stored, spent = 0, 0.0
            while spent < seconds:
                payload = self._payload(stored)
                began = time.perf_counter()
                connection.execute(SET, [payload], prepare=True)
                connection.commit()
                spent += time.perf_counter() - began
                stored += ROWS_A_COMMIT
        return stored / spent

    def _payload(self, stored: int) -> str:
        at = datetime.now(UTC).isoformat()
        return json.dumps([self._row(number, at) for number in range(stored, stored + ROWS_A_COMMIT)])

    def _row(self, number: int, at: str) -> dict[str, Any]:
        device = number // 100 % DEVICES
        village = device % self.size.villages
        person = id_of(Kind.PERSON, number % self.size.people)
        data = DATA % (id_of(Kind.ROUND, village), id_of(Kind.STATION, village), person)
        return {
            "id": str(uuid7()),
            "village_id": str(id_of(Kind.VILLAGE, village)),
            "device": str(id_of(Kind.DEVICE, device)),
            "seq": number,
            "kind": "sample",
            "v": 1,
            "at": at,
            "corrected_at": at,
            "received_at": at,
            "by": str(id_of(Kind.ACCOUNT, device)),
            "digest": DIGEST,
            "data": json.loads(data),
        }


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return sorted(values)[len(values) // 2]
