"""The experiments of chapter 2, run through at toy size."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from attention_course.data import load
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import Vocabulary
from attention_course.models.bahdanau import RNNSearch
from attention_course.models.encoder_decoder import EncoderDecoder
from attention_course.replications import bahdanau, multi30k, recipe
from attention_course.training import cosine, count_parameters, translation_loss

WORDS = [f"w{i}" for i in range(30)]
TINY = {
    "steps": 2,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 1,
    "search": {"embedding": 4, "hidden": 12, "maxout": 4},
    "fixed": {"embedding": 4, "hidden": 20, "maxout": 4},
    "fixed_both": {"embedding": 4, "hidden": 13, "maxout": 4, "bidirectional": True},
}
SETTINGS = {**TINY, "corpus": {"language": "fr"}}


def pairs(count: int, shortest: int, longest: int, seed: int) -> tuple[Pair, ...]:
    draw = random.Random(seed)
    sentences = [draw.choices(WORDS, k=draw.randint(shortest, longest)) for _ in range(count)]
    return tuple(
        Pair(tuple(s), tuple(s), frozenset((i, i) for i in range(len(s)))) for s in sentences
    )


CORPUS = Corpus(
    "toy", pairs(40, 3, 14, 0), pairs(6, 3, 14, 1), pairs(6, 3, 14, 2),
    Vocabulary(WORDS), Vocabulary(WORDS),
)  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The toy corpus instead of the real ones; what was asked for is kept."""
    calls: list[dict] = []

    def load(name: str, **options) -> Corpus:
        calls.append({"name": name, **options})
        return CORPUS

    def sentences(count: int, *, lengths: tuple[int, int], language: str) -> tuple[Pair, ...]:
        calls.append({"count": count, "lengths": lengths, "language": language})
        return pairs(20, *lengths, 3)

    monkeypatch.setattr(bahdanau, "sentences", sentences)
    monkeypatch.setattr(bahdanau, "load", load)
    monkeypatch.setattr(multi30k, "load", load)
    return calls


@pytest.fixture
def equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bahdanau, "check_sizes", lambda *a, **k: None)
    monkeypatch.setattr(multi30k, "check_sizes", lambda *a, **k: None)


def test_the_experiment_of_chapter_2(asked, equal, tmp_path):
    said: list[str] = []
    bahdanau.run(seeds=2, device="cpu", folder=tmp_path, say=said.append, settings=SETTINGS)
    stored = json.loads((tmp_path / "02-bahdanau.json").read_text())
    rows = {(row["variant"], row["seed"]): row for row in stored["rows"]}
    assert set(rows) == {(variant, seed) for variant in bahdanau.VARIANTS for seed in (0, 1)}
    assert len(said) == 10
    assert stored["settings"]["search"]["hidden"] == 12

    row = rows["attention", 0]
    assert row["parameters"] == count_parameters(bahdanau.build("search", CORPUS, SETTINGS))
    assert (row["longest_in_training"], row["training_sentences"]) == (14, 40)
    assert row["test"]["sentences"] == 6
    assert row["test"]["by_length"][-1]["longest"] <= 14 < row["longer"]["by_length"][0]["shortest"]
    widths = [part["longest"] - part["shortest"] + 1 for part in row["longer"]["by_length"]]
    assert max(widths) <= bahdanau.BUCKET
    assert asked[1] == {"count": 500, "lengths": (15, 40), "language": "fr"}
    assert row["longer"]["sentences"] == 20
    assert row["longer"]["by_length"][-1]["longest"] > 20
    assert row["seconds_per_update"] > 0
    assert row["validation"][-1][0] == 2
    assert len(row["test"]["gold_mass"]) == 3
    assert sum(count for _, count in row["test"]["offsets"]) == sum(
        len(pair.target) for pair in CORPUS.test
    )
    assert 0 <= row["test"]["aer"] <= 1
    assert row["test"]["bleu_signature"].startswith("nrefs:1|")

    short = rows["attention, short", 0]["training_sentences"]
    assert short == sum(len(pair.source) <= bahdanau.SHORT for pair in CORPUS.train) < 40
    assert rows["one vector", 1]["test"]["aer"] is None
    assert rows["one vector, both ways", 0]["parameters"] != rows["one vector", 0]["parameters"]
    assert row["test"]["loss"] != rows["attention", 1]["test"]["loss"]


def test_the_experiment_on_real_sentences(asked, equal, tmp_path):
    said: list[str] = []
    multi30k.run(seeds=1, device="cpu", folder=tmp_path, say=said.append, settings=TINY)
    assert asked == [{"name": "multi30k", "source": "de", "target": "en", "min_count": 3}]
    stored = json.loads((tmp_path / "02-multi30k.json").read_text())
    assert [row["variant"] for row in stored["rows"]] == list(multi30k.VARIANTS)
    assert all(row["validation"][-1][0] == 2 for row in stored["rows"])
    assert "validation loss" in said[0]


