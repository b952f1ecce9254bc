"""A class of honest learners, from a folder of notebooks to tables, through the command line."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from attention_course.cli import main
from attention_course.exercises import published, registry
from attention_course.exercises.judging import AnswerKey, Verdict
from attention_course.exercises.putting import put, put_again
from attention_course.exercises.question import Question
from click.testing import CliRunner, Result
from grading import corpus, known_answers
from grading.corpus import Notebook

SEED = 20_14

QUESTIONS = [
    question
    for name in registry.names()
    for question in registry.exercise(name).questions
    if question.name not in corpus.LONG
]
KNOWN = [(q, "mistakes", mistake.name) for q in QUESTIONS for mistake in q.mistakes]
KNOWN += [(q, "alternatives", name) for q in QUESTIONS for name in q.alternatives]


def grade(folder: Path, out: Path, *options: str) -> Result:
    """Calls `attention-course grade` in this process."""
    arguments = ["grade", str(folder), "--out", str(out), "--seed", str(SEED), *options]
    return CliRunner().invoke(main, arguments)


# --- notebooks as they come back --------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """A way in which a notebook with right answers comes back, and what is expected of it.

    Attributes:
        change: makes of a notebook what is handed in: a notebook, text or bytes.
        how: how its answers are found.
        reasons: of questions that do not pass, by name.
        points: of those that pass in part.
        flagged: questions with a flag.
    """

    change: Callable[[Notebook], Notebook | str | bytes]
    how: str = "metadata"
    reasons: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    flagged: tuple[str, ...] = ()


def _code(notebook: Notebook) -> Iterator[dict[str, Any]]:
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _of(notebook: Notebook, question: str) -> dict[str, Any]:
    return corpus.answer_cell(notebook, "bahdanau", question)


def as_it_is(notebook: Notebook) -> Notebook:
    return notebook


def run_and_saved(notebook: Notebook) -> Notebook:
    for number, cell in enumerate(_code(notebook)):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["a warning\n"]}]
    return notebook


def carriage_returns(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return json.dumps(notebook, indent=1).replace("\n", "\r\n").encode()


def byte_order_mark(notebook: Notebook) -> bytes:
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8-sig")


def colab(notebook: Notebook) -> Notebook:
    notebook["nbformat_minor"] = 0
    notebook["metadata"] |= {
        "colab": {"provenance": [], "toc_visible": True},
        "accelerator": "GPU",
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id", None)
        cell["metadata"] |= {"id": f"x{number}", "colab": {"base_uri": "https://localhost/"}}
        cell["metadata"]["outputId"] = "81a6d8a0"
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    return notebook


def visual_studio(notebook: Notebook) -> Notebook:
    notebook["metadata"]["vscode"] = {"interpreter": {"hash": "31f2aee4"}}
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = "".join(cell["source"])
    return notebook


def without_ids(notebook: Notebook) -> Notebook:
    notebook["nbformat_minor"] = 2
    for cell in notebook["cells"]:
        cell.pop("id", None)
    return notebook


def third_format(notebook: Notebook) -> Notebook:
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {
                "input": cell["source"],
                "language": "python",
                "outputs": [],
                "collapsed": False,
            }
            old["prompt_number"] = 1
        else:
            old["source"] = cell["source"]
        cells.append(old)
    worksheets = [{"cells": cells, "metadata": {}}]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": worksheets}


def metadata_lost(notebook: Notebook) -> Notebook:
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


def markers_lost(notebook: Notebook) -> Notebook:
    for cell in metadata_lost(notebook)["cells"]:
        lines = "".join(cell["source"]).splitlines(keepends=True)
        cell["source"] = [line for line in lines if not line.startswith("# exercise:")]
    return notebook


def shuffled(notebook: Notebook) -> Notebook:
    random.Random(7).shuffle(notebook["cells"])
    return notebook


def checks_deleted(notebook: Notebook) -> Notebook:
    cells = notebook["cells"]
    notebook["cells"] = [cell for cell in cells if "grade" not in _grades(cell)]
    return notebook


def checks_edited(notebook: Notebook) -> Notebook:
    for cell in notebook["cells"]:
        if "grade" in _grades(cell):
            cell["source"] = "raise SystemExit('nothing to see here')"
    return notebook


def _grades(cell: dict[str, Any]) -> list[str]:
    return [key for key, value in cell["metadata"].get("nbgrader", {}).items() if value is True][:1]


def duplicated(notebook: Notebook) -> Notebook:
    wrong = copy.deepcopy(_of(notebook, "scores"))
    wrong["source"] = "def additive_score(query, keys, v):\n    return 0\n"
    notebook["cells"].insert(0, wrong)
    return notebook


def duplicated_and_broken(notebook: Notebook) -> Notebook:
    broken = copy.deepcopy(_of(notebook, "scores"))
    broken["source"] = "def additive_score(query, keys, v):\n    return (\n"
    notebook["cells"].append(broken)
    return notebook


def strange_cells(notebook: Notebook) -> Notebook:
    extra = ["raise SystemExit", "while True: pass", "%%bash\nrm -rf .", "1 +", "import nowhere"]
    for number, source in enumerate(extra):
        notebook["cells"].insert(3 * number, _cell(source))
    return notebook


def with_helpers(notebook: Notebook) -> Notebook:
    _of(notebook, "scores")["source"] = (
        "def additive_score(query, keys, v):\n"
        "    return torch.einsum('bsa,a->bs', squashed(query[:, None], keys), v) * ONE\n"
    )
    helpers = [
        "import numpy as np\nimport math as m",
        "HALF = 0.5\nONE = HALF + HALF",
        "class Together:\n    @staticmethod\n    def add(one, other):\n        return one + other",
        "def squashed(one, other):\n    return np.tanh(Together.add(one, other)) * m.exp(0)",
    ]
    notebook["cells"] = [*map(_cell, helpers), *notebook["cells"]]
    return notebook


def noisy(notebook: Notebook) -> Notebook:
    _of(notebook, "scores")["source"] = (
        "import logging, sys, warnings\n"
        "print('a table of', 3)\n"
        "def additive_score(query, keys, v):\n"
        "    warnings.warn('deprecated')\n"
        "    print(query.shape, file=sys.stderr)\n"
        "    logging.error('a line')\n"
        "    print(query)\n"
        "    return torch.tanh(query[:, None] + keys) @ v\n"
    )
    return notebook


def setup_pasted(notebook: Notebook) -> Notebook:
    """As an editor does that puts the imports where they are needed, or a careful learner."""
    for question in registry.exercise("bahdanau").questions:
        cell = _of(notebook, question.name)
        cell["source"] = published.setup("bahdanau")[0] + "\n" + "".join(cell["source"])
    return notebook


def tried_out(notebook: Notebook) -> Notebook:
    cell = _of(notebook, "masked_softmax")
    cell["source"] = "".join(cell["source"]) + (
        "\nx, m = torch.randn(2, 3), torch.ones(2, 3, dtype=torch.bool)"
        "\nprint(torch.allclose(masked_softmax(x, m), masks.masked_softmax(x, m)))"
        "\nassert masked_softmax(x, m).shape == (2, 3)\n"
    )
    return notebook


def batch_of_one_fails(notebook: Notebook) -> Notebook:
    _of(notebook, "scores")["source"] = (
        "def additive_score(query, keys, v):\n"
        "    return torch.tanh(query[:, None] + keys).squeeze() @ v\n"
    )
    return notebook


def one_question_each_way(notebook: Notebook) -> Notebook:
    notebook["cells"].remove(_of(notebook, "by_hand"))
    _of(notebook, "scores")["source"] = (
        "def additive_score(query, keys, v):\n    return query / v +"
    )
    _of(notebook, "masked_softmax")["source"] = (
        "def masked_softmax(scores, mask):\n    raise ValueError"
    )
    _of(notebook, "gated_unit")["source"] = (
        "import attention_course.models.recurrent as units\n"
        "def gated_unit(*inputs):\n    return units.gated(*inputs)\n"
    )
    return notebook


EACH_WAY = {
    "by_hand": "not found",
    "scores": "unreadable",
    "masked_softmax": "raised",
    "gated_unit": "barred",
}
WAYS = {
    "as it is": Way(as_it_is),
    "run and saved": Way(run_and_saved),
    "carriage returns": Way(carriage_returns),
    "byte order mark": Way(byte_order_mark),
    "Colab": Way(colab),
    "Visual Studio Code": Way(visual_studio),
    "without ids": Way(without_ids),
    "third format": Way(third_format),
    "metadata lost": Way(metadata_lost, how="marker"),
    "markers lost": Way(markers_lost, how="name"),
    "shuffled": Way(shuffled),
    "checks deleted": Way(checks_deleted),
    "checks edited": Way(checks_edited),
    "duplicated": Way(duplicated, flagged=("scores",)),
    "duplicated and broken": Way(duplicated_and_broken, flagged=("scores",)),
    "strange cells": Way(strange_cells),
    "with helpers": Way(with_helpers, flagged=("scores",)),
    "noisy": Way(noisy),
    "setup pasted": Way(setup_pasted),
    "tried out": Way(tried_out),
    "batch of one fails": Way(
        batch_of_one_fails, reasons={"scores": "wrong"}, points={"scores": 11.25}
    ),
    "one question each way": Way(one_question_each_way, reasons=EACH_WAY),
}


# --- the class --------------------------------------------------------------------------------


def table(out: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table of the results."""
    text = (out / name).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@dataclass(frozen=True)
