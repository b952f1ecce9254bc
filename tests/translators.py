"""Small translators and batches that the tests of the models share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from attention_course.data.batches import Batch
from attention_course.models.bahdanau import RNNSearch
from attention_course.models.encoder_decoder import EncoderDecoder
from attention_course.models.luong import Luong
from attention_course.models.transformer import Transformer
from attention_course.models.universal_transformer import UniversalTransformer
from attention_course.training import translation_loss
from torch import Tensor, nn

SOURCE_WORDS, TARGET_WORDS = 11, 13
SIZES = {"embedding": 3, "hidden": 4, "maxout": 5}

TRANSLATORS: dict[str, Callable[..., Any]] = {
    "search": partial(RNNSearch, **SIZES, alignment=6),
    "search, torch's cell": partial(RNNSearch, **SIZES, cell="torch"),
    "search, current state": partial(RNNSearch, **SIZES, readout="current"),
    "fixed": partial(EncoderDecoder, **SIZES),
    "fixed, both ways": partial(EncoderDecoder, **SIZES, bidirectional=True),
    "fixed, torch's cell": partial(EncoderDecoder, **SIZES, cell="torch", readout="current"),
}

# The end mark is attended to, so that a sentence may have a single token, as with the others.
_LUONG = partial(Luong, embedding=3, hidden=4, layers=2, dropout=0.0, attend_end=True)
LUONG: dict[str, Callable[..., Any]] = {
    "luong": _LUONG,
    "luong, not fed": partial(_LUONG, score="dot", input_feeding=False),
    "luong, location": partial(_LUONG, score="location", score_options={"max_length": 6}),
    "luong, reversed": partial(_LUONG, score="concat", reversed_sources=True),
    "luong, local-m": partial(_LUONG, score="cosine", window="local-m", D=1),
    "luong, local-m, reversed": partial(_LUONG, window="local-m", D=1, reversed_sources=True),
    "luong, last": partial(_LUONG, window="last"),
    "luong, last, reversed": partial(_LUONG, window="last", reversed_sources=True),
    "luong, local-p": partial(_LUONG, window="local-p", D=2),
    "luong, local-p, reversed": partial(
        _LUONG, score="additive", window="local-p", D=2, reversed_sources=True, renormalise=True
    ),
}

_ALONE = {"d": 8, "heads": 2, "d_ff": 12, "dropout": 0.0}
_TRANSFORMER = partial(Transformer, **_ALONE, layers=2, tied="target")
_UNIVERSAL = partial(UniversalTransformer, **_ALONE, steps=3)
TRANSFORMERS: dict[str, Callable[..., Any]] = {
    "transformer": _TRANSFORMER,
    "transformer, pre-norm": partial(_TRANSFORMER, norm="pre"),
    "transformer, learned positions": partial(_TRANSFORMER, positions="learned", max_length=20),
    "transformer, no positions": partial(_TRANSFORMER, positions="none", tied="none"),
    "universal": _UNIVERSAL,
    "universal, text": partial(_UNIVERSAL, halting="text"),
    "universal, blend": partial(_UNIVERSAL, halting="blend", norm="pre"),
    "universal, released": partial(_UNIVERSAL, halting="released", tied=False),
}
ALL = TRANSLATORS | LUONG | TRANSFORMERS


def shaken(module: nn.Module, seed: int = 0) -> Any:
    """The module in float64 with large random weights, biases too.

    The paper's initialisation would hide most mistakes: its attention begins uniform and its
    biases at zero.
    """
    generator = torch.Generator().manual_seed(seed)
    module.double()
    for parameter in module.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator) * 0.7)
    return module


def translator(name: str, seed: int = 0) -> Any:
    return shaken(ALL[name](SOURCE_WORDS, TARGET_WORDS), seed).eval()


def ragged(
    source_lengths: list[int], target_lengths: list[int], *, seed: int = 0, extra: int = 0
) -> Batch:
    """Random sentences of these lengths; `seed` alone decides their words.

    All that is padding, and `extra` more columns of it, holds random words instead of zeros.
    """
    source, source_mask = _rows(source_lengths, SOURCE_WORDS, 2 * seed, extra)
    target, target_mask = _rows(
        [length + 1 for length in target_lengths], TARGET_WORDS, 2 * seed + 1, extra
    )
    return Batch(source, source_mask, target[:, :-1], target[:, 1:], target_mask[:, 1:])


def _rows(lengths: list[int], words: int, seed: int, extra: int) -> tuple[Tensor, Tensor]:
    width = max(lengths) + extra
    ids = torch.empty(len(lengths), width, dtype=torch.int64)
    for row, length in enumerate(lengths):
        real = torch.Generator().manual_seed(1000 * seed + row)
        ids[row, :length] = torch.randint(words, (length,), generator=real)
        noise = torch.Generator().manual_seed(1000 * seed + 100 * extra + row + 50)
        ids[row, length:] = torch.randint(words, (width - length,), generator=noise)
    return ids, torch.arange(width) < torch.tensor(lengths)[:, None]


# --- what every translator keeps to ---


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-10)


def check_padding(model: Any, lengths: list[tuple[int, int]], extra: int, seed: int) -> None:
    """More padding, with other words in it: the same logits, weights, loss and gradients."""
    sources, targets = map(list, zip(*lengths, strict=True))
    seen = []
    for batch in (
        ragged(sources, targets, seed=seed),
        ragged(sources, targets, seed=seed, extra=extra),
    ):
        logits, weights = model(batch.source, batch.source_mask, batch.target_in)
        loss = translation_loss(model, batch)
        gradients = torch.autograd.grad(loss, list(model.parameters()), materialize_grads=True)
        seen.append((logits, weights, loss, gradients, batch))
    (logits, weights, loss, gradients, batch), (logits_2, weights_2, loss_2, gradients_2, _) = seen
    real = batch.target_mask
    T, S = real.shape[1], batch.source.shape[1]
    close(logits_2[:, :T][real], logits[real])
    close(weights_2[..., :T, :S].movedim(3, 1)[real], weights.movedim(3, 1)[real])
    assert (weights_2[..., S:] == 0).all()
    close(loss_2, loss)
    for gradient_2, gradient in zip(gradients_2, gradients, strict=True):
        close(gradient_2, gradient)


def check_steps(model: Any, lengths: list[tuple[int, int]], seed: int) -> None:
    """One word at a time, with the true words: the logits and weights of all at once."""
    batch = ragged(*map(list, zip(*lengths, strict=True)), seed=seed)
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    state = model.start(batch.source, batch.source_mask)
    for t, token in enumerate(batch.target_in.unbind(1)):
        step_logits, step_weights, state = model.step(token, state)
        close(step_logits, logits[:, t])
        close(step_weights, weights[..., t, :])
