"""The alignment model, and how the decoder asks it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.models.bahdanau import AdditiveAttention, RNNSearch
from torch.func import functional_call
from translators import ragged, shaken, translator


def double(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def test_a_score_with_a_pencil() -> None:
    """Two source words, all sizes 1: α from e = v tanh(W s + U h)."""
    attention = AdditiveAttention(1, 1, 1)
    with torch.no_grad():
        attention.W_a.weight.fill_(2.0)
        attention.U_a.weight.fill_(-1.0)
        attention.v_a.fill_(3.0)
    annotations = torch.tensor([[[1.0], [0.0]]])
    mask = torch.tensor([[True, True]])
    weights = attention(torch.tensor([[0.5]]), attention.project(annotations), mask)
    # tanh(2 · 0.5 − 1) = 0, and tanh(2 · 0.5 − 0) = 0.761594; e = 0 and 2.284782
    torch.testing.assert_close(weights, torch.tensor([[0.092391, 0.907609]]), rtol=0, atol=1e-5)


def test_gradient_of_the_attention() -> None:
    attention = shaken(AdditiveAttention(2, 3, 4))
    mask = torch.tensor([[True, True, False], [False, True, True]])
    names = [name for name, _ in attention.named_parameters()]

    def look(query: torch.Tensor, keys: torch.Tensor, *weights: torch.Tensor) -> Any:
        given_weights = dict(zip(names, weights, strict=True))
        return functional_call(attention, given_weights, (query, keys, mask))

    inputs = [double(2, 2), double(2, 3, 4), *(p.detach().clone() for p in attention.parameters())]
    assert torch.autograd.gradcheck(look, [x.requires_grad_() for x in inputs])


def test_a_sentence_of_padding_gets_no_weight() -> None:
    attention = shaken(AdditiveAttention(2, 3, 4))
    query, keys = double(2, 2).requires_grad_(), double(2, 3, 4).requires_grad_()
    weights = attention(query, keys, torch.tensor([[True, True, False], [False] * 3]))
    assert (weights[1] == 0).all()
    weights.square().sum().backward()
    for gradient in (
        query.grad,
        keys.grad,
        *(p.grad for p in (attention.W_a.weight, attention.v_a)),
    ):
        assert gradient is not None
        assert torch.isfinite(gradient).all()
    assert keys.grad is not None
    assert (keys.grad[1] == 0).all()


def test_the_previous_state_asks() -> None:
    """α_1 comes from s_0, before the first target word is known; α_2 knows it."""
    model, batch = translator("search"), ragged([5, 3], [3, 3])
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    other = batch.target_in.clone()
    other[:, 0] = (other[:, 0] + 1) % 13
    _, changed = model(batch.source, batch.source_mask, other)
    assert torch.equal(weights[..., 0, :], changed[..., 0, :])
    assert not torch.isclose(weights[..., 1, :], changed[..., 1, :])[
        batch.source_mask[:, None, None]
    ].any()


def test_keys_are_computed_once_a_sentence() -> None:
    model, batch = translator("search"), ragged([5, 3], [3, 3])
    calls = []
    model.attention.U_a.register_forward_hook(lambda *_: calls.append(1))
    model(batch.source, batch.source_mask, batch.target_in)
    assert len(calls) == 1
    state = model.start(batch.source, batch.source_mask)
    for token in batch.target_in.unbind(1):
        _, _, state = model.step(token, state)
    assert len(calls) == 2


def test_the_first_look_is_spread_evenly() -> None:
    """v_a = 0: uniform over the words; W_a and U_a then learn nothing in the first update."""
    torch.manual_seed(0)
    model, batch = RNNSearch(11, 13, embedding=8, hidden=16), ragged([6, 4, 1], [3, 3, 3])
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    shares = batch.source_mask / batch.source_mask.sum(1, keepdim=True)
    torch.testing.assert_close(weights[:, 0, 0], shares[:, None].expand(-1, 3, -1))
    logits.square().sum().backward()
    attention = model.attention
    assert (attention.W_a.weight.grad == 0).all()
    assert (attention.U_a.weight.grad == 0).all()
    assert (attention.v_a.grad != 0).any()


@pytest.mark.parametrize("whole", [True, False], ids=["in the model", "alone"])
def test_paper_initialisation(whole: bool) -> None:
    torch.manual_seed(0)
    attention = (
        RNNSearch(5, 5, embedding=4, hidden=60).attention
        if whole
        else AdditiveAttention(60, 120, 60)
    )
    assert (attention.v_a == 0).all()
    assert attention.W_a.weight.std().item() == pytest.approx(0.001, rel=0.1)
    assert attention.U_a.weight.std().item() == pytest.approx(0.001, rel=0.1)


def test_torch_initialisation() -> None:
    torch.manual_seed(0)
    attention = RNNSearch(5, 5, embedding=4, hidden=64, initialisation="torch").attention
    assert 0.9 / 8 < attention.v_a.abs().max().item() <= 1 / 8
    assert attention.W_a.weight.std().item() == pytest.approx(64**-0.5 / 3**0.5, rel=0.1)


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="alignment is 0, expected an integer of at least 1"):
        AdditiveAttention(2, 3, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query": torch.zeros(2, 5)}, "query has shape (2, 5): 5 numbers each, expected 4"),
        ({"query": torch.zeros(3, 4)}, "query has shape (3, 4): 3 sentences, expected 2 like keys"),
        ({"query": torch.zeros(2, 4).double()}, "query has dtype torch.float64, expected torch.fl"),
        ({"keys": torch.zeros(2, 3)}, "keys has shape (2, 3), expected (B, S, n'), not empty"),
        ({"keys": torch.zeros(2, 5, 6)}, "keys has shape (2, 5, 6): 6 numbers each, expected 3"),
        ({"mask": torch.ones(2, 5)}, "mask has dtype torch.float32, expected torch.bool"),
        ({"mask": None}, "mask is a NoneType, expected a torch.Tensor"),
    ],
)
def test_attention_given_what_does_not_fit(change: dict[str, Any], message: str) -> None:
    attention = AdditiveAttention(4, 6, 3)
    mask = torch.ones(2, 5, dtype=torch.bool)
    good = {"query": torch.zeros(2, 4), "keys": torch.zeros(2, 5, 3), "mask": mask}
    with pytest.raises(ValueError, match=re.escape(message)):
        attention(**{**good, **change})


def test_annotations_of_another_size() -> None:
    with pytest.raises(ValueError, match=r"annotations has shape \(2, 5, 4\): 4 numbers each"):
        AdditiveAttention(4, 6, 3).project(torch.zeros(2, 5, 4))
