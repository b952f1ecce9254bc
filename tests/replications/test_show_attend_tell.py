"""The experiment of chapter 3, run through at toy size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from attention_course.data import load
from attention_course.data.scenes import make_batch
from attention_course.models.captions import ReinforceLoss, SoftLoss
from attention_course.replications import recipe
from attention_course.replications import show_attend_tell as experiment
from attention_course.training import count_parameters

TINY: experiment.Settings = {
    "corpus": {"train": 40, "validation": 8, "test": 12},
    "steps": 4,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 1,
    "few": 2,
    "few_steps": 1,
    "model": {"embedding": 4, "annotation": 8, "alignment": 4, "initialisation": "torch"},
    "hidden": {"soft": 12, "hard": 12, "mean": 13},
    "reinforce": {"reward": 0.5, "entropy": 0.01},
}
CORPUS = load("scenes", **TINY["corpus"])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "check_sizes", lambda *a, **k: None)
    monkeypatch.setattr(experiment, "RESAMPLES", 3)


def test_the_experiment_of_chapter_3(small, tmp_path: Path) -> None:
    said: list[str] = []
    experiment.run(seeds=2, device="cpu", folder=tmp_path, say=said.append, settings=TINY)
    stored = json.loads((tmp_path / "03-show-attend-tell.json").read_text())
    rows = {(row["variant"], row["seed"]): row for row in stored["rows"]}
    variants = (
        *("soft", "hard", "mean", "soft, penalty", "hard, draws only", "hard, no reward"),
        "variance",
    )
    assert set(rows) == {(variant, seed) for variant in variants for seed in (0, 1)}
    assert len(said) == 14
    assert stored["settings"]["hidden"]["mean"] == 13

    for variant in variants[:-1]:
        row = rows[variant, 0]
        kind = variant.split(",")[0]
        model = experiment.build(kind, CORPUS, TINY)
        assert row["parameters"] == count_parameters(model)
        assert row["validation"][-1][0] == 4
        assert row["training_seconds"] > 0
        assert row["test"]["scenes"] == 12
        assert sum(part["scenes"] for part in row["test"]["by_objects"]) == 12
        assert {part["objects"] for part in row["test"]["by_objects"]} <= {1, 2, 3, 4, 5}
        assert 0 <= row["test"]["exact_match"] <= row["test"]["token_accuracy"] <= 1
        assert row["test"]["chance"] == pytest.approx(1 / 16)
    assert rows["mean", 0]["test"]["pointing"] == pytest.approx(1 / 16, abs=1e-5)
    assert rows["soft", 0]["test"]["loss"] != rows["soft, penalty", 0]["test"]["loss"]
    assert rows["hard", 0]["test"]["loss"] != rows["hard, draws only", 0]["test"]["loss"]
    assert rows["hard", 0]["test"]["loss"] != rows["hard, no reward", 0]["test"]["loss"]
    assert rows["soft", 0]["test"]["loss"] != rows["soft", 1]["test"]["loss"]
    exact, trained = rows["variance", 1]["variance"]
    assert set(exact) == {"reward", "none", "baseline", "baseline and half"}
    assert (exact["reward"], trained["reward"]) == (1.0, 0.5)
    assert all(value > 0 for value in (*exact.values(), *trained.values()))
    assert exact["none"] > trained["none"]


def test_a_seed_gives_the_same_batches_to_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, losses, lengths = [], [], []

    def fit(model, batches, *, steps, loss, optimizer, **options):
        drawn = [next(batches) for _ in range(steps)]
        lengths.append([int(batch.target_mask.sum(1).max()) for batch in drawn])
        seen.append([batch.source for batch in drawn])
        losses.append(loss)
        (group,) = optimizer(model.parameters()).param_groups
        assert (group["lr"], group["betas"]) == (1e-2, recipe.BETAS)
        return experiment.History(steps=steps)

    monkeypatch.setattr(recipe, "fit", fit)
    experiment.train("soft", CORPUS, seed=0, settings=TINY, loss=SoftLoss(0.3))
    experiment.train("hard", CORPUS, seed=0, settings=TINY)
    experiment.train("mean", CORPUS, seed=1, settings=TINY)
    assert all(torch.equal(a, b) for a, b in zip(seen[0], seen[1], strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(seen[0], seen[2], strict=False))
    assert all(first <= 3 * 2 for first, *_ in lengths)  # two objects and the end mark
    assert max(lengths[0]) > 6
    soft, hard, mean = losses
    assert isinstance(soft, SoftLoss)
    assert isinstance(hard, ReinforceLoss)
    assert (soft.penalty, mean.penalty) == (0.3, 0.0)
    assert (hard.reward, hard.entropy, hard.half, hard.baseline) == (0.5, 0.01, True, True)


def test_a_variant_is_trained_with_the_loss_that_it_names() -> None:
    made = {
        name: experiment.loss_of(kind, TINY, **changes)
        for name, (kind, changes) in experiment.VARIANTS.items()
    }
    assert [made[name].penalty for name in ("soft", "mean", "soft, penalty")] == [0, 0, 1]
    hard = ("hard", "hard, draws only", "hard, no reward")
    assert [made[name].half for name in hard] == [True, False, True]
    assert [made[name].reward for name in hard] == [0.5, 0.5, 0.0]
    assert [made[name].entropy for name in hard] == [0.01] * 3


def test_the_variance_of_a_gradient() -> None:
    """Nothing varies without draws; what is not drawn of it leaves the baseline as it is."""
    torch.manual_seed(0)
    model = experiment.build("hard", CORPUS, TINY)
    batch = make_batch(CORPUS.encode(CORPUS.test))
    loss = ReinforceLoss(1.0, 0.0)
    loss.b = -5.0
    assert experiment.gradient_variance(model, batch, loss, 5) > 0
    assert loss.b == -5.0
    assert not model.training
    sure = ReinforceLoss(0.0, 0.0, half=False)  # no reward: f_att has no gradient at all
    assert experiment.gradient_variance(model, batch, sure, 3) == 0


def test_variances_are_taken_early_with_the_baseline_of_then(
    small, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def variance(model, batch, loss, resamples=0):
        asked.append((loss.baseline, loss.half, loss.b, loss.reward, loss.entropy, len(batch)))
        return 1.0

    steps = []
    real = recipe.fit

    def fit(*arguments, **options):
        steps.append(options["steps"])
        return real(*arguments, **options)

    monkeypatch.setattr(experiment, "gradient_variance", variance)
    monkeypatch.setattr(recipe, "fit", fit)
    experiment.variances(CORPUS, seed=0, settings=TINY, device="cpu")
    assert steps == [2]
    without, with_it, half, *trained = asked
    assert without == (False, False, 0.0, 1.0, 0.0, 4)
    assert [reward for _, _, _, reward, _, _ in trained] == [0.5] * 3
    assert with_it[:2] == (True, False)
    assert half[:2] == (True, True)
    assert with_it[2] == half[2] < 0


def test_the_settings_compare_models_of_equal_size() -> None:
    experiment.check_sizes(CORPUS, tolerance=0.01)


def test_models_of_unequal_size_are_not_compared(tmp_path: Path) -> None:
    unequal = {**TINY, "hidden": {"soft": 12, "hard": 12, "mean": 30}}
    with pytest.raises(ValueError, match=r"'mean': \d+.* within 2%: change `hidden`"):
        experiment.run(seeds=1, device="cpu", folder=tmp_path, settings=unequal)
    assert not list(tmp_path.iterdir())


def test_an_interruption_ends_the_experiment_and_keeps_whole_runs(
    small, tmp_path: Path, interrupt: Callable[[int], None]
) -> None:
    interrupt(7)  # in the measuring of the variance
    with pytest.raises(KeyboardInterrupt):
        experiment.run(seeds=1, device="cpu", folder=tmp_path, say=lambda line: None, settings=TINY)
    assert len(json.loads((tmp_path / f"{experiment.NAME}.json").read_text())["rows"]) == 6


def test_the_experiment_says_what_is_wrong(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        experiment.run(seeds=0, folder=tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeError, match="finds no CUDA here"):
        experiment.run(seeds=1, device="cuda", folder=tmp_path)
