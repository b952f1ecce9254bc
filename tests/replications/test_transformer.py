"""The experiment of chapter 10, run through at toy size."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from attention_course.data import load
from attention_course.data.batches import make_batch
from attention_course.models.self_attention import attend
from attention_course.replications import read, recipe, transformer
from attention_course.training import cosine, count_parameters

TOY: Any = {
    "corpus": {
        "name": "stretched", "most": 2, "train": 40, "validation": 6, "test": 6,
        "min_length": 2, "max_length": 5,
    },
    "steps": 3,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 2,
    "model": {"d": 8, "d_ff": 8, "heads": 2, "layers": 1, "dropout": 0.0, "tied": "target"},
    "variants": {
        "plain": {},
        "smooth": {"label_smoothing": 0.1},
        "no positions": {"positions": "none"},
    },
}  # fmt: skip
DEEP: Any = {**TOY, "variants": {"pre": {"norm": "pre"}, "none": {"warmup": 0}}}
WIDE: Any = {**TOY, "variants": {"scaled": {}, "not scaled": {"scaled": False}}}
SETTINGS: Any = {"table 3": TOY, "deep": DEEP, "one head": WIDE}
CORPUS = load(**TOY["corpus"])


def run(tmp_path: Path, **options: Any) -> dict[str, Any]:
    said: list[str] = []
    transformer.run(
        **{"seeds": 2, "device": "cpu", "folder": tmp_path, "say": said.append, **options}
    )  # fmt: skip
    stored: dict[str, Any] = json.loads((tmp_path / "10-transformer.json").read_text())
    assert len(said) == len(stored["rows"])
    return stored


def test_the_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transformer, "check_depth_and_width", lambda settings: None)
    stored = run(tmp_path, settings=SETTINGS)
    rows = {(row["variant"], row["seed"]): row for row in stored["rows"]}
    names = {f"{task}: {variant}" for task, how in SETTINGS.items() for variant in how["variants"]}
    assert set(rows) == {(name, seed) for name in names for seed in (0, 1)}
    assert stored["settings"]["tasks"]["table 3"]["variants"]["smooth"]["label_smoothing"] == 0.1
    assert stored["settings"]["betas"] == [0.9, 0.98]
    row = rows["deep: pre", 0]
    assert row["parameters"] == count_parameters(transformer.build("deep", "pre", CORPUS, SETTINGS))
    assert row["parameters"] > rows["table 3: plain", 0]["parameters"]
    assert row["test"]["sentences"] == 6
    assert row["validation"][-1][0] == 3
    assert row["seconds_per_update"] > 0
    losses = {name: rows[name, 0]["test"]["loss"] for name in names}
    same = {"table 3: plain", "one head: scaled"}
    assert len({losses[name] for name in same}) == 1
    assert len(set(losses.values())) == len(losses) - 1  # every other variant is another model
    assert losses["table 3: plain"] != rows["table 3: plain", 1]["test"]["loss"]


def test_the_scale_is_taken_back_from_every_attention() -> None:
    scaled, unscaled = (
        transformer.build("one head", variant, CORPUS, SETTINGS).eval()
        for variant in ("scaled", "not scaled")
    )
    unscaled.load_state_dict(scaled.state_dict())
    x = torch.randn(2, 3, 8)
    attention = unscaled.encoder[0].attention
    q, memory = scaled.encoder[0].attention.W_Q(x), scaled.encoder[0].attention.project(x)
    q = q.unflatten(2, (2, 4)).transpose(1, 2)  # (B, H, T, d_k)
    _, weights = attention(x, need_weights=True)
    torch.testing.assert_close(weights, (q @ memory.keys.mT).softmax(-1))
    _, as_in_the_paper = attend(q, *memory, need_weights=True)
    torch.testing.assert_close(
        scaled.encoder[0].attention(x, need_weights=True)[1], as_in_the_paper
    )

    batch = make_batch(CORPUS.encode(CORPUS.test[:3]))
    maps = [m.looks(batch.source, batch.source_mask, batch.target_in) for m in (scaled, unscaled)]
    for one, other in zip(*maps, strict=True):
        assert not torch.allclose(one, other)


def test_a_variant_says_how_it_is_trained_and_a_seed_gives_weights_and_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[torch.Tensor]] = []
    how: list[tuple[float, float]] = []
    first: list[torch.Tensor] = []

    def fit(
        model: Any, batches: Any, *, steps: int, optimizer: Any, schedule: Any, **options: Any
    ) -> Any:
        seen.append([next(batches).source for _ in range(steps)])
        first.append(model.E_target.weight.detach().clone())
        (group,) = optimizer(model.parameters()).param_groups
        assert group["lr"] == TOY["learning_rate"]
        assert group["betas"] == transformer.BETAS
        how.append((options["label_smoothing"], schedule(1)))
        return transformer.History(steps=steps)

    monkeypatch.setattr(recipe, "fit", fit)
    settings = copy.deepcopy(SETTINGS)
    for task in settings.values():
        task.update(steps=4, warmup=2)
    runs = [
        ("table 3", "plain", 0),
        ("table 3", "smooth", 0),
        ("deep", "none", 0),
        ("table 3", "plain", 1),
    ]
    for task, variant, seed in runs:
        transformer.train(task, variant, CORPUS, seed=seed, settings=settings)  # type: ignore[arg-type]
    plain, smooth, none, other = seen
    for batches in (smooth, none):
        assert all(torch.equal(a, b) for a, b in zip(plain, batches, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(plain, other, strict=True))
    assert torch.equal(first[0], first[1])
    assert not torch.equal(first[0], first[3])
    warm, cold = cosine(4, 2)(1), cosine(4, 0)(1)
    assert warm != cold
    assert how == [(0, warm), (0.1, warm), (0, cold), (0, warm)]


def test_models_of_unequal_size_are_not_compared(tmp_path: Path) -> None:
    unequal = copy.deepcopy(SETTINGS)
    unequal["table 3"]["variants"]["plain"] = {"d": 16}
    with pytest.raises(ValueError, match=r"'table 3: plain': \d+.* within 2%: change `model`"):
        transformer.run(seeds=1, device="cpu", folder=tmp_path, settings=unequal)
    assert not list(tmp_path.iterdir())


def test_the_settings_of_chapter_10_compare_models_of_equal_size() -> None:
    small: Any = {
        task: {**how, "corpus": {**how["corpus"], "train": 10, "validation": 1, "test": 1}}
        for task, how in transformer.SETTINGS.items()
    }
    transformer.check_depth_and_width(small)


def test_learned_positions_reach_as_far_as_a_translation_may() -> None:
    how = transformer.SETTINGS["table 3"]
    longest = how["corpus"]["max_length"] + 1  # and the end mark
    assert how["variants"]["learned positions"]["max_length"] >= 2 * longest + 10


def test_what_is_stored_was_measured_with_these_settings() -> None:
    stored = read(transformer.NAME)
    assert stored["settings"]["tasks"] == json.loads(json.dumps(transformer.SETTINGS))
    names = {f"{task}: {v}" for task, how in transformer.SETTINGS.items() for v in how["variants"]}
    rows = [(row["variant"], row["seed"]) for row in stored["rows"]]
    assert set(rows) == {(name, seed) for name in names for seed in (0, 1, 2)}
    assert len(rows) == len(set(rows))
    assert not stored["provenance"]["commit"].endswith("dirty")


def test_the_chapters_model_translates_95_of_100_sentences_without_an_error() -> None:
    rows = [row for row in read(transformer.NAME)["rows"] if row["variant"].startswith("chapter")]
    assert len(rows) == 3
    assert all(row["test"]["exact_match"] >= 0.95 for row in rows)


def test_an_interruption_ends_the_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupt: Callable[[int], None]
) -> None:
    monkeypatch.setattr(transformer, "check_depth_and_width", lambda settings: None)
    interrupt(3)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, settings=SETTINGS)
    assert len(json.loads((tmp_path / "10-transformer.json").read_text())["rows"]) == 2


def test_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        transformer.run(seeds=0, folder=tmp_path)
    for task, variant in (("table 3", "pre"), ("weather", "plain")):
        with pytest.raises(
            ValueError, match=rf"task is '{task}' and variant '{variant}', expected"
        ):
            transformer.build(task, variant, CORPUS, SETTINGS)  # type: ignore[arg-type]
