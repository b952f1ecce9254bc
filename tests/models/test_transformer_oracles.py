"""The Transformer and its layers against torch's own: outputs and gradients."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import twins
from attention_course.models.positions import sinusoids
from attention_course.models.transformer import Transformer
from attention_course.models.transformer_layers import DecoderLayer, EncoderLayer, Norm
from attention_course.models.universal_transformer import UniversalTransformer, signal
from torch import Tensor, nn
from translators import close, ragged, shaken

B, S, T = 3, 5, 4
D, HEADS, D_FF, LAYERS = 8, 2, 12, 2
WORDS = torch.arange(S) < torch.tensor([5, 2, 3])[:, None]  # (B, S)
MASK = WORDS[:, None, None]  # (B, 1, 1, S)
CAUSAL = nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
SIZES: dict[str, Any] = {"d": D, "heads": HEADS, "d_ff": D_FF, "dropout": 0.0}
THEIRS: dict[str, Any] = {
    "dim_feedforward": D_FF,
    "dropout": 0.0,
    "batch_first": True,
    "dtype": torch.float64,
}
each_norm = pytest.mark.parametrize("norm", ["post", "pre"])


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def same(ours: Tensor, theirs: Tensor, pairs: list[twins.Pair], inputs: list[Tensor]) -> None:
    """The same output, and the same gradients in all parameters and inputs."""
    close(ours, theirs)
    into = torch.randn_like(ours)
    ours.backward(into)
    gradients = [given.grad for given in inputs]
    for given in inputs:
        given.grad = None
    theirs.backward(into)
    twins.same_gradients(pairs)
    for given, gradient in zip(inputs, gradients, strict=True):
        close(gradient, given.grad)


# --- layers ---


@each_norm
@pytest.mark.parametrize("causal", [False, True])
def test_the_encoder_layer_is_torchs(norm: Norm, causal: bool) -> None:
    ours = shaken(EncoderLayer(D, HEADS, D_FF, dropout=0.0, norm=norm, bias=True))
    theirs = nn.TransformerEncoderLayer(D, HEADS, norm_first=norm == "pre", **THEIRS)
    pairs = twins.encoder_layer(ours, theirs)
    twins.copy(pairs)
    x = double(B, S, D)
    if causal:
        later = nn.Transformer.generate_square_subsequent_mask(S, dtype=torch.float64)
        out, expected = ours(x, causal=True)[0], theirs(x, later, is_causal=True)
    else:
        out, expected = ours(x, MASK)[0], theirs(x, src_key_padding_mask=~WORDS)
    same(out, expected, pairs, [x])


@each_norm
def test_the_decoder_layer_is_torchs(norm: Norm) -> None:
    ours = shaken(DecoderLayer(D, HEADS, D_FF, dropout=0.0, norm=norm, bias=True))
    theirs = nn.TransformerDecoderLayer(D, HEADS, norm_first=norm == "pre", **THEIRS)
    pairs = twins.decoder_layer(ours, theirs)
    twins.copy(pairs)
    x, source = double(B, T, D), double(B, S, D)
    out, _, _, _ = ours(x, ours.cross_attention.project(source), MASK)
    expected = theirs(x, source, CAUSAL, memory_key_padding_mask=~WORDS)
    same(out, expected, pairs, [x, source])


# --- the whole model ---


@each_norm
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")
def test_the_model_is_torchs(norm: Norm) -> None:
    """torch.nn.Transformer has no embedding, no positions and no output: it gets ours.

    It normalises once more at the end of encoder and decoder, whatever the order of the layers;
    the paper does not. So do we in the pre-norm order; in the other these two are taken from it.
    The biases of its attention, which the paper does not have, are zero at the beginning.
    """
    batch = ragged([5, 2, 3], [4, 4, 4])
    ours = shaken(Transformer(11, 13, **SIZES, layers=LAYERS, norm=norm, tied="target"))
    theirs = nn.Transformer(D, HEADS, LAYERS, LAYERS, norm_first=norm == "pre", **THEIRS)
    pairs = []
    for layer, twin in zip(ours.encoder, theirs.encoder.layers, strict=True):
        pairs += twins.encoder_layer(layer, twin)
    for layer, twin in zip(ours.decoder, theirs.decoder.layers, strict=True):
        pairs += twins.decoder_layer(layer, twin)
    if norm == "pre":
        pairs += twins.affine(ours.last_of_encoder, theirs.encoder.norm)
        pairs += twins.affine(ours.last_of_decoder, theirs.decoder.norm)
    else:
        theirs.encoder.norm = theirs.decoder.norm = None
    twins.copy(pairs)

    logits, _ = ours(batch.source, batch.source_mask, batch.target_in)
    source_words, target_words = (
        E.weight.detach().clone().requires_grad_() for E in (ours.E_source, ours.E_target)
    )
    decoded = theirs(
        source_words[batch.source] * D**0.5 + sinusoids(torch.arange(S), D),
        target_words[batch.target_in] * D**0.5 + sinusoids(torch.arange(T), D),
        tgt_mask=CAUSAL,
        src_key_padding_mask=~batch.source_mask,
        memory_key_padding_mask=~batch.source_mask,
    )
    same(logits, decoded @ target_words.T, pairs, [])
    close(ours.E_source.weight.grad, source_words.grad)
    close(ours.E_target.weight.grad, target_words.grad)


def test_the_paper_has_no_norm_at_the_end() -> None:
    """Post-norm: the last layer's own is the last; torch's second one would change the result."""
    model = Transformer(11, 11, d=D, heads=HEADS, layers=1, d_ff=D_FF)
    assert isinstance(model.last_of_encoder, nn.Identity)
    assert isinstance(model.last_of_decoder, nn.Identity)


# --- the Universal Transformer ---


@each_norm
@pytest.mark.parametrize("steps", [1, 3])
def test_a_step_is_torchs_encoder_layer_with_the_signal_added(norm: Norm, steps: int) -> None:
    """At every step anew, positions and the number of the step, and the same layer."""
    batch = ragged([5, 2, 3], [1, 1, 1])
    model = shaken(UniversalTransformer(11, 13, **SIZES, steps=steps, norm=norm))
    theirs = nn.TransformerEncoderLayer(D, HEADS, norm_first=norm == "pre", **THEIRS)
    pairs = twins.encoder_layer(model.encoder_layer, theirs)
    twins.copy(pairs)
    h, places = model.E_source(batch.source).detach(), sinusoids(torch.arange(S), D).double()
    for t in range(1, steps + 1):
        h = theirs(h + signal(places, t), src_key_padding_mask=~batch.source_mask)
    got = model.start(batch.source, batch.source_mask).source
    expected = model.decoder_layer.cross_attention.project(model.last_of_encoder(h))
    words = batch.source_mask[:, None, :, None].expand_as(got.keys)
    close(got.keys[words], expected.keys[words])
    into = torch.randn_like(got.values) * words
    (got.values * into).sum().backward()
    (expected.values * into).sum().backward(inputs=list(theirs.parameters()))
    twins.same_gradients(pairs)
