"""The Transformer by itself. Contract: test_translators; others': test_transformer_oracles."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.decoding import Hypothesis, beam_search, greedy
from attention_course.models.positions import sinusoids
from attention_course.models.self_attention import Memory
from attention_course.models.transformer import Tied, Transformer
from attention_course.models.transformer_layers import (
    AddNorm,
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    Norm,
    ScaledEmbedding,
)
from attention_course.models.universal_transformer import UniversalTransformer
from torch import nn
from translators import (
    SOURCE_WORDS,
    TARGET_WORDS,
    TRANSFORMERS,
    close,
    ragged,
    translator,
)
from without_cache import WithoutCache

SIZES: dict[str, Any] = {"d": 8, "heads": 2, "d_ff": 12}
BATCH = ragged([5, 2, 4, 1], [4, 4, 4, 4])


# --- cached and parallel decoding ---


def searched(model: Any, width: int) -> list[Hypothesis]:
    source, mask = BATCH.source, BATCH.source_mask
    if width == 1:
        return greedy(model, source, mask, max_length=7)
    found = beam_search(model, source, mask, width=width, length_penalty=0.6, max_length=7)
    return [best for (best,) in found]


@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("name", TRANSFORMERS)
def test_searching_with_and_without_a_cache(name: str, width: int) -> None:
    """Ragged sentences, greedily and with a beam: the same words, scores and weights."""
    torch.manual_seed(7)
    model = TRANSFORMERS[name](SOURCE_WORDS, TARGET_WORDS).double()
    nn.init.normal_(model.output.weight, std=0.3)  # so that not all sentences become the same
    found = searched(model, width)
    for cached, parallel in zip(found, searched(WithoutCache(model), width), strict=True):
        assert cached.tokens == parallel.tokens
        assert cached.score == pytest.approx(parallel.score, abs=1e-9)
        close(cached.weights, parallel.weights)
    assert len({tuple(hypothesis.tokens) for hypothesis in found}) > 1


@pytest.mark.parametrize("name", ["transformer", "universal"])
def test_the_source_is_projected_once_and_each_word_once(name: str) -> None:
    model = translator(name)
    layer = model.decoder_layer if name == "universal" else model.decoder[0]
    asked: dict[str, list[int]] = {"words": [], "source": []}
    for kind, attention in (("words", layer.attention), ("source", layer.cross_attention)):
        attention.W_K.register_forward_hook(
            lambda module, given, out, kind=kind: asked[kind].append(given[0].shape[1])
        )
    state = model.start(BATCH.source, BATCH.source_mask)
    for token in BATCH.target_in.unbind(1):
        _, _, state = model.step(token, state)
    steps = 3 if name == "universal" else 1
    assert asked == {"words": [1] * 4 * steps, "source": [5]}


def test_several_words_after_a_past_are_refused() -> None:
    """They would see one another."""
    layer, x = DecoderLayer(**SIZES), torch.zeros(1, 2, 8)
    memory = layer.attention.project(x)
    assert isinstance(memory, Memory)
    with pytest.raises(ValueError, match="x has 2 words after a past, expected one at a time"):
        layer(x, memory, torch.ones(1, 1, 1, 2, dtype=torch.bool), memory)


# --- where all layers look ---


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_looks(norm: str) -> None:
    model = translator("transformer" if norm == "post" else "transformer, pre-norm")
    looks = model.looks(BATCH.source, BATCH.source_mask, BATCH.target_in)
    assert looks.encoder.shape == (4, 2, 2, 5, 5)
    assert looks.decoder.shape == (4, 2, 2, 4, 4)
    _, cross = model(BATCH.source, BATCH.source_mask, BATCH.target_in)
    close(looks.cross, cross)
    for weights in looks:
        close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    assert (looks.decoder.triu(1) == 0).all()
    padding = ~BATCH.source_mask[:, None, None, None].expand_as(looks.encoder)
    assert (looks.encoder[padding] == 0).all()


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_weights_are_for_those_who_ask(name: str) -> None:
    """None in training, all in evaluation, and as asked for; the logits are the same."""
    given = BATCH.source, BATCH.source_mask, BATCH.target_in
    model = translator(name)
    logits, weights = model(*given)
    without, none = model(*given, need_weights=False)
    close(without, logits)
    assert none.shape == (4, 0, 2, 4, 5)
    model.train()  # no dropout in these
    training, none = model(*given)
    close(training, logits)
    assert none.shape[1] == 0
    close(model(*given, need_weights=True)[1], weights)


# --- order ---


def test_without_positions_a_source_is_a_bag_of_words() -> None:
    order = torch.tensor([3, 0, 4, 1, 2])
    source, target = BATCH.source[:1], BATCH.target_in[:1]
    for name, blind in (("transformer, no positions", True), ("transformer", False)):
        model = translator(name)
        logits, weights = model(source, source > -1, target)
        moved, moved_weights = model(source[:, order], source > -1, target)
        assert ((logits - moved).abs().max() < 1e-10) == blind
        assert ((weights[..., order] - moved_weights).abs().max() < 1e-10) == blind


# --- dropout, embeddings, sizes ---


def test_dropout_is_where_the_paper_has_it() -> None:
    """On the sums of embedding and position, and on every sub-layer's output (Section 5.4)."""
    model = Transformer(9, 9, **SIZES, layers=2, dropout=0.25)
    dropped: list[Any] = []
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            assert module.p == 0.25
            module.register_forward_hook(lambda _, given, out: dropped.append(given[0].detach()))
    ids = torch.randint(9, (2, 5))
    model(ids, ids > -1, ids[:, :3])
    assert [tuple(x.shape) for x in dropped] == [(2, 5, 8)] * (1 + 2 * 2) + [(2, 3, 8)] * (
        1 + 2 * 3
    )
    torch.testing.assert_close(dropped[0], model.E_source(ids) + sinusoids(torch.arange(5), 8))
    assert model.encoder[0].attention.dropout == 0


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_the_way_past_a_sub_layer_is_not_dropped(norm: Norm) -> None:
    x, out = torch.randn(2, 1, 50, 8)
    around = AddNorm(8, 0.5, norm)
    around.norm = nn.Identity()
    kept = (around.leave(x, out) - x) / out
    assert kept.round(decimals=2).unique().tolist() == [0, 2]