class Graded:
    """What one run wrote, and what it printed."""

    submissions: Path
    out: Path
    result: Result

    def rows(self, student: str) -> dict[str, dict[str, str]]:
        rows = table(self.out, "questions.csv")
        return {row["question"].partition(".")[2]: row for row in rows if row["student"] == student}

    def marks(self, student: str) -> dict[str, dict[str, Any]]:
        found = json.loads((self.out / "results.json").read_text(encoding="utf-8"))
        (one,) = (s for s in found["submissions"] if s["student"] == student)
        return {mark["question"].partition(".")[2]: mark for mark in one["marks"]}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Everybody, graded in one run."""
    submissions = tmp_path_factory.mktemp("class")
    for name, way in WAYS.items():
        changed = way.change(corpus.notebook())
        path = corpus.hand_in(submissions, name, {})
        if isinstance(changed, bytes):
            path.write_bytes(changed)
        else:
            path.write_text(json.dumps(changed), encoding="utf-8")
    for student, exercise, answers in known():
        corpus.hand_in(submissions, student, corpus.notebook(exercise, answers), exercise)
    out = tmp_path_factory.mktemp("results")
    return Graded(submissions, out, grade(submissions, out))


def known() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Notebooks that hold the known mistakes and alternatives, one of each question in each."""
    for exercise in registry.names():
        for kind in ("mistakes", "alternatives"):
            for number in range(max(len(names_of(q, kind)) for q in QUESTIONS)):
                answers = {
                    q.name: known_answers.cell(q, kind, names_of(q, kind)[number])
                    for q in QUESTIONS
                    if q.exercise == exercise and number < len(names_of(q, kind))
                }
                if answers:
                    yield f"{kind} {number}", exercise, answers


