"""The experiment of chapter 4, run through at toy size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from attention_course.replications import luong, recipe
from attention_course.training import cosine, count_parameters

TORCH = {"initialisation": "torch"}  # the paper's begins with logits all but zero
TOY: Any = {
    "corpus": {
        "name": "stretched", "most": 2, "train": 40, "validation": 6, "test": 6,
        "min_length": 2, "max_length": 5,
    },
    "steps": 2,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 1,
    "model": {**TORCH, "layers": 1, "dropout": 0.0, "embedding": 4, "hidden": 6, "D": 1},
    "variants": {"plain": {}, "local": {"window": "local-m", "score": "dot", "embedding": 5}},
}  # fmt: skip
TURNED: Any = {**TOY, "variants": {"plain": {}, "reversed": {"reversed_sources": True}}}
SETTINGS: Any = {"stretched": TOY, "translation": TURNED}


def run(tmp_path: Path, **options: Any) -> dict[str, Any]:
    said: list[str] = []
    luong.run(
        **{"seeds": 2, "device": "cpu", "folder": tmp_path, "say": said.append, **options}
    )  # fmt: skip
    stored: dict[str, Any] = json.loads((tmp_path / "04-luong.json").read_text())
    assert len(said) == len(stored["rows"])
    return stored


def test_the_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luong, "check_sizes", lambda settings: None)
    stored = run(tmp_path, settings=SETTINGS)
    rows = {(row["variant"], row["seed"]): row for row in stored["rows"]}
    variants = [
        "stretched: plain",
        "stretched: local",
        "translation: plain",
        "translation: reversed",
    ]
    assert set(rows) == {(variant, seed) for variant in variants for seed in (0, 1)}
    assert stored["settings"]["tasks"]["stretched"]["variants"]["local"]["embedding"] == 5
    row = rows["stretched: local", 0]
    corpus = luong.corpus_for("stretched", "local", SETTINGS)
    assert row["parameters"] == count_parameters(
        luong.build("stretched", "local", corpus, SETTINGS)
    )
    assert row["parameters"] != rows["stretched: plain", 0]["parameters"]
    assert row["test"]["sentences"] == 6
    assert 0 <= row["test"]["aer"] <= 1
    assert row["validation"][-1][0] == 2
    assert row["seconds_per_update"] > 0
    losses = [rows["stretched: plain", seed]["test"]["loss"] for seed in (0, 1)]
    assert losses[0] != losses[1]
    # the same task and seed but for the order of the sources
    plain, turned = (rows[f"translation: {v}", 0]["test"]["loss"] for v in ("plain", "reversed"))
    assert plain == rows["stretched: plain", 0]["test"]["loss"]
    assert turned != plain


def test_reversed_sources_come_with_the_models_flag() -> None:
    plain = luong.corpus_for("translation", "plain", SETTINGS)
    turned = luong.corpus_for("translation", "reversed", SETTINGS)
    assert turned.test[0].source == plain.test[0].source[::-1]
    assert luong.build("translation", "reversed", turned, SETTINGS).reversed_sources
    assert not luong.build("translation", "plain", plain, SETTINGS).reversed_sources


def test_a_seed_gives_the_same_batches_to_every_variant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[torch.Tensor]] = []

    def fit(
        model: Any, batches: Any, *, steps: int, optimizer: Any, schedule: Any, **_: Any
    ) -> Any:
        seen.append([next(batches).source for _ in range(steps)])
        (group,) = optimizer(model.parameters()).param_groups
        assert (group["lr"], group["betas"]) == (TOY["learning_rate"], recipe.BETAS)
        assert [schedule(1), schedule(2)] == [cosine(2, 1)(1), cosine(2, 1)(2)]
        return luong.History(steps=steps)

    monkeypatch.setattr(recipe, "fit", fit)
    corpus = luong.corpus_for("stretched", "plain", SETTINGS)
    for variant, seed in (("plain", 0), ("local", 0), ("plain", 1)):
        luong.train("stretched", variant, corpus, seed=seed, settings=SETTINGS)
    plain, local, other = seen
    assert all(torch.equal(a, b) for a, b in zip(plain, local, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(plain, other, strict=True))


def test_models_of_unequal_size_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'stretched: plain': \d+.* within 1%: change"):
        luong.run(seeds=1, device="cpu", folder=tmp_path, settings=SETTINGS)
    assert not list(tmp_path.iterdir())


def test_the_settings_of_chapter_4_compare_models_of_equal_size() -> None:
    small: Any = {
        task: {**how, "corpus": {**how["corpus"], "train": 10, "validation": 1, "test": 1}}
        for task, how in luong.SETTINGS.items()
    }
    luong.check_sizes(small)


def test_an_interruption_ends_the_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupt: Callable[[int], None]
) -> None:
    monkeypatch.setattr(luong, "check_sizes", lambda settings: None)
    interrupt(3)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, settings=SETTINGS)
    assert len(json.loads((tmp_path / "04-luong.json").read_text())["rows"]) == 2


def test_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        luong.run(seeds=0, folder=tmp_path)
    corpus = luong.corpus_for("stretched", "plain", SETTINGS)
    for task, variant in (("stretched", "global"), ("weather", "plain")):
        with pytest.raises(
            ValueError, match=rf"task is '{task}' and variant '{variant}', expected"
        ):
            luong.build(task, variant, corpus, SETTINGS)  # type: ignore[arg-type]
