"""What README and the page for teachers say of the commands is so."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from attention_course.authoring.command import exercise
from attention_course.exercises import published, registry
from attention_course.grading.command import NOT_ALL_MARKED, grade
from attention_course.grading.intake import collect
from attention_course.grading.marking import limits
from attention_course.grading.marks import Reason

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGE = (ROOT / "book" / "marking.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """What stands in the blocks of commands."""
    return re.findall(r"^ *```(?:bash)?\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The calls of `attention-course`, without its name."""
    lines = [line.strip() for block in blocks(text) for line in block.splitlines()]
    calls = [line.split("||")[0] for line in lines if "attention-course " in line]
    words = [shlex.split(call, comments=True) for call in calls if "pip install" not in call]
    return [call[1:] for call in words]


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name[:2] == "--"}


def test_the_commands_that_are_shown_can_be_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called = set()
    for name, *arguments in commands(README + PAGE + CONTRIBUTING):
        if name == "grade":
            folder = tmp_path / Path(arguments[0]).name
            folder.mkdir(exist_ok=True)
            grade.make_context("grade", [str(folder), *arguments[1:]])
        elif name == "exercise":
            command = exercise.commands[arguments[0]]
            command.make_context(arguments[0], arguments[1:])
        else:
            continue
        called.add(" ".join([name, *arguments[: name == "exercise"]]))
    assert called == {"grade", "exercise new", "exercise build", "exercise check"}


def test_the_page_installs_all_that_the_marking_needs() -> None:
    """The extra with the reports' templates, from where the package says that it comes from."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (address,) = re.findall(r'^Repository = "(.*)"$', project, re.MULTILINE)
    first = next(line for line in blocks(PAGE)[0].splitlines() if "pip install" in line)
    assert shlex.split(first) == ["pip", "install", f"attention-course[grading] @ git+{address}"]
    assert re.search(r'^grading = .*"jinja2\b', project, re.MULTILINE)


def test_the_page_names_every_option_of_the_marking() -> None:
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", PAGE))
    assert named == options(grade)


def test_the_page_names_every_reason() -> None:
    table = PAGE.split("| Reason |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z ]+)` \|", table, re.MULTILINE) == [r.value for r in Reason]


def test_the_page_says_what_cells_may_take() -> None:
    for name in registry.names():
        for question in registry.exercise(name).questions:
            assert limits(question).loading == 10
    assert "may take ten seconds of CPU time and counts for nothing" in PAGE


def test_the_page_names_the_exit_status() -> None:
    assert f"{NOT_ALL_MARKED} where something could not" in PAGE


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("anna/02-bahdanau.ipynb", "anna"),
        ("anna_02-bahdanau.ipynb", "anna"),
        ("02-bahdanau-anna (1).ipynb", "anna"),
        ("Anna Berg_1234567_assignsubmission_file_/02-bahdanau.ipynb", "Anna Berg"),
        ("submitted/anna/ps1/02-bahdanau.ipynb", "anna"),
    ],
)
def test_the_layouts_of_the_page_are_understood(path: str, student: str, tmp_path: Path) -> None:
    shown = path if path in PAGE else f"{Path(path).parent}/…"
    assert f"`{shown}`" in PAGE
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(published.solved("bahdanau"), tmp_path / path)
    collected = collect(tmp_path)
    assert not collected.unreadable
    assert [submission.student for submission in collected.submissions] == [student]


@pytest.mark.xdist_group("the readme's class")
def test_the_class_of_the_readme_is_marked(tmp_path: Path) -> None:
    """With the very lines that it shows, in what stands for a clone."""
    clone = tmp_path / "course"
    clone.mkdir()
    (clone / "exercises").symlink_to(ROOT / "exercises")
    (clone / ".venv").symlink_to(Path(sys.executable).parents[1])
    script = next(block for block in blocks(README) if "attention-course grade" in block)
    done = subprocess.run(
        ["bash", "-euc", script], cwd=clone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 submissions" in done.stdout
    assert (tmp_path / "marks" / "index.html").exists()
    with (tmp_path / "marks" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row["total"] for row in csv.DictReader(file)}
    assert {student: float(points) for student, points in rows.items()} == {"anna": 100, "ben": 0}


@pytest.mark.parametrize("handed_in", ["all exercises", "a notebook that is cut short"])
def test_the_autograder_of_the_page_gives_one_result(handed_in: str, tmp_path: Path) -> None:
    """With the very lines that it shows, where Gradescope puts them."""
    for folder in ("submission", "results"):
        (tmp_path / folder).mkdir()
    names = registry.names() if handed_in == "all exercises" else ["bahdanau"]
    for name in names:
        shutil.copy(published.learners(name), tmp_path / "submission")
    if handed_in != "all exercises":
        (tmp_path / "submission" / "again.ipynb").write_text("{", encoding="utf-8")
    program = tmp_path / "run_autograder"
    script = next(block for block in blocks(PAGE) if "cp -r submission" in block)
    program.write_text(script, encoding="utf-8")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", str(program)],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    asked = sum(len(registry.exercise(name).questions) for name in names)
    assert len(told["tests"]) == asked + (handed_in != "all exercises")
    assert told["score"] == 0
