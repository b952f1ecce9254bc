"""The sweeps over learning rates of chapters 10 and 11, run through at toy size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attention_course.data import load
from attention_course.replications import (
    norms,
    read,
    recipe,
    transformer,
    universal_rates,
    universal_settings,
    universal_transformer,
)
from attention_course.training import count_parameters

CORPUS = {
    "name": "stretched", "most": 2, "train": 40, "validation": 6, "test": 6,
    "min_length": 2, "max_length": 5,
}  # fmt: skip
TOY: Any = {
    "corpus": CORPUS,
    "steps": 3,
    "batch_size": 4,
    "learning_rate": 1.0,  # no rate of a grid
    "warmup": 2,
}
NORMS: Any = {
    **TOY,
    "model": {"d": 8, "d_ff": 8, "heads": 2, "layers": 1, "dropout": 0.0, "tied": "target"},
    "variants": {"warm": {}, "cold": {"warmup": 0}},
}
SHARED: Any = {
    **TOY,
    "longer": [],
    "depth": 2,
    "model": {"d": 8, "d_ff": 8, "heads": 2, "dropout": 0.0},
    "variants": {"stack": {"kind": "transformer", "tied": "target"}, "loop": {"kind": "universal"}},
}
SWEEPS = [(norms, NORMS), (universal_rates, SHARED)]


def run(module: Any, tmp_path: Path, settings: Any, **options: Any) -> dict[str, Any]:
    said: list[str] = []
    module.run(
        **{"seeds": 2, "device": "cpu", "folder": tmp_path, "say": said.append, **options},
        settings=settings,
    )
    stored: dict[str, Any] = json.loads((tmp_path / f"{module.NAME}.json").read_text())
    assert len(said) == len(stored["rows"])
    return stored


@pytest.mark.parametrize(("module", "settings"), SWEEPS)
def test_every_model_is_trained_at_every_rate_with_every_seed(
    module: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, used = recipe.fit, []

    def fit(model: Any, batches: Any, *, optimizer: Any, steps: int, **options: Any) -> Any:
        (group,) = optimizer(model.parameters()).param_groups
        used.append(group["lr"])
        assert (group["betas"], steps) == ((0.9, 0.98), 3)
        return real(model, batches, optimizer=optimizer, steps=steps, **options)

    monkeypatch.setattr(recipe, "fit", fit)
    stored = run(module, tmp_path, settings)
    grid, variants = module.GRID, settings["variants"]
    assert used == [rate for _ in (0, 1) for _ in variants for rate in grid]
    keys = [(row["model"], row["learning_rate"], row["seed"]) for row in stored["rows"]]
    assert keys == [(name, rate, seed) for seed in (0, 1) for name in variants for rate in grid]
    assert len({row["test"]["loss"] for row in stored["rows"]}) == len(keys)
    assert stored["settings"]["grid"] == [*grid]
    ((task, how),) = stored["settings"]["tasks"].items()
    assert how == json.loads(json.dumps(settings))

    experiment = transformer if module is norms else universal_transformer
    row, first = stored["rows"][0], next(iter(variants))
    built = experiment.build(task, first, load(**CORPUS), {task: settings})
    assert row["parameters"] == count_parameters(built)
    assert row["test"]["sentences"] == 6
    assert "by_length" not in row["test"]
    assert row["validation"] != row["test"]["loss"]
    assert row["seconds_per_update"] > 0


def test_the_norms_are_those_of_the_deep_task_trained_for_longer() -> None:
    deep = transformer.SETTINGS["deep"]
    assert norms.SETTINGS["steps"] > deep["steps"]
    assert {**deep, "steps": norms.SETTINGS["steps"]} == norms.SETTINGS


def test_the_models_that_share_are_those_of_the_translation_task() -> None:
    task = universal_settings.SETTINGS["translation"]
    variants = universal_rates.SETTINGS["variants"]
    assert {**task, "variants": variants} == universal_rates.SETTINGS
    assert variants.items() <= task["variants"].items()
    assert min(universal_rates.GRID) < task["learning_rate"] < max(universal_rates.GRID)


@pytest.mark.parametrize("module", [norms, universal_rates])
def test_what_is_stored_was_measured_with_these_settings(module: Any) -> None:
    stored = read(module.NAME)
    ((_, how),) = stored["settings"]["tasks"].items()
    assert how == json.loads(json.dumps(module.SETTINGS))
    assert stored["settings"]["grid"] == [*module.GRID]
    keys = [(row["model"], row["learning_rate"], row["seed"]) for row in stored["rows"]]
    assert set(keys) == {
        (name, rate, seed) for name in how["variants"] for rate in module.GRID for seed in (0, 1, 2)
    }
    assert len(keys) == len(set(keys))
    assert not stored["provenance"]["commit"].endswith("dirty")


def test_models_of_unequal_size_are_not_compared(tmp_path: Path) -> None:
    wide = {**NORMS, "variants": {"warm": {}, "wide": {"d": 16}}}
    with pytest.raises(ValueError, match=r"'deep: warm': .* within 2%: change `model`"):
        run(norms, tmp_path, wide)
    stack = SHARED["variants"]["stack"]
    many = {"transformer": stack, universal_settings.AS_MANY: {"kind": "universal", "d_ff": 99}}
    with pytest.raises(
        ValueError, match=r"'translation: transformer': .* within 1%: change `d_ff`"
    ):
        run(universal_rates, tmp_path, {**SHARED, "variants": many})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("module", "settings"), SWEEPS)
def test_an_interruption_ends_the_sweep_and_keeps_whole_runs(
    module: Any, settings: Any, tmp_path: Path, interrupt: Callable[[int], None]
) -> None:
    interrupt(3)
    with pytest.raises(KeyboardInterrupt):
        run(module, tmp_path, settings)
    assert len(json.loads((tmp_path / f"{module.NAME}.json").read_text())["rows"]) == 2


@pytest.mark.parametrize(("module", "settings"), SWEEPS)
def test_what_is_wrong(module: Any, settings: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        run(module, tmp_path, settings, seeds=0)
