"""The models against implementations that others wrote: Keras and torch's own layers."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it when it is imported

import keras
import pytest
import torch
from attention_course.models.bahdanau import AdditiveAttention
from attention_course.models.encoder_decoder import Encoder
from attention_course.models.recurrent import GatedUnit, run
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from translators import shaken

B, S, M, N = 4, 6, 3, 5
LENGTHS = torch.tensor([6, 1, 4, 3])
MASK = torch.arange(S) < LENGTHS[:, None]


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def close_to_keras(got: Tensor, expected: Tensor) -> None:
    """Keras's torch backend does some of its products in single precision, asked or not."""
    torch.testing.assert_close(got.float(), expected.float(), rtol=0, atol=1e-6)


def test_keras_is_on_torch() -> None:
    assert keras.backend.backend() == "torch"


def test_additive_attention_is_that_of_keras() -> None:
    """Keras has no W_a and U_a: it gets their products; its `scale` is v_a."""
    attention = shaken(AdditiveAttention(N, 2 * N, 7))
    s, h = double(B, N), double(B, S, 2 * N)
    theirs = keras.layers.AdditiveAttention(dtype="float64")
    query, keys = attention.W_a(s)[:, None].detach(), attention.project(h).detach()
    theirs.build([tuple(query.shape), tuple(h.shape), tuple(keys.shape)])
    theirs.set_weights([attention.v_a.detach().numpy()])
    context, weights = theirs([query, h, keys], mask=[None, MASK], return_attention_scores=True)
    alpha = attention(s, attention.project(h), MASK)
    close_to_keras(alpha, weights[:, 0])
    close_to_keras((alpha[:, None] @ h)[:, 0], context[:, 0])


def keras_gru(unit: GatedUnit) -> keras.layers.GRU:
    """Keras's GRU without `reset_after`, where z weights the old state: z → 1 − z."""
    twin = keras.layers.GRU(N, reset_after=False, return_sequences=True, dtype="float64")
    twin.build((None, None, M))
    flip = torch.ones(3 * N, dtype=torch.float64)
    flip[:N] = -1  # σ(−x) = 1 − σ(x); both keep their gates in the order z, r, candidate
    recurrent = torch.cat([unit.U_gates, unit.U], dim=1)
    twin.set_weights([(w * flip).detach().numpy() for w in (unit.W, recurrent, unit.b[0])])
    return twin


def test_the_paper_unit_is_keras_with_reset_before() -> None:
    unit, x = shaken(GatedUnit(M, N)), double(B, S, M)
    everywhere = torch.ones(S, B, 1, dtype=torch.bool)
    states = run(unit, unit.drive(x).unbind(1), everywhere.unbind(), double(B, N) * 0)
    close_to_keras(torch.stack(states, 1), keras_gru(unit)(x))


def test_padding_is_that_of_keras() -> None:
    """Keras, too, passes the state on where the mask is False."""
    unit, x = shaken(GatedUnit(M, N)), double(B, S, M)
    masks = MASK.T[..., None].unbind()
    states = run(unit, unit.drive(x).unbind(1), masks, double(B, N) * 0)
    close_to_keras(states[-1], keras_gru(unit)(x, mask=MASK)[:, -1])


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_encoder_with_torchs_cell_is_torchs_gru(bidirectional: bool) -> None:
    """Both directions, padded sentences, against torch's packed sequences."""
    encoder = shaken(Encoder(11, embedding=M, hidden=N, bidirectional=bidirectional, cell="torch"))
    twin = nn.GRU(M, N, batch_first=True, bidirectional=bidirectional).double()
    unit = encoder.unit
    with torch.no_grad():
        for direction, suffix in enumerate(["", "_reverse"][: encoder.directions]):
            twin.get_parameter(f"weight_ih_l0{suffix}").copy_(unit.W[direction].T)
            twin.get_parameter(f"bias_ih_l0{suffix}").copy_(unit.b[direction, 0])
            twin.get_parameter(f"weight_hh_l0{suffix}").copy_(unit.U[direction].T)
            second = twin.get_parameter(f"bias_hh_l0{suffix}")
            second.zero_()
            second[-N:] = unit.b_reset[direction, 0]
    source = torch.randint(11, (B, S))
    packed = pack_padded_sequence(
        encoder.E(source), LENGTHS, batch_first=True, enforce_sorted=False
    )
    states, ends = twin(packed)
    annotations, _ = pad_packed_sequence(states, batch_first=True)
    h = encoder(source, MASK)
    close(h[MASK], annotations[MASK])
    close(h[:, -1, :N], ends[0])
    if bidirectional:
        close(h[:, 0, N:], ends[1])