def test_a_seed_gives_the_same_batches_to_every_model(monkeypatch):
    seen: list[list[torch.Tensor]] = []
    weights: list[torch.Tensor] = []

    def fit(model, batches, *, steps, optimizer, schedule, **options):
        seen.append([next(batches).source for _ in range(steps)])
        weights.append(model.decoder.W_o.weight.detach().clone())
        (group,) = optimizer(model.parameters()).param_groups
        assert (group["lr"], group["betas"]) == (TINY["learning_rate"], recipe.BETAS)
        assert [schedule(1), schedule(2)] == [cosine(2, 1)(1), cosine(2, 1)(2)]
        return bahdanau.History(steps=steps)

    monkeypatch.setattr(recipe, "fit", fit)
    for kind, seed in (("search", 0), ("fixed", 0), ("fixed", 1), ("fixed", 0)):
        bahdanau.train(kind, CORPUS, seed=seed, settings=TINY)
    search, fixed, other, again = seen
    assert all(torch.equal(a, b) for a, b in zip(search, fixed, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(fixed, other, strict=False))
    assert all(torch.equal(a, b) for a, b in zip(fixed, again, strict=True))
    assert torch.equal(weights[1], weights[3])
    assert not torch.equal(weights[1], weights[2])


def test_kinds_build_their_models():
    assert isinstance(bahdanau.build("search", CORPUS, TINY), RNNSearch)
    fixed = bahdanau.build("fixed", CORPUS, TINY)
    both = bahdanau.build("fixed_both", CORPUS, TINY)
    assert isinstance(fixed, EncoderDecoder)
    assert isinstance(both, EncoderDecoder)
    assert (fixed.encoder.directions, both.encoder.directions) == (1, 2)


def test_models_of_unequal_size_are_not_compared(asked, tmp_path):
    unequal = {
        **TINY,
        "corpus": {"language": "fr"},
        "fixed": {"embedding": 4, "hidden": 30, "maxout": 4},
    }
    with pytest.raises(ValueError, match=r"'fixed': \d+.* within 2%: change `hidden`"):
        bahdanau.run(seeds=1, device="cpu", folder=tmp_path, settings=unequal)
    with pytest.raises(ValueError, match="within 2%"):
        multi30k.run(seeds=1, device="cpu", folder=tmp_path, settings=unequal)
    assert not list(tmp_path.iterdir())


def test_sizes_are_equal_up_to_the_tolerance():
    counts = [count_parameters(bahdanau.build(kind, CORPUS, TINY)) for kind in bahdanau.KINDS]
    ratio = max(counts) / min(counts)
    assert ratio > 1
    bahdanau.check_sizes(CORPUS, TINY, tolerance=1.001 * ratio - 1)
    with pytest.raises(ValueError, match="change `hidden` in the settings"):
        bahdanau.check_sizes(CORPUS, TINY, tolerance=0.999 * ratio - 1)


def test_no_row_by_length_mixes_what_training_had_and_what_it_had_not():
    longest = bahdanau.SETTINGS["corpus"]["max_length"]
    assert longest % bahdanau.BUCKET == 0
    assert bahdanau.SHORT < longest < bahdanau.LONGER


def test_the_settings_of_chapter_2_compare_models_of_equal_size():
    corpus = load("translation", **{**bahdanau.SETTINGS["corpus"], "train": 10, "test": 10})
    bahdanau.check_sizes(corpus, tolerance=0.01)


def test_the_settings_for_real_sentences_compare_models_of_equal_size(real_data: Path):
    corpus = load("multi30k", source="de", target="en", min_count=multi30k.MIN_COUNT)
    bahdanau.check_sizes(corpus, multi30k.SETTINGS, tolerance=0.01)


def test_an_interrupted_training_gives_what_was_learnt():
    calls = []

    def loss(model, batch):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return translation_loss(model, batch)

    model, history = bahdanau.train("search", CORPUS, seed=0, settings=TINY, loss=loss)
    assert history.interrupted
    assert history.steps == 1
    torch.manual_seed(0)
    assert not torch.equal(
        model.decoder.W_o.weight, bahdanau.build("search", CORPUS, TINY).decoder.W_o.weight
    )


@pytest.mark.parametrize("experiment", [bahdanau, multi30k])
def test_an_interruption_ends_the_experiment_and_keeps_whole_runs(
    asked, equal, tmp_path, interrupt, experiment
):
    interrupt(3)
    with pytest.raises(KeyboardInterrupt):
        experiment.run(
            seeds=1, device="cpu", folder=tmp_path, say=lambda line: None,
            settings=SETTINGS if experiment is bahdanau else TINY,
        )  # fmt: skip
    assert len(json.loads((tmp_path / f"{experiment.NAME}.json").read_text())["rows"]) == 2


@pytest.mark.parametrize("experiment", [bahdanau, multi30k])
def test_experiments_say_what_is_wrong(experiment, tmp_path: Path, monkeypatch):
    with pytest.raises(ValueError, match="seeds is 0, expected an integer of at least 1"):
        experiment.run(seeds=0, folder=tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeError, match="finds no CUDA here"):
        experiment.run(seeds=1, device="cuda", folder=tmp_path)
