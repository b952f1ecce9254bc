"""The family of scores: against their formulas, each other, and what others wrote."""

from __future__ import annotations

import math
import os
import re
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it when it is imported

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from attention_course.models import scores
from attention_course.models.masks import masked_softmax
from attention_course.models.scores import SCORES, Additive, Concat, Cosine, General, make_score
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.func import functional_call
from translators import shaken

B, S, N = 3, 5, 4
LENGTHS = torch.tensor([5, 1, 3])
MASK = torch.arange(S) < LENGTHS[:, None]
each = pytest.mark.parametrize("name", SCORES)


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def made(name: str, seed: int = 0, **options: Any) -> Any:
    if name == "location":
        options.setdefault("max_length", S)
    return shaken(make_score(name, N, N, **options), seed)


def by_formula(score: Any, h: np.ndarray, key: np.ndarray, s: int) -> float:
    """e_s of one query h and one key, as the table at the head of the module has it."""
    w = {name: value.numpy() for name, value in score.state_dict().items()}
    match type(score).__name__:
        case "Cosine":
            beta = math.log1p(math.exp(w["w_beta.weight"][0] @ h + w["w_beta.bias"][0]))
            return beta * (h @ key) / math.sqrt((h @ h) * (key @ key))
        case "Location":
            return (w["W_a.weight"] @ h)[s]
        case "Additive":
            W_a, U_a = w["alignment_model.W_a.weight"], w["alignment_model.U_a.weight"]
            return w["alignment_model.v_a"] @ np.tanh(W_a @ h + U_a @ key)
        case "Dot":
            return h @ key
        case "General":
            return h @ w["W_a.weight"] @ key
        case "Concat":
            return w["v_a"] @ np.tanh(w["W_a.weight"] @ np.concatenate([h, key]))
        case "ScaledDot":
            return h @ key / math.sqrt(len(h))
    raise AssertionError(type(score))


@each
def test_formulas(name: str) -> None:
    score, query, keys = made(name), double(B, N), double(B, S, N)
    e = score(query, score.project(keys)).detach()
    expected = [
        [by_formula(score, query[b].numpy(), keys[b, s].numpy(), s) for s in range(S)]
        for b in range(B)
    ]
    close(e, torch.tensor(expected, dtype=torch.float64))


def test_the_released_concat() -> None:
    """The block of W_a that meets the keys is the identity, and is not learnt."""
    score, query, keys = made("concat", identity=True), double(B, N), double(B, S, N)
    asked = (query @ score.W_a.weight.T)[:, None]
    close(score(query, score.project(keys)), torch.tanh(asked + keys) @ score.v_a)
    twin = made("concat")
    with torch.no_grad():
        twin.W_a.weight.copy_(torch.cat([score.W_a.weight, torch.eye(N)], dim=1))
        twin.v_a.copy_(score.v_a)
    close(twin(query, twin.project(keys)), score(query, score.project(keys)))


def test_concat_is_additive() -> None:
    """[W_a U_a] [h; h̄] = W_a h + U_a h̄."""
    concat, additive = shaken(Concat(N, 7, 6)), shaken(Additive(N, 7, 6))
    inner = additive.alignment_model
    with torch.no_grad():
        concat.W_a.weight.copy_(torch.cat([inner.W_a.weight, inner.U_a.weight], dim=1))
        concat.v_a.copy_(inner.v_a)
    query, keys = double(B, N), double(B, S, 7)
    close(concat(query, concat.project(keys)), additive(query, additive.project(keys)))


def test_general_with_the_identity_is_dot() -> None:
    general, dot, query, keys = made("general"), made("dot"), double(B, N), double(B, S, N)
    with torch.no_grad():
        general.W_a.weight.copy_(torch.eye(N))
    close(general(query, general.project(keys)), dot(query, dot.project(keys)))


def test_a_fixed_sharpness() -> None:
    score, query, keys = Cosine(N, N, beta=2.5), double(B, N), double(B, S, N)
    expected = 2.5 * F.cosine_similarity(query[:, None], keys, dim=-1)
    close(score(query, score.project(keys)), expected)
    assert not list(score.parameters())


