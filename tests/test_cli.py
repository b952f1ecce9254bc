"""The command line: what it prints and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import attention_course
import pytest
import torch
from attention_course.cli import EXPERIMENTS, main
from attention_course.replications import bahdanau, multi30k
from click.testing import CliRunner, Result


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_the_version():
    result = call("--version")
    assert result.output == f"attention-course, version {attention_course.__version__}\n"
    assert result.exit_code == 0


def test_the_installed_command_runs_and_is_quick_about_its_help():
    command = Path(sys.executable).with_name("attention-course")
    shown = subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    assert "replicate" in shown
    assert "data" in shown
    loaded = "import sys, attention_course.cli; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert found.stdout == "False\n"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_replicate_calls_the_experiment(name, tmp_path, monkeypatch):
    module = {"bahdanau": bahdanau, "multi30k": multi30k}[name]
    called = []

    def run(**options):
        called.append(options)
        options["say"]("[1/1] a line")

    monkeypatch.setattr(module, "run", run)
    result = call("replicate", name, "--seeds", "3", "--device", "cpu", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert result.output == f"[1/1] a line\nwritten: {tmp_path / module.NAME}.json\n"
    ((options),) = called
    assert (options["seeds"], options["device"], options["folder"]) == (3, "cpu", tmp_path)
    call("replicate", name)
    assert (called[1]["seeds"], called[1]["device"]) == (5, None)
    assert called[1]["folder"] == Path("results")


@pytest.mark.parametrize(
    "wrong",
    [
        ("replicate",),
        ("replicate", "nonsense"),
        ("replicate", "bahdanau", "--seeds", "0"),
        ("replicate", "bahdanau", "--device", "gpu"),
        ("replicate", "bahdanau", "--out", __file__),
        ("nonsense",),
    ],
)
def test_wrong_use_ends_with_status_2(wrong):
    result = call(*wrong)
    assert result.exit_code == 2
    assert "Error: " in result.output
    assert "Traceback" not in result.output


def test_cuda_asked_for_where_there_is_none_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    result = call("replicate", "bahdanau", "--device", "cuda", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert result.output.startswith("Error: device is 'cuda', but torch")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("error", [ValueError, RuntimeError, FileNotFoundError, ImportError])
def test_expected_errors_are_one_line_and_status_1(error, monkeypatch):
    def run(**options):
        raise error("this is wrong:\nthat is the way out")

    monkeypatch.setattr(bahdanau, "run", run)
    result = call("replicate", "bahdanau")
    assert result.output == "Error: this is wrong: that is the way out\n"
    assert result.exit_code == 1


def test_unexpected_errors_keep_their_traceback(monkeypatch):
    def run(**options):
        raise TypeError("a mistake in the program")

    monkeypatch.setattr(bahdanau, "run", run)
    assert isinstance(call("replicate", "bahdanau").exception, TypeError)


def test_an_interruption_is_no_traceback(monkeypatch):
    def run(**options):
        raise KeyboardInterrupt

    monkeypatch.setattr(bahdanau, "run", run)
    result = call("replicate", "bahdanau")
    assert result.exit_code == 1
    assert "Aborted!" in result.output
