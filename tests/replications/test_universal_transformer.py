"""The experiment of chapter 11, run through at toy size."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from attention_course.data import load
from attention_course.models.universal_transformer import UniversalTransformer
from attention_course.pondering import ponder_loss
from attention_course.replications import (
    read,
    recipe,
    universal_settings,
    universal_transformer,
)
from attention_course.replications.from_anywhere import FromAnywhere
from attention_course.training import cosine, count_parameters, translation_loss

SMALL = {"train": 40, "validation": 6, "test": 6}
TOY: Any = {
    "corpus": {"name": "copy", "lengths": (2, 5), **SMALL},
    "longer": [(6, 8)],
    "steps": 2,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 1,
    "depth": 3,
    "model": {"d": 8, "heads": 2, "d_ff": 12, "dropout": 0.0, "offsets": 4},
    "variants": {
        "transformer": {"kind": "transformer", "tied": "target"},
        "fixed": {"kind": "universal", "depth": 2},
        "halting": {"kind": "universal", "halting": "text", "weight": 0.5, "offsets": 0},
    },
}
SETTINGS: Any = {
    "copy": TOY,
    "addition": {
        **TOY,
        "corpus": {"name": "addition", "base": 2, "lengths": (2, 5), **SMALL},
        "longer": [],
        "variants": {"halting": TOY["variants"]["halting"]},
    },
}
NAMES = {"copy: transformer", "copy: fixed", "copy: halting", "addition: halting"}


def run(tmp_path: Path, **options: Any) -> dict[str, Any]:
    said: list[str] = []
    universal_transformer.run(
        **{
            "seeds": 2, "device": "cpu", "folder": tmp_path, "say": said.append,
            "settings": SETTINGS, **options,
        }
    )  # fmt: skip
    stored: dict[str, Any] = json.loads((tmp_path / "11-universal-transformer.json").read_text())
    assert len(said) == len(stored["rows"])
    return stored


def test_the_experiment(tmp_path: Path) -> None:
    stored = run(tmp_path)
    rows = {(row["variant"], row["seed"]): row for row in stored["rows"]}
    assert set(rows) == {(name, seed) for name in NAMES for seed in (0, 1)}
    corpus, longer = universal_transformer.with_longer("copy", SETTINGS)
    assert {len(pair.source) for pair in longer.test} == {6, 7, 8}
    assert not longer.train
    for variant in TOY["variants"]:
        row = rows[f"copy: {variant}", 0]
        built = universal_transformer.build("copy", variant, corpus, SETTINGS)
        assert row["parameters"] == count_parameters(built)
        assert row["test"]["sentences"] == 6
        assert [further["sentences"] for further in row["longer"]] == [6]
        assert row["longer"][0].keys() == row["test"].keys() - {"by_length"}
        assert row["validation"][-1][0] == 2
        assert row["seconds_per_update"] > 0
        assert ("ponder" in row) == (variant == "halting")
    losses = [rows["copy: fixed", seed]["test"]["loss"] for seed in (0, 1)]
    assert losses[0] != losses[1]

    row = rows["copy: halting", 0]
    assert len(row["ponder"]) == 2
    assert all(1 <= steps <= 3 for part in row["ponder"] for steps in part.values())
    assert [part["difficulty"] for part in row["by_difficulty"]] == sorted(
        {len(pair.source) for pair in corpus.test}
    )
    assert sum(part["words"] for part in row["by_difficulty"]) == sum(
        len(pair.target) for pair in corpus.test
    )
    assert rows["addition: halting", 0]["longer"] == []
    assert rows["addition: halting", 0]["by_difficulty"][0]["difficulty"] == 0


def test_variants_build_their_models() -> None:
    corpus = load(**TOY["corpus"])
    transformer, fixed, halting = (
        universal_transformer.build("copy", variant, corpus, SETTINGS)
        for variant in TOY["variants"]
    )
    assert isinstance(transformer, FromAnywhere)
    assert len(transformer.encoder) == len(transformer.decoder) == 3
    assert transformer.offsets == 4
    assert isinstance(fixed, UniversalTransformer)
    assert isinstance(halting, UniversalTransformer)
    assert (fixed.halting, fixed.encoder_steps.max_steps, fixed.offsets) == ("fixed", 2, 4)
    assert (halting.halting, halting.decoder_steps.max_steps, halting.offsets) == ("text", 3, 0)


def test_a_seed_gives_the_same_batches_to_every_variant_with_its_own_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[torch.Tensor]] = []
    losses: list[Any] = []

    def fit(
        model: Any, batches: Any, *, steps: int, optimizer: Any, schedule: Any, loss: Any, **_: Any
    ) -> Any:
        seen.append([next(batches).source for _ in range(steps)])
        losses.append(loss)
        (group,) = optimizer(model.parameters()).param_groups
        assert (group["lr"], group["betas"]) == (TOY["learning_rate"], (0.9, 0.98))
        assert [schedule(1), schedule(2)] == [cosine(2, 1)(1), cosine(2, 1)(2)]
        return universal_transformer.History(steps=steps)

    monkeypatch.setattr(recipe, "fit", fit)
    corpus = load(**TOY["corpus"])
    for variant, seed in (("transformer", 0), ("fixed", 0), ("halting", 0), ("fixed", 1)):
        universal_transformer.train("copy", variant, corpus, seed=seed, settings=SETTINGS)
    first, *others, other = seen
    for same in others:
        assert all(torch.equal(a, b) for a, b in zip(first, same, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))
    assert losses[:2] == [translation_loss, translation_loss]
    assert isinstance(losses[2], partial)
    assert (losses[2].func, losses[2].keywords) == (ponder_loss, {"weight": 0.5})


def test_models_of_unequal_size_are_not_compared(tmp_path: Path) -> None:
    wide = {**TOY["variants"], universal_settings.AS_MANY: {"kind": "universal", "d_ff": 99}}
    with pytest.raises(ValueError, match=r"'copy: transformer': \d+.* within 1%: change `d_ff`"):
        run(tmp_path, settings={"copy": {**TOY, "variants": wide}})
    assert not list(tmp_path.iterdir())
    corpus = {**universal_settings.SETTINGS["translation"]["corpus"], "train": 10, "test": 1}
    how: Any = {**universal_settings.SETTINGS["translation"], "corpus": corpus}
    universal_transformer.check_sizes({"translation": how})


def test_what_is_stored_was_measured_with_these_settings() -> None:
    stored = read(universal_transformer.NAME)
    assert stored["settings"]["tasks"] == json.loads(json.dumps(universal_settings.SETTINGS))
    tasks = universal_settings.SETTINGS.items()
    names = {f"{task}: {variant}" for task, how in tasks for variant in how["variants"]}
    rows = [(row["variant"], row["seed"]) for row in stored["rows"]]
    assert set(rows) == {(name, seed) for name in names for seed in (0, 1, 2)}
    assert len(rows) == len(set(rows))
    assert not stored["provenance"]["commit"].endswith("dirty")


def test_an_interruption_ends_the_experiment(
    tmp_path: Path, interrupt: Callable[[int], None]
) -> None:
    interrupt(3)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    stored = json.loads((tmp_path / "11-universal-transformer.json").read_text())
    assert len(stored["rows"]) == 2


def test_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        universal_transformer.run(seeds=0, folder=tmp_path)
    corpus = load(**TOY["corpus"])
    for task, variant in (("copy", "luong"), ("weather", "fixed")):
        with pytest.raises(
            ValueError, match=rf"task is '{task}' and variant '{variant}', expected"
        ):
            universal_transformer.build(task, variant, corpus, SETTINGS)  # type: ignore[arg-type]


# --- positions that begin anywhere ---


def of_width_8(**options: Any) -> FromAnywhere:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"d": 8, "heads": 2, "d_ff": 12, "layers": 1, "dropout": 0.0}
    return FromAnywhere(9, 9, **sizes, tied="target", **options)


def given() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    source = torch.tensor([[4, 5, 6], [4, 5, 6]])
    return source, torch.ones_like(source, dtype=torch.bool), torch.tensor([[1, 4], [1, 4]])


def test_positions_begin_anywhere_in_training_alone() -> None:
    model, plain = of_width_8(offsets=200), of_width_8()
    source, mask, target = given()
    (one, other), _ = model(source, mask, target)
    assert not torch.allclose(one, other)  # each sentence has its own place
    (one, other), _ = plain.train()(source, mask, target)
    assert torch.allclose(one, other)
    expected, _ = plain.eval()(source, mask, target)
    assert torch.equal(model.eval()(source, mask, target)[0], expected)
    state = model.start(source, mask)
    for t in range(2):
        logits, _, state = model.step(target[:, t], state)
        assert torch.allclose(logits, expected[:, t], atol=1e-5)


def test_source_and_target_begin_at_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last place alone: both sides are shifted by as much, source and target."""
    model, source, mask, target = of_width_8(offsets=3), *given()
    asked: list[torch.Tensor] = []
    sinusoidal = model.positions.forward

    def forward(positions: torch.Tensor) -> torch.Tensor:
        asked.append(positions)
        return sinusoidal(positions)

    monkeypatch.setattr(model.positions, "forward", forward)
    firsts = set()
    for _ in range(50):
        asked.clear()
        model(source, mask, target)
        read, written = asked
        assert torch.equal(read[:, 0], written[:, 0])
        assert torch.equal(read, read[:, :1] + torch.arange(3))
        assert torch.equal(written, written[:, :1] + torch.arange(2))
        firsts |= set(read[:, 0].tolist())
    assert firsts == {0, 1, 2, 3}