def test_the_cosine_of_nothing_is_zero() -> None:
    score, keys = Cosine(N, N, beta=1.0), double(B, S, N)
    keys[:, 2] = 0
    e = score(double(B, N), score.project(keys))
    assert (e[:, 2] == 0).all()
    assert torch.isfinite(e).all()


# --- what others wrote ---


def close_to_keras(got: Tensor, expected: Tensor) -> None:
    """Keras's torch backend does some of its products in single precision, asked or not."""
    torch.testing.assert_close(got.float(), expected.float(), rtol=0, atol=1e-6)


def test_dot_is_keras_attention() -> None:
    score, query, keys = made("dot"), double(B, N), double(B, S, N)
    theirs = keras.layers.Attention(dtype="float64")
    context, weights = theirs(
        [query[:, None], keys, keys], mask=[None, MASK], return_attention_scores=True
    )
    a = masked_softmax(score(query, score.project(keys)), MASK)
    close_to_keras(a, weights[:, 0])
    close_to_keras((a[:, None] @ keys)[:, 0], context[:, 0])


@pytest.mark.parametrize("name", ["additive", "concat"])
def test_additive_and_concat_are_keras_additive_attention(name: str) -> None:
    """Keras has no matrices: it gets W_a h_t as queries and what `project` gives as keys."""
    score, query, keys = made(name), double(B, N), double(B, S, N)
    inner = score.alignment_model if name == "additive" else score
    asked = (query @ inner.W_a.weight[:, :N].T)[:, None].detach()  # (B, 1, k)
    projected = score.project(keys).detach()
    theirs = keras.layers.AdditiveAttention(dtype="float64")
    theirs.build([tuple(asked.shape), tuple(keys.shape), tuple(projected.shape)])
    theirs.set_weights([inner.v_a.detach().numpy()])
    _, weights = theirs([asked, keys, projected], mask=[None, MASK], return_attention_scores=True)
    close_to_keras(masked_softmax(score(query, score.project(keys)), MASK), weights[:, 0])


@pytest.mark.parametrize(("name", "scale"), [("dot", 1.0), ("general", 1.0), ("scaled dot", None)])
def test_products_are_torchs_attention(name: str, scale: float | None) -> None:
    """general: with q = W_aᵀ h_t; None is torch's own scale, 1/√n."""
    score, query, keys, values = made(name), double(B, N), double(B, S, N), double(B, S, 6)
    asked = query @ score.W_a.weight if isinstance(score, General) else query
    expected = F.scaled_dot_product_attention(
        asked[:, None], keys, values, attn_mask=MASK[:, None], scale=scale
    )
    a = masked_softmax(score(query, score.project(keys)), MASK)
    close((a[:, None] @ values)[:, 0], expected[:, 0])


# --- properties ---


@each
@settings(deadline=None, max_examples=15)
@given(st.permutations(range(B)), st.permutations(range(S)), st.integers(0, 99))
def test_order(name: str, batch: list[int], order: list[int], seed: int) -> None:
    """Sentences keep to themselves. A key has the score it has wherever it stands: but location,
    to which it is all the same what stands there."""
    torch.manual_seed(seed)
    score, query, keys = made(name, seed), double(B, N), double(B, S, N)
    e = score(query, score.project(keys))
    close(score(query[batch], score.project(keys[batch])), e[batch])
    moved = score(query, score.project(keys[:, order]))
    close(moved, e if name == "location" else e[:, order])


@each
def test_gradients(name: str) -> None:
    score = made(name)
    names = [name for name, _ in score.named_parameters()]
    weights = [p.detach().clone().requires_grad_() for p in score.parameters()]

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.score = score

        def forward(self, query: Tensor, keys: Tensor) -> Tensor:
            return self.score(query, self.score.project(keys))

    def look(query: Tensor, keys: Tensor, *values: Tensor) -> Any:
        given = {f"score.{name}": value for name, value in zip(names, values, strict=True)}
        return functional_call(Whole(), given, (query, keys))

    inputs = [double(2, N).requires_grad_(), double(2, 3, N).requires_grad_(), *weights]
    assert torch.autograd.gradcheck(look, inputs)


