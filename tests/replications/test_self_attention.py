"""The experiment of chapter 9, run through at toy size."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from attention_course.data.batches import make_batch
from attention_course.data.pairs import Pair
from attention_course.models.positions import Learned, Nowhere, Sinusoidal
from attention_course.models.self_attention import attend
from attention_course.replications import letters, read, recipe, self_attention
from attention_course.training import count_parameters, fit, seed_everything

SMALL = {"train": 40, "validation": 4, "test": 6}
SETTINGS: Any = copy.deepcopy(self_attention.SETTINGS)
for how in SETTINGS.values():
    how.update(steps=2, batch_size=4, warmup=1)
    how["corpus"].update(SMALL)
    how["model"].update(d=8, d_ff=4)
SETTINGS["characters"]["variants"] = {"sinusoidal": {}}
SETTINGS["scale"]["variants"] = {
    "scaled": {"d": 16},
    "not scaled": {"d": 16, "scaled": False},
}


def test_the_experiment(tmp_path: Path) -> None:
    said: list[str] = []
    self_attention.run(seeds=2, device="cpu", folder=tmp_path, say=said.append, settings=SETTINGS)
    stored = json.loads((tmp_path / "09-self-attention.json").read_text())
    rows = {(row["variant"], row["seed"]): row for row in stored["rows"]}
    names = {f"{task}: {v}" for task, how in SETTINGS.items() for v in how["variants"]}
    assert set(rows) == {(name, seed) for name in names for seed in (0, 1)}
    assert len(said) == len(rows)
    corpus = self_attention.corpus_for("agreement", SETTINGS)
    for variant in SETTINGS["agreement"]["variants"]:
        row = rows[f"agreement: {variant}", 0]
        model = self_attention.build("agreement", variant, corpus, SETTINGS)
        assert row["parameters"] == count_parameters(model)
        assert len(row["losses"]) == 2
    # twins have the same words: whoever sees no order is right on no more than one of the two
    for variant in ("no positions", "bag of words"):
        assert all(rows[f"agreement: {variant}", s]["test"]["accuracy"] <= 0.5 for s in (0, 1))
    test = rows["characters: sinusoidal", 0]["test"]
    assert 0 < test["loss"] < 10
    assert 0 <= test["words"] <= 1
    assert test["loss"] != rows["characters: sinusoidal", 1]["test"]["loss"]


def test_variants_have_their_positions() -> None:
    corpus = self_attention.corpus_for("agreement", SETTINGS)
    kinds = {
        v: type(self_attention.build("agreement", v, corpus, SETTINGS).stack.positions)
        for v in ("sinusoidal", "learned", "no positions")
    }
    assert kinds == {"sinusoidal": Sinusoidal, "learned": Learned, "no positions": Nowhere}


def test_undone_scaling_is_a_softmax_of_the_plain_products() -> None:
    corpus = self_attention.corpus_for("scale", SETTINGS)
    model = self_attention.build("scale", "not scaled", corpus, SETTINGS)
    seed_everything(0)
    x, attention = torch.randn(2, 5, 16), model.stack.layers[0].attention
    _, weights = attention(x, need_weights=True)
    W_Q, W_K = attention.W_Q.weight.T, attention.W_K.weight.T
    expected = ((x @ W_Q) @ (x @ W_K).mT).softmax(-1)
    torch.testing.assert_close(weights[:, 0], expected)
    _, scaled = attend(x @ W_Q, x @ W_K, x, need_weights=True)
    assert scaled is not None
    assert (weights[:, 0] - scaled).abs().max() > 0.01


def test_a_text_is_spelled_and_read_back() -> None:
    corpus = self_attention.corpus_for("characters", SETTINGS)
    pair = corpus.train[0]
    assert pair.source == pair.target
    assert all(len(letter) == 1 for letter in pair.source)
    assert letters.is_sentence("".join(pair.source))
    for text in ("", "the the", "dog the sleeps", " "):
        assert not letters.is_sentence(text)


def test_the_loss_of_a_generator_counts_real_symbols_and_their_end() -> None:
    """Scores that are all alike: ln V for each symbol, whatever the padding says."""
    corpus = self_attention.corpus_for("characters", SETTINGS)
    model = self_attention.build("characters", "sinusoidal", corpus, SETTINGS)
    torch.nn.init.zeros_(model.output.weight)
    torch.nn.init.zeros_(model.output.bias)
    model.output.bias.data[0] = 9.0  # padding, which no target is
    V = len(corpus.target_vocabulary)
    pairs = [Pair(("a",), ("a",)), corpus.train[0]]
    batch = make_batch(corpus.encode(pairs))
    loss = letters.next_symbol_loss(model, batch).item()
    assert loss == pytest.approx(math.log(V - 1 + math.exp(9)), abs=1e-5)


def test_what_the_generator_writes_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = self_attention.corpus_for("characters", SETTINGS)
    known = "".join(corpus.train[0].target)
    texts = [known, "the dog sleeps", "the dog the", "xyz"]
    monkeypatch.setattr(letters, "written", lambda *_, **__: texts)
    monkeypatch.setattr(letters, "mean_loss", lambda *_: 1.0)
    test = letters.of_generator(None, corpus, seed=0)  # type: ignore[arg-type]
    words = len(known.split()) + 3 + 3 + 1
    assert test == {"loss": 1.0, "words": (words - 1) / words, "sentences": 0.5, "new": 0.5}


def test_an_interruption_ends_the_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Any:
        history = fit(*arguments, **options)
        history.interrupted = True
        return history

    monkeypatch.setattr(recipe, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        self_attention.run(seeds=1, device="cpu", folder=tmp_path, settings=SETTINGS)
    assert not list(tmp_path.glob("*.json"))


def test_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        self_attention.run(seeds=0, folder=tmp_path)
    corpus = self_attention.corpus_for("agreement", SETTINGS)
    with pytest.raises(ValueError, match="variant 'both', expected among"):
        self_attention.build("agreement", "both", corpus, SETTINGS)


def test_what_is_stored_was_measured_with_these_settings() -> None:
    stored = read(self_attention.NAME)
    assert stored["settings"]["tasks"] == json.loads(json.dumps(self_attention.SETTINGS))
    names = {f"{t}: {v}" for t, how in self_attention.SETTINGS.items() for v in how["variants"]}
    rows = [(row["variant"], row["seed"]) for row in stored["rows"]]
    assert set(rows) == {(name, seed) for name in names for seed in (0, 1, 2)}
    assert len(rows) == len(set(rows))
    assert not stored["provenance"]["commit"].endswith("dirty")
    for row in stored["rows"]:  # whoever sees no order is right on exactly one of two twins
        if row["variant"] in ("agreement: no positions", "agreement: bag of words"):
            assert row["test"]["accuracy"] == 0.5