@pytest.mark.parametrize(("tied", "matrices"), [("all", 1), ("target", 2), ("none", 3)])
def test_which_matrices_are_one(tied: Tied, matrices: int) -> None:
    model = Transformer(9, 9, **SIZES, layers=1, tied=tied)
    of_words = [model.E_source.weight, model.E_target.weight, model.output.weight]
    assert len({id(matrix) for matrix in of_words}) == matrices
    assert (model.E_target.weight is model.output.weight) == (tied != "none")


def test_the_papers_sizes_are_the_defaults() -> None:
    """Table 3: 65 million parameters with the shared vocabulary of 37,000 (Section 5.1)."""
    with torch.device("meta"):
        model = Transformer(37_000, 37_000)
    assert len(model.encoder) == len(model.decoder) == 6
    assert model.encoder[0].attention.heads == 8
    assert tuple(model.decoder[5].feed_forward.W_1.weight.shape) == (2048, 512)
    assert model.dropout.p == 0.1
    assert model.encoder[0].around_attention.order == "post"
    assert 62e6 < sum(p.numel() for p in model.parameters()) < 65e6


# --- bad input ---


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Transformer(9, 9, d=10, heads=4), "d is 10 and heads is 4, expected d to be a"),
        (lambda: Transformer(9, 9, d=7, heads=7), "d is 7, expected an even number"),
        (lambda: Transformer(0, 9), "source_vocabulary is 0, expected an integer of at least 1"),
        (lambda: Transformer(9, 9, layers=0), "layers is 0, expected"),
        (lambda: Transformer(9, 9, **SIZES, dropout=1.5), "dropout is 1.5, expected a share"),
        (lambda: Transformer(9, 9, **SIZES, norm="mid"), "norm is 'mid', expected 'post' or 'pre'"),
        (lambda: Transformer(9, 9, positions="rotary"), "positions is 'rotary', expected"),
        (lambda: Transformer(9, 9, tied="source"), "tied is 'source', expected 'all' or 'target'"),
        (lambda: Transformer(9, 8), "tied is 'all' with 9 source and 8 target words, expected one"),
        (lambda: FeedForward(8, 0), "d_ff is 0, expected"),
        (lambda: ScaledEmbedding(0, 8), "words is 0, expected"),
        (lambda: AddNorm(0), "d is 0, expected"),
        (lambda: EncoderLayer(8, 3, 8), "d is 8 and heads is 3, expected"),
        (lambda: UniversalTransformer(9, 9, steps=0), "steps is 0, expected"),
        (lambda: UniversalTransformer(9, 9, offsets=-1), "offsets is -1, expected an integer"),
        (lambda: UniversalTransformer(9, 9, offsets=0.5), "offsets is 0.5, expected an integer"),
        (lambda: UniversalTransformer(9, 9, d=10, heads=4), "d is 10 and heads is 4, expected"),
        (lambda: UniversalTransformer(9, 9, d=7, heads=7), "d is 7, expected an even number"),
        (lambda: UniversalTransformer(9, 9, halting="sum"), "halting is 'sum', expected"),
        (lambda: UniversalTransformer(9, 9, dropout=1), "dropout is 1, expected a share"),
    ],
)
def test_bad_arguments(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


WORDS = torch.zeros(2, 3, 8)
MEMORY = Memory(*torch.zeros(2, 2, 2, 5, 4))
SEEN = torch.ones(2, 1, 1, 5, dtype=torch.bool)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FeedForward(8, 4)(torch.zeros(2, 3, 9)), "x has shape (2, 3, 9): 9 numbers each"),
        (lambda: FeedForward(8, 4)(WORDS.double()), "x has dtype torch.float64, expected torch.fl"),
        (
            lambda: AddNorm(8).leave(WORDS, WORDS[:, :1]),
            "out has shape (2, 1, 8), expected (2, 3, 8) like x",
        ),
        (lambda: EncoderLayer(8, 2, 4, norm="pre")(WORDS[0]), "x has shape (3, 8), expected (B, S"),
        (
            lambda: DecoderLayer(8, 2, 4, norm="pre")(WORDS[0], MEMORY, SEEN),
            "x has shape (3, 8), e",
        ),
        (
            lambda: DecoderLayer(8, 2, 4)(WORDS, WORDS, SEEN),
            "source is a torch.Tensor, expected a Memory",
        ),
        (
            lambda: DecoderLayer(8, 2, 4)(WORDS[:1], MEMORY, SEEN),
            "source is of 2 sentences, expect",
        ),
        (
            lambda: DecoderLayer(8, 2, 4)(WORDS[:, :1], MEMORY, SEEN, MEMORY.select([0])),
            "past is of 1 sentences, expected 2 like x",
        ),
    ],
)
def test_layers_given_what_does_not_fit(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_an_empty_source(name: str) -> None:
    model = translator(name)
    nothing = torch.zeros(2, 0, dtype=torch.int64)
    for call in (model.start, lambda *given: model(*given, torch.ones(2, 3).long())):
        with pytest.raises(ValueError, match=re.escape("source has shape (2, 0), expected (B, S)")):
            call(nothing, nothing > 0)
