"""The command line: what it prints and how it ends."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import attention_course
import pytest
import torch
from attention_course.cli import DATA_SETS, ELSEWHERE, EXPERIMENTS, main
from attention_course.data import available, sources
from attention_course.data.multi30k import TERMS
from attention_course.replications import bahdanau
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
    assert "Fetch a data set" in shown
    assert call("replicate", "--help").exit_code == 0
    loaded = (
        "import sys, attention_course.cli as cli; cli.main(['--help'], standalone_mode=False);"
        "print('torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("name", ELSEWHERE)
def test_commands_of_other_modules_are_found(name):
    assert name in call("--help").output
    assert "Usage: " in call(name, "--help").output


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_replicate_calls_the_experiment(name, tmp_path, monkeypatch):
    module = import_module(f"attention_course.replications.{name}")
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
        ("data",),
        ("data", "nonsense"),
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
    assert result.exit_code == 130
    assert result.output == "stopped\n"


# --- data ---


def test_the_data_sets_are_those_that_can_be_loaded():
    for name in DATA_SETS:
        available(name)
    with pytest.raises(ValueError, match=f"expected one of {', '.join(DATA_SETS)}$"):
        available("?")


def test_what_is_generated_needs_no_download():
    result = call("data", "translation")
    assert result.output == "translation is generated: there is nothing to download\n"
    assert result.exit_code == 0


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A data folder with one file, and a registry that knows it alone."""
    content = b"ein Mann\n"
    file = sources.RealFile("multi30k/x.gz", "https://x", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(sources, "REGISTRY", {file.name: file})
    monkeypatch.setenv("ATTENTION_COURSE_DATA", str(tmp_path))
    (tmp_path / "multi30k").mkdir()
    (tmp_path / "multi30k" / "x.gz").write_bytes(content)
    return tmp_path / "multi30k"


def test_files_are_verified_and_said_where_they_lie(folder):
    result = call("data", "multi30k")
    assert result.exit_code == 0
    assert result.output.splitlines() == [TERMS, f"{folder / 'x.gz'}: verified"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "x.gz").write_bytes(b"other"), "x.gz is damaged: its SHA-256"),
        (lambda folder: (folder / "x.gz").unlink(), "x.gz is missing; copy it there from"),
    ],
)
def test_missing_and_damaged_files_are_one_line_and_status_1(folder, spoil, said):
    spoil(folder)
    result = call("data", "multi30k")
    assert result.exit_code == 1
    *_, last = result.output.splitlines()
    assert last.startswith("Error: ")
    assert said in last
    assert "verified" not in result.output


def test_the_real_files_are_whole(real_data: Path):
    result = call("data", "multi30k")
    assert result.exit_code == 0
    assert result.output.count(": verified") == 12
