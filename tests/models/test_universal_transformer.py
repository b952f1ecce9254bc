"""The Universal Transformer by itself.

The contract: test_translators; one step of the encoder: test_transformer_oracles; halting:
test_adaptive_computation.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
import twins
from attention_course.models.positions import sinusoids
from attention_course.models.transformer_layers import Norm
from attention_course.models.universal_transformer import UniversalTransformer, signal
from torch import nn
from translators import SOURCE_WORDS, TARGET_WORDS, close, ragged, shaken

SIZES: dict[str, Any] = {"d": 8, "heads": 2, "d_ff": 12, "dropout": 0.0}
BATCH = ragged([5, 2, 4, 1], [4, 4, 4, 4])
GIVEN = BATCH.source, BATCH.source_mask, BATCH.target_in
ADAPTIVE = ["text", "blend", "released"]


def made(seed: int = 0, **options: Any) -> Any:
    model = shaken(UniversalTransformer(SOURCE_WORDS, TARGET_WORDS, **{**SIZES, **options}), seed)
    return model.eval()


def undecided(halting: str) -> Any:
    """A model whose words halt after different numbers of steps."""
    model = UniversalTransformer(
        SOURCE_WORDS, TARGET_WORDS, **SIZES, steps=4, halting=halting, halting_bias=0.0
    )
    for steps in (model.encoder_steps, model.decoder_steps):
        nn.init.normal_(steps.halt.weight, std=2)
    return model.double().eval()


# --- one layer, again and again ---


def test_the_signal_is_two_sinusoids() -> None:
    positions = torch.tensor([[0, 4], [7, 2]])
    expected = sinusoids(positions, 6) + sinusoids(torch.tensor(3), 6)
    torch.testing.assert_close(signal(sinusoids(positions, 6), 3), expected)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_the_decoders_step_is_torchs_layer_with_the_signal_added(norm: Norm) -> None:
    """Every step asks the encoder's last result."""
    steps, T = 3, 4
    model = made(steps=steps, norm=norm)
    theirs = nn.TransformerDecoderLayer(
        8, 2, 12, dropout=0.0, batch_first=True, norm_first=norm == "pre", dtype=torch.float64
    )
    twins.copy(twins.decoder_layer(model.decoder_layer, theirs))
    source, places = model.E_source(BATCH.source), sinusoids(torch.arange(5), 8).double()
    for t in range(1, steps + 1):
        into = source + signal(places, t)
        source, _ = model.encoder_layer(into, BATCH.source_mask[:, None, None])
    source = model.last_of_encoder(source)
    later = nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
    h = model.E_target(BATCH.target_in)
    for t in range(1, steps + 1):
        into = h + signal(places[:T], t)
        h = theirs(into, source, later, memory_key_padding_mask=~BATCH.source_mask)
    close(model(*GIVEN)[0], model.output(model.last_of_decoder(h)))


def test_steps_cost_no_parameters() -> None:
    few, many = (sum(p.numel() for p in made(steps=n).parameters()) for n in (1, 20))
    assert few == many


# --- halting ---


@pytest.mark.parametrize("halting", ADAPTIVE)
@pytest.mark.parametrize(("bias", "made_steps"), [(100.0, 1), (-100.0, 4)])
def test_words_that_halt_at_once_and_words_that_never_do(
    halting: str, bias: float, made_steps: int
) -> None:
    model = made(steps=4, halting=halting)
    for unit in (model.encoder_steps.halt, model.decoder_steps.halt):
        unit.bias.data.fill_(bias)
    logits, (encoder, decoder) = model.pondered(*GIVEN)
    assert encoder.steps.tolist() == [[made_steps] * 5] * 4
    assert decoder.steps.tolist() == [[made_steps] * 4] * 4
    if halting == "text":  # whoever halts nowhere gives all weight to the last state
        fixed = made(steps=made_steps)
        close(logits, fixed(*GIVEN)[0])


@pytest.mark.parametrize("halting", ADAPTIVE)
def test_pondering(halting: str) -> None:
    """The logits are those of forward, and the cost teaches both halting units."""
    model = undecided(halting)
    logits, pondered = model.pondered(*GIVEN)
    close(logits, model(*GIVEN)[0])
    for ponder, mask in zip(pondered, (BATCH.source_mask, BATCH.target_mask), strict=True):
        assert ponder.steps.shape == ponder.remainder.shape == mask.shape
        assert ponder.weights.shape[:2] == mask.shape
        assert ponder.steps.unique().numel() > 1
    sum(ponder.remainder.sum() for ponder in pondered).backward()
    for steps in (model.encoder_steps, model.decoder_steps):
        assert (steps.halt.weight.grad != 0).any()


@pytest.mark.parametrize("halting", ADAPTIVE)
def test_a_word_that_has_halted_looks_no_more(halting: str) -> None:
    model = undecided(halting)
    _, cross = model(*GIVEN)  # (B, steps, H, T, S)
    _, (_, decoder) = model.pondered(*GIVEN)
    n = torch.arange(1, 5)[:, None]
    looks = (n <= decoder.steps[:, None]).to(cross.dtype)  # (B, steps, T)
    assert 0 < looks.mean() < 1
    close(cross.sum(-1), looks[:, :, None].expand(-1, -1, 2, -1))


# --- random positions ---


def test_offsets_are_for_training() -> None:
    """Each sentence begins somewhere from 0 to offsets, its target where its source begins."""
    model = made(steps=2, offsets=3)
    source, source_mask, target = (given.repeat(20, 1) for given in GIVEN)
    close(model(source, source_mask, target)[0], made(steps=2)(source, source_mask, target)[0])

    model.train()
    torch.manual_seed(1)
    first = model.start(source, source_mask).first
    assert first.unique().tolist() == [0, 1, 2, 3]
    torch.manual_seed(1)
    logits, _ = model(source, source_mask, target)
    places = sinusoids(first + torch.arange(5), 8).double()  # (B, S, d)
    mask = source_mask[:, None, None]
    h = model.E_source(source)
    for n in (1, 2):
        h, _ = model.encoder_layer(h + signal(places, n), mask)
    memory = model.decoder_layer.cross_attention.project(h)
    h = model.E_target(target)
    for n in (1, 2):
        h, *_ = model.decoder_layer(h + signal(places[:, :4], n), memory, mask)
    close(logits, model.output(h))
