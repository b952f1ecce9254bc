"""What is stored of an experiment, and when it may go on where it was."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import torch
from attention_course import replications, shipped
from attention_course.evaluation import Scores
from attention_course.replications import records

CPU = torch.device("cpu")
CLEAN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def commit(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commit that the code claims to be at; change its only item to change it."""
    current = [CLEAN]
    monkeypatch.setattr(records, "commit_of", lambda: current[0])
    return current


class Experiment:
    """Two variants whose rows are made up; keeps what was run and what was said."""

    def __init__(self, path: Path) -> None:
        self.path, self.ran, self.said = path, [], []
        self.settings = {"steps": 3, "sizes": (1, 2)}
        self.stop_at: tuple[str, int] | None = None

    def run_one(self, variant: str, seed: int) -> dict:
        if (variant, seed) == self.stop_at:
            raise KeyboardInterrupt
        self.ran.append((variant, seed))
        return {"summary": f"half of {seed}", "value": seed / 3, "curve": [(1, 0.5)]}

    def measure(self, seeds: int) -> dict:
        self.ran.clear()
        self.said.clear()
        return records.measure(
            "made-up",
            ["a", "b"],
            self.run_one,
            seeds=range(seeds),
            settings=self.settings,
            device=CPU,
            path=self.path,
            say=self.said.append,
        )


@pytest.fixture
def experiment(tmp_path: Path, commit: list[str]) -> Experiment:
    return Experiment(tmp_path / "new folder" / "made-up.json")


def test_a_result_is_stored_with_its_provenance(experiment):
    returned = experiment.measure(2)
    stored = json.loads(experiment.path.read_text(encoding="utf-8"))
    assert stored["experiment"] == "made-up"
    assert stored["settings"] == {"steps": 3, "sizes": [1, 2]}
    assert [(r["variant"], r["seed"], r["value"]) for r in stored["rows"]] == [
        ("a", 0, 0.0),
        ("b", 0, 0.0),
        ("a", 1, 0.333333),
        ("b", 1, 0.333333),
    ]
    assert stored["rows"][0]["curve"] == [[1, 0.5]]
    provenance = stored["provenance"]
    assert provenance["commit"] == CLEAN
    assert provenance["device"] == "cpu"
    assert provenance["seeds"] == [0, 1]
    assert provenance["seconds"] >= 0
    assert provenance["versions"]["torch"] == torch.__version__
    assert {"python", "numpy", "attention_course"} < set(provenance["versions"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", provenance["date"])
    assert len(returned["rows"]) == 4
    assert not list(experiment.path.parent.glob("*.part"))


def test_what_comes_back_is_what_the_file_holds(experiment):
    for seeds in (1, 2, 2):  # new, continued, with nothing left to run
        returned = experiment.measure(seeds)
        assert len(returned["rows"]) == 2 * seeds
        assert returned == json.loads(experiment.path.read_text(encoding="utf-8"))
    assert not experiment.ran


def test_each_run_has_its_line(experiment):
    experiment.measure(1)
    assert [re.sub(r"\d+ s$", "N s", line) for line in experiment.said] == [
        "[1/2] a, seed 0: half of 0, N s",
        "[2/2] b, seed 0: half of 0, N s",
    ]
    assert "summary" not in json.loads(experiment.path.read_text())["rows"][0]


def test_a_stopped_experiment_goes_on_where_it_was(experiment):
    experiment.stop_at = ("a", 1)
    with pytest.raises(KeyboardInterrupt):
        experiment.measure(2)
    assert json.loads(experiment.path.read_text())["provenance"]["seeds"] == [0]
    experiment.stop_at = None
    result = experiment.measure(3)
    assert experiment.ran == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert experiment.said[0].endswith("made-up.json: 2 runs are kept")
    assert [(r["variant"], r["seed"]) for r in result["rows"]] == [
        (variant, seed) for seed in range(3) for variant in "ab"
    ]
    assert result["provenance"]["seeds"] == [0, 1, 2]
    experiment.measure(3)
    assert experiment.ran == []


@pytest.mark.parametrize("what", ["settings", "commit", "dirty", "unknown", "version", "damaged"])
def test_nothing_is_kept_of_an_experiment_that_was_another(experiment, commit, monkeypatch, what):
    if what in ("dirty", "unknown"):
        commit[0] = {"dirty": f"{CLEAN}+dirty", "unknown": "unknown"}[what]
    experiment.measure(1)
    if what == "settings":
        experiment.settings["steps"] = 4
    elif what == "commit":
        commit[0] = CLEAN[::-1]
    elif what == "version":
        monkeypatch.setattr(records.torch, "__version__", "0.0")
    elif what == "damaged":
        experiment.path.write_text(experiment.path.read_text()[:-30])
    result = experiment.measure(1)
    assert experiment.ran == [("a", 0), ("b", 0)]
    assert len(result["rows"]) == 2


def test_numbers_that_are_none_are_not_stored(experiment):
    experiment.run_one = lambda variant, seed: {"summary": "", "value": float("nan")}
    with pytest.raises(ValueError, match="not JSON compliant"):
        experiment.measure(1)
    assert not experiment.path.exists()


def test_floats_are_stored_with_six_digits():
    value = {"a": [1 / 3, (123456789.0, 5)], "b": "text", "c": None, "d": True}
    assert records.rounded(value) == {
        "a": [0.333333, [123457000.0, 5]],
        "b": "text",
        "c": None,
        "d": True,
    }
    assert records.rounded(True) is True


def test_scores_as_a_row():
    scores = Scores(
        sentences=2, loss=0.5, token_accuracy=0.75, exact_match=0.5, bleu=30.0, chrf=40.0,
        aer=0.25, gold_mass={0: 0.6, 1: 0.8, 2: 0.9}, offsets={-1: 4, 0: 7},
    )  # fmt: skip
    assert records.row_of(scores) == {
        "sentences": 2, "loss": 0.5, "token_accuracy": 0.75, "exact_match": 0.5, "bleu": 30.0,
        "chrf": 40.0, "aer": 0.25, "gold_mass": [0.6, 0.8, 0.9], "offsets": [[-1, 4], [0, 7]],
    }  # fmt: skip


# --- the commit ---


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "module.py").write_text("x = 1\n")
    (tmp_path / "README.md").write_text("read\n")
    git("add", ".")
    git("-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", "first")
    return tmp_path


def test_the_commit_is_dirty_only_where_the_code_is(repository):
    commit = records.commit_of(repository)
    assert re.fullmatch("[0-9a-f]{40}", commit)
    (repository / "README.md").write_text("read more\n")
    (repository / "results.json").write_text("{}")
    assert records.commit_of(repository) == commit
    (repository / "code" / "new.py").write_text("y = 2\n")
    assert records.commit_of(repository) == f"{commit}+dirty"
    (repository / "code" / "new.py").unlink()
    (repository / "code" / "module.py").write_text("x = 2\n")
    assert records.commit_of(repository) == f"{commit}+dirty"


def test_outside_a_repository_and_without_git_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert records.commit_of(tmp_path) == "unknown"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert records.commit_of() == "unknown"


# --- reading ---


def test_results_are_read_from_the_repository(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "REPOSITORY", tmp_path)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "02-x.json").write_text('{"rows": ["é"]}', encoding="utf-8")
    assert replications.read("02-x") == {"rows": ["é"]}
    with pytest.raises(FileNotFoundError, match=r"no results named '02-y' .* one of \['02-x'\]"):
        replications.read("02-y")
