"""A county's roster at once: time grows with the rows, memory stays small."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from tests.unit.registry.clerk import HEADER, id_number, person

_ROWS = 30_000
_SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from wuyicun.domains.registry import roster
book = roster.read(Path(sys.argv[1]))
begun = time.process_time()
result = roster.parse(book, roster.propose(book))
seconds = time.process_time() - begun
own = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) // 1024
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([len(result.people), len(result.households), len(result.problems), seconds, own, child]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell a process's greatest memory otherwise")
def test_thirty_thousand_people_take_seconds_and_less_than_300_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("村民")
        sheet.write_row(0, 0, HEADER)
        for number in range(1, _ROWS + 1):
            birth = f"{1930 + number % 90}{1 + number % 12:02d}{1 + number % 28:02d}"
            row = person(
                number, f"王{chr(0x4E00 + number % 9000)}", 身份证号码=id_number(birth, f"{number % 499 * 2 + 1:03d}")
            )
            sheet.write_row(number, 0, row)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(path)], capture_output=True, check=True, env=environment, timeout=300
    )
    people, households, _, seconds, own, child = json.loads(done.stdout)
    assert people == households == _ROWS
    assert seconds < 10
    assert own + child < 300