def names_of(question: Question, kind: str) -> list[str]:
    """The names of a question's mistakes or alternatives."""
    return [name for one, its, name in KNOWN if one is question and its == kind]


def expected(question: Question, kind: str, name: str) -> Verdict:
    """What judging in this process thinks of a known answer on the same inputs."""
    if kind == "alternatives":
        answer = question.alternatives[name]
    else:
        (answer,) = (mistake.answer for mistake in question.mistakes if mistake.name == name)
    drawn = question.draw(SEED)
    outcomes = put(question, answer, drawn)
    return AnswerKey(question, drawn).judge(outcomes, put_again(question, answer, drawn))


# --- tests ------------------------------------------------------------------------------------


def test_everything_could_be_marked(graded: Graded) -> None:
    assert graded.result.exception is None, graded.result.output
    assert graded.result.exit_code == 0


@pytest.mark.parametrize("name", WAYS)
def test_no_mark_is_lost_on_the_way(graded: Graded, name: str) -> None:
    way, rows = WAYS[name], graded.rows(name)
    for question in registry.exercise("bahdanau").questions:
        row = rows[question.name]
        reason = "not answered" if question.name == "train" else "passed"
        reason = way.reasons.get(question.name, reason)
        points = question.points if reason == "passed" else way.points.get(question.name, 0)
        found = (row["reason"], float(row["points"]), float(row["maximum"]))
        assert found == (reason, points, question.points), row
        assert row["how"] == ("" if reason == "not found" else way.how), row
        assert bool(row["flags"]) == (question.name in way.flagged), row
    total = sum(float(row["points"]) for row in rows.values())
    (grades,) = (row for row in table(graded.out, "grades.csv") if row["student"] == name)
    assert float(grades["bahdanau points"]) == pytest.approx(total, abs=0.01)
    assert float(grades["bahdanau maximum"]) == 100


