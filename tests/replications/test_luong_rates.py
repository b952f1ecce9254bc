"""The grid of learning rates of chapter 4, run through at toy size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attention_course.replications import luong_rates, recipe

TOY: Any = {
    "corpus": {
        "name": "stretched", "most": 2, "train": 40, "validation": 6, "test": 6,
        "min_length": 2, "max_length": 5,
    },
    "steps": 2,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 1,
    "model": {
        "initialisation": "torch", "layers": 1, "dropout": 0.0, "embedding": 4, "hidden": 6, "D": 1,
    },
    "variants": {"local-m": {"window": "local-m"}, "other": {}},
}  # fmt: skip


def test_the_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, used = recipe.fit, []

    def fit(model: Any, batches: Any, *, optimizer: Any, **options: Any) -> Any:
        (group,) = optimizer(model.parameters()).param_groups
        used.append((model.align.window, group["lr"]))
        return real(model, batches, optimizer=optimizer, **options)

    monkeypatch.setattr(recipe, "fit", fit)
    said: list[str] = []
    luong_rates.run(
        seeds=2, device="cpu", folder=tmp_path, say=said.append, settings={"stretched": TOY}
    )
    # one of its variants is in `luong_rates.TUNED`; each seed goes through the grid
    assert used == [("local-m", rate) for rate in luong_rates.GRID] * 2
    stored = json.loads((tmp_path / "04-luong-rates.json").read_text())
    assert [row["learning_rate"] for row in stored["rows"]] == [*luong_rates.GRID] * 2
    assert [row["seed"] for row in stored["rows"]] == [100] * 3 + [101] * 3
    assert {row["model"] for row in stored["rows"]} == {"stretched: local-m"}
    assert len({row["loss"] for row in stored["rows"]}) == len(said) == 6


def test_the_best_is_that_of_the_lowest_mean() -> None:
    losses = {("a", 1): (5, 1), ("a", 2): (2, 3), ("b", 1): (1, 9), ("b", 2): (9, 9)}
    rows = [
        {"model": model, "learning_rate": rate, "loss": loss}
        for (model, rate), both in losses.items()
        for loss in both
    ]
    assert luong_rates.best_rates(rows) == {"a": 2, "b": 1}


def test_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        luong_rates.run(seeds=0, folder=tmp_path)