@each
def test_the_table_has_all_and_counts_right(name: str) -> None:
    n, m, k, L = 5, 5 if SCORES[name] in (Cosine, scores.Dot, scores.ScaledDot) else 3, 7, 9
    options: dict[str, Any] = {"max_length": L} if name == "location" else {}
    if name in ("additive", "concat"):
        options = {"alignment": k}
    score = make_score(name, n, m, **options)
    counted = sum(p.numel() for p in score.parameters())
    python = re.sub(r"(?<=\w) (?=[\w(])", " * ", score.count)  # "n m" is a product
    assert counted == eval(python, {"n": n, "m": m, "k": k, "L": L})
    (row,) = [line for line in (scores.__doc__ or "").splitlines() if line.startswith(f"``{name}")]
    assert score.count in row
    assert score.formula
    assert score.source.split()[0] in row


# --- bad input ---

QUERY, KEYS = torch.zeros(B, N), torch.zeros(B, S, N)


@each
@pytest.mark.parametrize(
    ("query", "keys", "message"),
    [
        (torch.zeros(N), KEYS, "query has shape (4,), expected (B, n), not empty"),
        (torch.zeros(B, 9), KEYS, "query has shape (3, 9): 9 numbers each, expected 4"),
        (QUERY.long(), KEYS, "query has dtype torch.int64, expected floating-point numbers"),
        (torch.zeros(2, N), KEYS, "query has shape (2, 4): 2 sentences, expected 3"),
        (None, KEYS, "query is a NoneType, expected a torch.Tensor"),
        (QUERY, torch.zeros(S, N), "keys has shape (5, 4), expected (B, S, m), not empty"),
        (QUERY, torch.zeros(B, 0, N), "keys has shape (3, 0, 4), expected (B, S, m)"),
        (QUERY, torch.zeros(B, S, 2), "keys has shape (3, 5, 2): 2 numbers each"),
    ],
)
def test_what_does_not_fit(name: str, query: Any, keys: Any, message: str) -> None:
    score = make_score(name, N, N)
    with pytest.raises(ValueError, match=re.escape(message)):
        score(query, score.project(keys))


@pytest.mark.parametrize(
    ("projected", "message"),
    [
        (None, "projected is a NoneType, expected a torch.Tensor"),
        (KEYS.double(), "query has dtype torch.float32, expected torch.float64 like projected"),
    ],
)
def test_what_was_not_projected(projected: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make_score("dot", N, N)(QUERY, projected)


def test_location_sees_so_far_and_no_farther() -> None:
    score = make_score("location", N, N, max_length=4)
    assert score(torch.zeros(B, N), score.project(torch.zeros(B, 4, N))).shape == (B, 4)
    with pytest.raises(ValueError, match="5 positions, expected at most max_length = 4"):
        score.project(torch.zeros(B, 5, N))


@pytest.mark.parametrize(
    ("name", "sizes", "options", "message"),
    [
        ("bilinear", (4, 4), {}, "score is 'bilinear', expected 'cosine' or 'location' or"),
        ("general", (0, 4), {}, "query_size is 0, expected an integer of at least 1"),
        ("general", (4, 2.0), {}, "key_size is 2.0, expected an integer"),
        ("dot", (4, 3), {}, "query_size is 4 and key_size 3, expected equal sizes: Dot multiplies"),
        ("scaled dot", (4, 3), {}, "expected equal sizes: ScaledDot multiplies"),
        ("cosine", (4, 3), {}, "expected equal sizes: Cosine multiplies"),
        ("cosine", (4, 4), {"beta": 0}, "beta is 0, expected a number above 0"),
        ("cosine", (4, 4), {"beta": "2"}, "beta is '2', expected a number"),
        ("location", (4, 4), {"max_length": 0}, "max_length is 0, expected an integer of at least"),
        ("additive", (4, 4), {"alignment": 0}, "alignment is 0, expected an integer of at least 1"),
        ("concat", (4, 4), {"alignment": 0}, "alignment is 0, expected an integer of at least 1"),
        ("concat", (4, 3), {"alignment": 4, "identity": True}, "alignment is 4, expected 3 like"),
    ],
)
def test_bad_arguments(name: str, sizes: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make_score(name, *sizes, **options)


def test_an_option_of_another_score() -> None:
    with pytest.raises(TypeError, match="max_length"):
        make_score("dot", 4, 4, max_length=3)
