"""The planting of known bugs: that each can be planted, and what is said of what the tests do."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import mutants
import pytest
from planted_bugs import BUGS, Bug

GOOD = Bug("a bug", "there.py", "= 1", "= 2", ("tests/test_mutants.py::test_a_bug_can_be_planted",))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "there.py").write_text("x = 1\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.file}: {bug.name}")
def test_a_bug_can_be_planted(bug: Bug) -> None:
    """Its text stands once in the package as it is now, and its tests are there."""
    assert mutants.misplaced(bug) == ""
    changed = (mutants.SOURCE / bug.file).read_text(encoding="utf-8").replace(bug.old, bug.new)
    compile(changed, bug.file, "exec")


def test_no_bug_stands_twice() -> None:
    assert max(Counter((bug.file, bug.name) for bug in BUGS).values()) == 1
    assert max(Counter((bug.file, bug.old, bug.new) for bug in BUGS).values()) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"file": "elsewhere.py"}, "there is no file"),
        ({"old": "= 3"}, "its text stands 0 times in there.py, expected once"),
        ({"old": ""}, "expected once"),
        ({"new": "= 1"}, "its two texts are the same"),
        ({"tests": ()}, "it names no test"),
        ({"tests": ("tests/test_nothing.py",)}, "there is no test tests/test_nothing.py"),
        (
            {"tests": ("tests/test_mutants.py::test_nothing",)},
            "there is no test tests/test_mutants.py::test_nothing",
        ),
    ],
)
def test_what_cannot_be_planted_is_named(source: Path, change: dict, reason: str) -> None:
    assert mutants.misplaced(GOOD, source) == ""
    assert reason in mutants.misplaced(Bug(**{**vars(GOOD), **change}), source)


def test_a_copy_has_the_bug_and_the_source_has_not(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    mutants.copy_with(GOOD, folder, source)
    assert (folder / mutants.PACKAGE / "there.py").read_text(encoding="utf-8") == "x = 2\n"
    assert (source / "there.py").read_text(encoding="utf-8") == "x = 1\n"


@pytest.mark.parametrize(
    ("code", "expected", "detail"),
    [
        (0, mutants.SURVIVED, "all its tests pass"),
        (1, mutants.CAUGHT, "tests/a.py::test_b[one two]"),
        (None, mutants.CAUGHT, "did not end within"),
        (2, mutants.BROKEN, "the tests could not run"),
        (5, mutants.BROKEN, "the tests could not run"),
        (99, mutants.BROKEN, "the tests could not run"),
        (-9, mutants.BROKEN, "the tests could not run"),
    ],
)
def test_verdicts(code: int | None, expected: str, detail: str) -> None:
    output = "..F\nFAILED tests/a.py::test_b[one two] - assert 1 == 2\n1 failed"
    result = mutants.verdict(code, output, 1.0)
    assert result.verdict == expected
    assert detail in result.detail


ONE, TWO = (Bug(name, f"{name}.py", "old", "new", ("t.py",)) for name in ("one", "two"))


def run(monkeypatch: pytest.MonkeyPatch, verdicts: dict[str, str], *words: str) -> int:
    """main() with the verdicts given, by the name of the bug; "" is the unchanged package."""

    def results(bugs):
        for bug in bugs:
            name = bug.name if bug else ""
            yield bug, mutants.Result(verdicts[name], "so it is", 0.1)

    monkeypatch.setattr(mutants, "run_all", results)
    monkeypatch.setattr(mutants, "misplaced", lambda bug: "")
    monkeypatch.setattr(mutants, "BUGS", [ONE, TWO])
    return mutants.main(words)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ({"": "SURVIVED", "one": "caught", "two": "caught"}, 0),
        ({"": "SURVIVED", "one": "caught", "two": "SURVIVED"}, 1),
        ({"": "SURVIVED", "one": "BROKEN", "two": "SURVIVED"}, 2),
        ({"": "caught", "one": "caught", "two": "caught"}, 2),
        ({"": "BROKEN", "one": "caught", "two": "caught"}, 2),
    ],
)
def test_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, verdicts: dict[str, str], status: int
) -> None:
    assert run(monkeypatch, verdicts) == status


def test_words_choose_bugs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = {"": "SURVIVED", "one": "caught", "two": "SURVIVED"}
    assert run(monkeypatch, verdicts, "one") == 0
    assert "1 of 1 bugs caught, 0 survived, 0 broken" in capsys.readouterr().out
    assert run(monkeypatch, verdicts, "three") == 2
    assert "no bug's name or file holds three" in capsys.readouterr().out


def test_a_bug_that_cannot_be_planted_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "BUGS", [ONE])
    assert mutants.main([]) == 2
    assert "cannot be planted:\n  one: there is no file" in capsys.readouterr().out


WHOLE_RUN = """
import sys
sys.path.insert(0, "tools")
import mutants
from planted_bugs import Bug
TESTS = ("tests/models/test_masks.py::test_bad_sizes",)
LOOP = "    for name, size in sizes.items():"
STUCK = "    __import__('time').sleep(900)\\n"
mutants.SECONDS = 20
mutants.BUGS = [
    Bug("sizes pass", "models/masks.py", "_check_integer(name, size, 1)", "pass", TESTS),
    Bug("it never ends", "models/masks.py", LOOP, STUCK + LOOP, TESTS),
    Bug("a word is missing", "models/masks.py", "(the sense that", "(which", TESTS),
    Bug("it cannot be loaded", "models/masks.py", "import torch\\n", "import torsch\\n", TESTS),
]
sys.exit(mutants.main([]))
"""


def test_a_whole_run() -> None:
    """One of each: caught, never ending, surviving, not to be loaded. About 25 s, mostly asleep."""
    done = subprocess.run(
        [sys.executable, "-c", WHOLE_RUN], cwd=mutants.ROOT, capture_output=True, text=True
    )
    said = {
        line.split(": ")[-1]: line.split()[0]
        for line in done.stdout.splitlines()
        if ".py: " in line
    }
    assert said == {
        "sizes pass": "caught",
        "it never ends": "caught",
        "a word is missing": "SURVIVED",
        "it cannot be loaded": "BROKEN",
    }, done.stdout + done.stderr
    assert "without a bug all these tests pass" in done.stdout
    assert "did not end within 20 s" in done.stdout
    assert "2 of 4 bugs caught, 1 survived, 1 broken" in done.stdout
    assert done.returncode == 2
