"""`wuyi bench` with little data: whether it runs and what it prints. What it measures is not judged here."""

import json
import subprocess
import sys

import pytest

from wuyicun.config.environment import ROOT


@pytest.mark.parametrize("name", ["board", "registry", "import", "laboratory"])
def test_a_benchmark_prints_each_figure_beside_its_raw_limit(database: object, name: str) -> None:
    command = [sys.executable, "-m", "wuyicun", "bench", name, "--small", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["name"] == name
    for result in (each for each in printed["results"] if "raw" in each):
        assert result["what"]
        assert result["ms"] > 0
        assert result["raw"] > 0
        assert result["ratio"] == pytest.approx(result["ms"] / result["raw"], rel=0.2, abs=0.1)
