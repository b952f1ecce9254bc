"""`attention-course exercise`: from nothing to a proved exercise, and what it says of a broken one.

In a copy of the checkout, so that nothing is written into this one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from attention_course import shipped
from attention_course.authoring import checkout, loading, proving, skeleton
from attention_course.authoring.listed import PROOFS, Proof
from attention_course.authoring.proving import Part
from attention_course.cli import main
from attention_course.exercises import registry
from attention_course.exercises.question import Exercise
from browser import ROOT
from click.testing import CliRunner, Result

# the fixtures that build and prove an exercise are made once
pytestmark = pytest.mark.xdist_group("attention-course exercise")


@dataclass
class House:
    """A copy of the checkout, with the command that belongs to it."""

    root: Path

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from attention_course.cli import main; main()", *arguments],
            cwd=self.root.parent,
            env={**os.environ, "PYTHONPATH": str(self.root / "code")},
            capture_output=True,
            text=True,
            check=False,
        )

    @contextlib.contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[None]:
        """For a while, another text in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (self.root / name).write_text(text.replace(old, new), encoding="utf-8")
        yield
        (self.root / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    root = tmp_path_factory.mktemp("house") / "a course"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("code", "tools", "exercises", "book"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in ("_config.yml", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    return House(root)


QUESTIONS = "code/attention_course/exercises/look_back/weighted_sum.py"
SOURCE = "exercises/solutions/15-look-back.md"


@pytest.fixture(scope="module")
def begun(house: House) -> House:
    title = "Look back, and 'again'"
    done = house.call("exercise", "new", "look_back", "--number", "15", "--title", title)
    assert done.returncode == 0, done.stderr
    assert f"written: {QUESTIONS}\n" in done.stdout
    assert f"written: {SOURCE}\n" in done.stdout
    for step in ("exercise build look_back", "exercise check look_back", "_toc.yml"):
        assert step in done.stdout
    return house


@pytest.fixture(scope="module")
def built(begun: House) -> House:
    done = begun.call("exercise", "build", "look_back")
    assert done.returncode == 0, done.stderr
    assert "exercises/15-look-back.ipynb: written" in done.stdout
    assert "02-bahdanau" not in done.stdout
    return begun


def test_what_is_new_is_in_the_style_of_the_house(begun: House) -> None:
    folder, settings = str((begun.root / QUESTIONS).parent), str(ROOT / "pyproject.toml")
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--config", settings, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_what_is_new_passes_every_proof(built: House) -> None:
    done = built.call("exercise", "check", "look_back", "--jobs", "2", "--json")
    proofs = json.loads(done.stdout)
    assert [proof for proof in proofs if proof["problems"]] == []
    assert done.returncode == 0, done.stderr
    assert {proof["proof"] for proof in proofs} == {proof.shows for proof in PROOFS}
    assert all(proof["exercise"] == "look_back" and proof["holds"] for proof in proofs)


def test_a_broken_exercise_is_named_with_its_question(built: House) -> None:
    with (
        built.changed(QUESTIONS, "values.mean(dim=1)", "values.sum(dim=1)"),
        built.changed(SOURCE, "The check says how many", "A check says how many"),
    ):
        done = built.call("exercise", "check", "look_back", "--jobs", "2")
    assert done.returncode == 1
    assert "✗ look_back: mistakes get their own hints" in done.stdout
    assert "look_back.weighted_sum: the mistake 'plain mean' is taken for plain sum" in done.stdout
    assert "✗ look_back: notebooks are in step with their source" in done.stdout
    assert "exercises/15-look-back.ipynb: differs from what its source gives" in done.stdout
    assert "`attention-course exercise build look_back` makes them anew" in done.stdout
    # mistakes that are alike are not far apart, and notebooks that will change need not run
    assert "mistakes are far apart" not in done.stdout
    assert "nbval" not in done.stdout
    assert f"2 of {len(PROOFS)} proofs fail; 9 that rest on them were left out" in done.stdout


def test_missing_notebooks_are_said_once(built: House) -> None:
    notebook = built.root / "exercises" / "15-look-back.ipynb"
    content = notebook.read_bytes()
    notebook.unlink()
    done = built.call("exercise", "check", "look_back", "--jobs", "2")
    notebook.write_bytes(content)
    assert done.returncode == 1
    words = "its notebooks are missing: `attention-course exercise build look_back` makes them"
    assert [line for line in done.stdout.splitlines() if line[:1] != "✓"] == [
        "✗ look_back: notebooks are in step with their source (0.0 s)",
        f"    {words}",
        f"1 of {len(PROOFS)} proofs fail; 8 that rest on them were left out",
    ], done.stderr


def test_what_follows_from_a_draw_that_fails_is_not_said(built: House) -> None:
    with built.changed(QUESTIONS, '"weights": weights,', '"weights": nonsense,'):
        done = built.call("exercise", "check", "look_back", "--jobs", "2", "--json")
    assert done.returncode == 1
    (failed,) = [proof for proof in json.loads(done.stdout) if proof["problems"]]
    assert failed["proof"] == "inputs are drawn"
    (problem,) = failed["problems"]
    assert problem["question"] == "look_back.weighted_sum"
    assert "cannot be drawn: NameError: name 'nonsense' is not defined" in problem["problem"]


def test_what_does_not_end_and_what_hashes_are_named(built: House) -> None:
    endless = "return (weights[..., None] * values).sum(dim=1)"
    drawn = '"values": normal(generator, batch, length, size, dtype=dtype)'
    with (
        built.changed(QUESTIONS, endless, "while True:\n        pass"),
        built.changed(QUESTIONS, drawn, f"{drawn} + hash('x') / 2**63"),
    ):
        done = built.call(
            "exercise", "check", "look_back", "--jobs", "2", "--patience", "16", "--json"
        )
    failed = {p["proof"]: p["problems"] for p in json.loads(done.stdout) if p["problems"]}
    (endless_problem,) = failed.pop("alternatives pass")
    assert endless_problem["question"] == "look_back.weighted_sum"
    assert endless_problem["problem"] == "the alternative 'by broadcasting' did not end within 20 s"
    hashed = failed.pop("inputs are the same in another process")
    assert [problem["question"] for problem in hashed] == 4 * ["look_back.weighted_sum"]
    assert hashed[0]["problem"].startswith("the inputs of its case 'several sentences' are others")
    assert failed == {}


def test_a_notebook_that_does_not_run_is_not_built(built: House) -> None:
    with built.changed(SOURCE, "import torch\n", "import torch_nonsense\n"):
        done = built.call("exercise", "build", "look_back")
    assert done.returncode == 1
    assert f"FAILED {SOURCE}, line 22, code cell 1" in done.stderr
    assert "No module named 'torch_nonsense'" in done.stderr


def test_a_check_of_no_question_is_one_sentence(built: House) -> None:
    with built.changed(SOURCE, 'check("look_back.weighted_sum"', 'check("look_back.weigted"'):
        done = built.call("exercise", "build", "look_back")
        line = (built.root / SOURCE).read_text(encoding="utf-8").split('check("')[0].count("\n") + 1
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: {SOURCE}, line {line}: there is no question 'look_back.weigted'; "
        "did you mean look_back.weighted_sum?\n"
    )


def test_an_exercise_that_cannot_be_imported_is_named(built: House) -> None:
    text = (built.root / QUESTIONS).read_text(encoding="utf-8")
    line = text.split("QUESTION = Question(")[0].count("\n") + 1
    with built.changed(QUESTIONS, "points=10", "coins=10"):
        plain = built.call("exercise", "check", "look_back")
        as_json = built.call("exercise", "check", "look_back", "--json")
        build = built.call("exercise", "build", "look_back")
    words = f"it cannot be imported: look_back/weighted_sum.py, line {line}: TypeError: "
    assert plain.returncode == as_json.returncode == build.returncode == 1
    assert f"    {words}" in plain.stdout
    (failed,) = json.loads(as_json.stdout)
    assert failed["exercise"] == "look_back"
    assert not failed["holds"]
    assert failed["problems"][0]["problem"].startswith(words)
    assert f"Error: exercise look_back: {words}" in build.stderr
    assert "Traceback" not in plain.stderr + as_json.stderr + build.stderr


# in this process


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["exercise", *arguments])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", "9x"), "the name is '9x', expected an identifier in lower case"),
        (("new", "Luong"), "the name is 'Luong', expected"),
        (("new", "class"), "the name is 'class', expected"),
        (("new", "bahdanau"), "code/attention_course/exercises/bahdanau exists"),
        (("new", "asking"), "code/attention_course/exercises/asking.py exists"),
        (("new", "look_back", "--number", "2"), "number 2 is that of exercise 'bahdanau'"),
        (("new", "look_back", "--title", "a\nb"), "expected one line"),
        (("build", "nonsense"), "there is no exercise 'nonsense', expected one of: bahdanau"),
        (("check", "nonsense"), "there is no exercise 'nonsense', expected one of: bahdanau"),
    ],
)
def test_wrong_names_are_refused(arguments: tuple[str, ...], words: str) -> None:
    before = registry.names()
    result = call(*arguments)
    assert result.exit_code == 1
    assert words in " ".join(result.output.split())
    assert registry.names() == before


def renumbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a while exercise 1 has the number of exercise 2."""
    original = registry.exercise
    changed = {"encoder_decoder": replace(original("encoder_decoder"), number=2)}
    monkeypatch.setattr(registry, "exercise", lambda name: changed.get(name) or original(name))


def test_two_exercises_of_one_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    renumbered(monkeypatch)
    words = "its number 2 is also that of"
    found, failed = loading.load(["bahdanau"])
    assert found == []
    assert failed["bahdanau"].startswith(f"{words} encoder_decoder: change one")
    assert list(loading.load()[1]) == ["bahdanau", "encoder_decoder"]
    built, checked = call("build", "encoder_decoder"), call("check", "encoder_decoder", "--json")
    assert built.exit_code == checked.exit_code == 1
    assert f"Error: exercise encoder_decoder: {words} bahdanau: change one" in built.output
    (failure,) = json.loads(checked.stdout)
    assert failure["problems"][0]["problem"].startswith(f"{words} bahdanau: change one")


def test_the_line_of_an_exercise_that_raises_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    original = registry.exercise

    def half_written(name: str) -> Exercise:
        if name == "encoder_decoder":
            file = str(loading.FOLDER / name / "loss.py")
            exec(compile("\n\nnonsense", file, "exec"), {})
        return original(name)

    monkeypatch.setattr(registry, "exercise", half_written)
    _, failed = loading.load(["encoder_decoder"])
    assert failed == {
        "encoder_decoder": "it cannot be imported: encoder_decoder/loss.py, line 3: NameError: "
        "name 'nonsense' is not defined"
    }
    # others can be worked on, as far as they do not need it
    assert loading.load(["bahdanau"]) == ([original("bahdanau")], {})


def test_the_number_of_a_source_is_taken(tmp_path: Path) -> None:
    source = tmp_path / "exercises" / "solutions" / "88-half-written.md"
    source.parent.mkdir(parents=True)
    source.write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="number 88 is that of exercise 'half_written'"):
        skeleton.make(tmp_path, "luong_2", 88)


def test_a_source_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "exercises" / "solutions" / "87-look-back.md"
    source.parent.mkdir(parents=True)
    source.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="number 87 is that of exercise 'look_back'"):
        skeleton.make(tmp_path, "look_back", 87)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [source]


def test_without_a_number_the_next_is_taken(tmp_path: Path) -> None:
    (tmp_path / "exercises" / "solutions").mkdir(parents=True)
    (tmp_path / "code" / "attention_course" / "exercises").mkdir(parents=True)
    made = skeleton.make(tmp_path, "look_back")
    number = max(registry.exercise(name).number for name in registry.names()) + 1
    assert made.notebook == f"{number:02}-look-back"
    solution = made.files[-1].read_text(encoding="utf-8")
    assert f"# Exercise {number} · Look back\n" in solution


@pytest.mark.parametrize("command", [("new", "luong"), ("build",), ("check",)])
def test_outside_a_checkout_the_error_says_what_to_do(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "REPOSITORY", tmp_path)
    result = call(*command)
    assert result.exit_code == 1
    assert "exercises are written in a checkout of the course" in result.output
    assert "git clone https://" in result.output
    assert "make book" in result.output


def test_what_the_notebooks_tool_needs_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout, "NEEDS", ("json", "no_such_module"))
    result = call("build")
    assert result.exit_code == 1
    assert "tools/notebooks.py needs no_such_module, which is not installed" in result.output
    assert "pip install -r" in result.output


def test_every_command_has_examples() -> None:
    assert "attention-course exercise build convs2s" in call("--help").output
    for name in ("new", "build", "check"):
        assert f"attention-course exercise {name}" in call(name, "--help").output


def test_a_proof_that_fails_itself_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(question: object) -> list[str]:
        raise RuntimeError("as an example")

    proofs = (Proof("nothing", broken, questions=True), Proof("nothing", broken, notebooks=True))
    monkeypatch.setattr(proving, "PROOFS", proofs)
    found, _ = proving.prove(Part("encoder_decoder", 0, "encoder_decoder.loss"), print)
    assert found == ["could not be proved: RuntimeError: as an example"]
    monkeypatch.setattr(shipped, "REPOSITORY", Path("/nowhere"))
    found, _ = proving.prove(Part("encoder_decoder", 1), print)
    assert "could not be proved: FileNotFoundError: the notebook of exercise" in found[0]