@pytest.mark.parametrize(
    ("question", "kind", "name"), KNOWN, ids=[f"{q.id}-{kind}-{name}" for q, kind, name in KNOWN]
)
def test_a_known_answer_has_its_points_and_its_hint(
    graded: Graded, question: Question, kind: str, name: str
) -> None:
    verdict = expected(question, kind, name)
    student = f"{kind} {names_of(question, kind).index(name)}"
    row = next(
        row
        for row in table(graded.out, "questions.csv")
        if (row["student"], row["question"]) == (student, question.id)
    )
    assert (float(row["points"]), row["hint"]) == (round(verdict.points, 2), verdict.hint)
    if kind == "mistakes":
        (hint,) = (mistake.hint for mistake in question.mistakes if mistake.name == name)
        assert (row["reason"], row["mistake"], row["hint"]) == ("wrong", name, hint)
        assert float(row["points"]) < question.points
    else:
        assert (row["reason"], row["mistake"]) == ("passed", "")


@pytest.mark.parametrize("name", registry.names())
def test_untouched_answers_are_counted_as_not_answered(tmp_path: Path, name: str) -> None:
    """As they were handed out, and where of the line that raises nothing but the error is left."""
    untouched = json.loads(published.learners(name).read_text(encoding="utf-8"))
    bare = copy.deepcopy(untouched)
    questions = registry.exercise(name).questions
    for question in questions:
        cell = corpus.answer_cell(bare, name, question.name)
        source = "".join(cell["source"])
        cell["source"] = re.sub(r"(raise NotImplementedError)\(.*?\)", r"\1", source)
        assert cell["source"] != source
    corpus.hand_in(tmp_path / "in", "untouched", untouched, name)
    corpus.hand_in(tmp_path / "in", "bare", bare, name)
    assert grade(tmp_path / "in", tmp_path / "out").exit_code == 0
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    counts = re.findall(r'<p class="quiet">(.*?)</p>', page)
    assert counts.count("2 not answered") == len(questions), counts


def test_json_and_tables_say_the_same(graded: Graded) -> None:
    for name in WAYS:
        rows, marks = graded.rows(name), graded.marks(name)
        assert rows.keys() == marks.keys()
        for question, mark in marks.items():
            row = rows[question]
            assert row["reason"] == mark["reason"]
            assert float(row["points"]) == round(mark["points"], 2)
            assert row["hint"] == mark["hint"]
            assert int(row["checks passed"]) == sum(mark["passed"])


def test_partial_credit_names_the_check_that_failed(graded: Graded) -> None:
    mark = graded.marks("batch of one fails")["scores"]
    failed = [check for check, ok in zip(mark["checks"], mark["passed"], strict=True) if not ok]
    assert failed == ["a batch of one"]


def test_a_notebook_that_cannot_be_read_is_listed(graded: Graded, tmp_path: Path) -> None:
    notebook = corpus.hand_in(tmp_path / "class", "anna", corpus.notebook())
    half = tmp_path / "class" / "bert" / notebook.name
    half.parent.mkdir()
    half.write_bytes(notebook.read_bytes()[:1000])
    result = grade(tmp_path / "class", tmp_path / "results", "--json")
    assert result.exit_code == 3
    told = json.loads(result.stdout)
    assert told["submissions"] == 1
    (row,) = told["not_marked"]
    assert (row["student"], row["path"]) == ("bert", f"bert/{notebook.name}")
    anna, bert = table(tmp_path / "results", "grades.csv")
    assert (anna["student"], float(anna["bahdanau points"])) == ("anna", 90)
    assert (bert["student"], bert["bahdanau points"]) == ("bert", "")  # no mark is not 0 points
