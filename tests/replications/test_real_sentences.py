"""On real sentences, too, attention soon beats one vector: the claim of chapter 2 in short."""

from __future__ import annotations

from pathlib import Path

from attention_course.data import load
from attention_course.replications.bahdanau import check_sizes, train


def test_attention_beats_one_vector_at_equal_steps_and_sizes(real_data: Path):
    corpus = load("multi30k", source="de", target="en", min_count=10, max_length=16)
    # torch's first weights: with the paper's, small as they are, both begin slowly
    sizes = {"embedding": 64, "maxout": 64, "initialisation": "torch"}
    settings = {
        "steps": 120,
        "batch_size": 64,
        "learning_rate": 5e-3,
        "warmup": 10,
        "search": {**sizes, "hidden": 96},
        "fixed": {**sizes, "hidden": 135},
        "fixed_both": {**sizes, "hidden": 103, "bidirectional": True},
    }
    check_sizes(corpus, settings, tolerance=0.01)
    loss = {}
    for kind in ("search", "fixed"):
        _, history = train(
            kind, corpus, seed=0, settings=settings, device="cpu", validate_every=120
        )
        ((step, loss[kind]),) = history.validation
        assert step == 120
    assert loss["search"] < loss["fixed"] - 0.1, loss
