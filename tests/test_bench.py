"""The bench prints ratios of what it says it measures."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
import torch

CPU = torch.device("cpu")


@pytest.fixture
def bench() -> ModuleType:
    path = Path(__file__).parents[1] / "tools" / "bench.py"
    spec = importlib.util.spec_from_file_location("bench", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_ratio_is_the_first_over_the_second(bench):
    found = bench.ratios(lambda: time.sleep(0.05), lambda: time.sleep(0.005), 3, CPU)
    assert len(found) == 3
    assert sorted(found)[1] > 1.5


def test_the_two_are_measured_in_turn_and_each_goes_first_in_turn(bench):
    calls: list[str] = []
    bench.ratios(lambda: calls.append("a"), lambda: calls.append("b"), 3, CPU)
    assert "".join(calls) == "aabb" + "ab" + "ba" + "ab"  # the first four are not counted


def test_every_case_runs_and_is_printed(bench, monkeypatch, capsys):
    monkeypatch.setattr(bench, "BATCH", 2)
    monkeypatch.setattr(bench, "LENGTH", 3)
    monkeypatch.setattr(sys, "argv", ["bench.py", "--repetitions", "1"])
    bench.main()
    lines = capsys.readouterr().out.splitlines()
    rows = [line for line in lines if re.search(r" : .*( +\d+\.\d\d){3}$", line)]
    assert len(rows) >= 9
    assert lines[0].split()[-3:] == ["min", "median", "max"]


def test_no_repetitions_are_an_error(bench, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench.py", "--repetitions", "0"])
    with pytest.raises(SystemExit) as ended:
        bench.main()
    assert ended.value.code == 2
    assert "--repetitions is 0, expected at least 1" in capsys.readouterr().err
