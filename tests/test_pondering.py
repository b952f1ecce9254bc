"""The loss that charges for thinking, and how long each word was thought about."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from attention_course.data import load
from attention_course.data.batches import make_batch
from attention_course.data.digits import add
from attention_course.models.universal_transformer import UniversalTransformer
from attention_course.pondering import Steps, by_difficulty, mean_steps, ponder_loss, steps_of
from attention_course.training import fit, translation_loss

CORPUS = load("reverse", train=30, validation=4, test=12, lengths=(2, 6))
BATCH = make_batch(CORPUS.encode(CORPUS.test))


def model(**options: Any) -> UniversalTransformer:
    torch.manual_seed(0)
    sizes = {"d": 8, "heads": 2, "d_ff": 12, "steps": 5, "dropout": 0.0}
    made = UniversalTransformer(14, 14, **{**sizes, "halting": "text", **options})
    if made.halting != "fixed":
        for steps in (made.encoder_steps, made.decoder_steps):
            torch.nn.init.normal_(steps.halt.weight)  # so that words halt at different steps
            torch.nn.init.constant_(steps.halt.bias, -1.0)
    return made


def test_the_cost_is_added_in_training_alone() -> None:
    m = model()
    _, pondered = m.pondered(BATCH.source, BATCH.source_mask, BATCH.target_in)
    cost = 0.0
    for ponder, mask in (
        (pondered.encoder, BATCH.source_mask),
        (pondered.decoder, BATCH.target_mask),
    ):
        words = list(zip(ponder.steps[mask].tolist(), ponder.remainder[mask].tolist(), strict=True))
        cost += sum(n + r for n, r in words) / len(words)
    bare = translation_loss(m, BATCH).item()
    assert ponder_loss(m, BATCH).item() == pytest.approx(bare + 0.01 * cost, abs=1e-5)
    assert ponder_loss(m, BATCH, weight=2.0).item() == pytest.approx(bare + 2 * cost, abs=1e-5)
    smooth = translation_loss(m, BATCH, 0.1).item()
    assert ponder_loss(m, BATCH, 0.1).item() == pytest.approx(smooth + 0.01 * cost, abs=1e-5)
    m.eval()
    assert ponder_loss(m, BATCH, weight=2.0).item() == pytest.approx(bare, abs=1e-5)


def test_the_cost_teaches_to_halt() -> None:
    """Charged for nothing but steps, every word halts after the first; paid for them, none does."""
    for weight, steps in ((100.0, {1}), (-100.0, {5})):
        m = model()
        fit(m, [BATCH] * 60, steps=60, learning_rate=0.1, device="cpu",
            loss=lambda m, b, weight=weight: ponder_loss(m, b, weight=weight))  # fmt: skip
        made = steps_of(m, CORPUS.test, CORPUS)
        assert {n for one in made for n in one.source + one.target} == steps


def test_steps_of_each_word() -> None:
    m = model()
    made = steps_of(m, CORPUS.test, CORPUS, batch_size=5)
    assert [one.pair for one in made] == list(CORPUS.test)
    for one in made:
        alone = make_batch(CORPUS.encode([one.pair]))
        m.eval()
        _, pondered = m.pondered(alone.source, alone.source_mask, alone.target_in)
        assert one.source == pondered.encoder.steps[0].tolist()
        assert one.target == pondered.decoder.steps[0].tolist()
        assert len(one.source) == len(one.pair.source) + 1
    assert len({n for one in made for n in one.source + one.target}) > 2
    fixed = steps_of(model(halting="fixed"), CORPUS.test[:2], CORPUS)
    assert {n for one in fixed for n in one.source + one.target} == {5}


def test_measuring_leaves_the_model_as_it_was() -> None:
    m = model(offsets=30).train()
    one, again = (steps_of(m, CORPUS.test, CORPUS) for _ in range(2))
    assert one == again  # no random offsets
    assert m.training


def test_means_with_a_pencil() -> None:
    pairs = [add(("5", "0", "+", "5")), add(("1", "+", "2", "3"))]  # sums 0 1 and 3 3
    made = [Steps(pairs[0], [1, 1, 1, 2, 2], [2, 6, 9]), Steps(pairs[1], [1] * 5, [4, 5, 9])]
    assert mean_steps(made) == {"source": 1.2, "target": 35 / 6}
    # the carry of 5 + 5 comes into the second digit; no end mark is counted
    assert by_difficulty(made, base=10) == [
        {"difficulty": 0, "words": 3, "steps": 11 / 3},
        {"difficulty": 1, "words": 1, "steps": 6.0},
    ]
    assert by_difficulty(made, base=None) == [{"difficulty": 2, "words": 4, "steps": 17 / 4}]


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="batch_size is 0, expected an integer of at least 1"):
        steps_of(model(), CORPUS.test, CORPUS, batch_size=0)
