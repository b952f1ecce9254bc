"""Show, Attend and Tell: its equations against others' layers, its contract, its checks."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it when it is imported

import re
from typing import Any

import keras
import pytest
import torch
from attention_course.data.batches import Batch
from attention_course.data.vocabulary import BOS
from attention_course.decoding import beam_search, greedy
from attention_course.models.show_attend_tell import ShowAttendTell
from attention_course.training import count_parameters, translation_loss
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from translators import shaken

WORDS, L = 13, 6  # locations: 2 rows of 3, pictures of 16 × 24 pixels
SIZES: dict[str, Any] = {"embedding": 3, "hidden": 4, "annotation": 5, "alignment": 6}
KINDS: dict[str, dict[str, Any]] = {
    "soft": {},
    "hard": {"attention": "hard"},
    "mean": {"attention": "mean"},
    "soft, no gate": {"gate": False},
    "soft, tanh": {"output": "tanh"},
    "soft, no coordinates": {"coordinates": False},
}
each = pytest.mark.parametrize("name", KINDS)
LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=4)


def model_of(name: str, seed: int = 0, **options: Any) -> Any:
    made = {**SIZES, **KINDS[name], **options}
    return shaken(ShowAttendTell(WORDS, picture=(16, 24), **made), seed).eval()


def pictures(lengths: list[int], seed: int = 0, barred: bool = False) -> Batch:
    """Random pictures with random captions of these lengths; some locations barred if asked."""
    generator = torch.Generator().manual_seed(seed)
    B, T = len(lengths), max(lengths)
    source = torch.rand(B, 3, 16, 24, generator=generator, dtype=torch.float64)
    target = torch.randint(WORDS, (B, T + 1), generator=generator)
    seen = torch.ones(B, L, dtype=torch.bool)
    if barred:
        seen = torch.rand(B, L, generator=generator) < 0.6
        seen[:, 2] = True
    real = torch.arange(T) < torch.tensor(lengths)[:, None]
    return Batch(source, seen, target[:, :-1], target[:, 1:], real)


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-10)


# --- the paper's equations, with others' layers ---


def by_others(model: Any, batch: Batch) -> tuple[Tensor, Tensor]:
    """The decoder with torch.nn.LSTMCell and a plain softmax, one picture at a time."""
    D, m, n = 5, 3, 4
    cell = nn.LSTMCell(m + D, n).double()
    order = [0, 1, 3, 2]  # i, f, o, g to torch's i, f, g, o

    def rows(weight: Tensor) -> Tensor:
        return torch.cat([weight.chunk(4)[gate] for gate in order])

    with torch.no_grad():
        cell.weight_ih.copy_(rows(torch.cat([model.T_y.weight, model.T_z.weight], dim=1)))
        cell.weight_hh.copy_(rows(model.T_h.weight))
        cell.bias_ih.copy_(rows(model.T_y.bias))
        cell.bias_hh.zero_()
    all_logits, all_weights = [], []
    for picture, words in zip(batch.source, batch.target_in, strict=True):
        (a,) = model.encoder(picture[None])  # (L, D)
        h = torch.tanh(model.f_init_h(a.mean(0)))
        c = torch.tanh(model.f_init_c(a.mean(0)))
        logits, weights = [], []
        for word in words:
            if model.kind == "mean":
                alpha = torch.full((L,), 1 / L, dtype=torch.float64)
            else:
                e = [
                    model.f_att.v_a
                    @ torch.tanh(model.f_att.W_a.weight @ h + model.f_att.U_a.weight @ a_i)
                    for a_i in a
                ]
                alpha = torch.softmax(torch.stack(e), 0)
            z = a[alpha.argmax()] if model.kind == "hard" else alpha @ a
            if model.f_beta is not None:
                beta = torch.sigmoid(model.f_beta.weight[0] @ h + model.f_beta.bias[0])
                assert beta.dim() == 0  # a scalar
                z = beta * z
            y = model.E.weight[word]
            h, c = cell(torch.cat([y, z]), (h, c))
            deep = y + model.L_h.weight @ h + model.L_z.weight @ z
            if model.output == "tanh":
                deep = torch.tanh(deep)
            logits.append(model.L_o.weight @ deep + model.L_o.bias)
            weights.append(alpha)
        all_logits.append(torch.stack(logits))
        all_weights.append(torch.stack(weights))
    return torch.stack(all_logits), torch.stack(all_weights)


@each
def test_the_equations_with_torchs_lstm(name: str) -> None:
    model, batch = model_of(name), pictures([4, 4, 4])
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    expected, alpha = by_others(model, batch)
    close(logits, expected)
    close(weights[:, 0, 0], alpha)


def test_the_first_look_is_that_of_keras() -> None:
    """f_att of h_0 and the annotations; Keras gets the products and has v as `scale`."""
    model, batch = model_of("soft"), pictures([1, 1, 1], barred=True)
    state = model.start(batch.source, batch.source_mask)
    theirs = keras.layers.AdditiveAttention(dtype="float64")
    query, keys = model.f_att.W_a(state.h)[:, None].detach(), state.keys.detach()
    theirs.build([tuple(query.shape), tuple(keys.shape), tuple(keys.shape)])
    theirs.set_weights([model.f_att.v_a.detach().numpy()])
    _, expected = theirs(
        [query, keys, keys], mask=[None, batch.source_mask], return_attention_scores=True
    )
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    torch.testing.assert_close(weights[:, 0, 0].float(), expected.float(), rtol=0, atol=1e-6)


# --- shapes, weights, locations ---


@each
def test_shapes(name: str) -> None:
    model, batch = model_of(name), pictures([3, 4])
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    assert logits.shape == (2, 4, WORDS)
    assert weights.shape == (2, 1, 1, 4, L)
    state = model.start(batch.source, batch.source_mask)
    assert state.annotations.shape == (2, L, 5)
    logits, weights, _ = model.step(batch.target_in[:, 0], state)
    assert logits.shape == (2, WORDS)
    assert weights.shape == (2, 1, 1, L)


@each
@settings(deadline=None, max_examples=20)
@given(LENGTHS, st.integers(0, 99), st.booleans())
def test_weights_are_shares(name: str, lengths: list[int], seed: int, barred: bool) -> None:
    model, batch = model_of(name, seed), pictures(lengths, seed, barred)
    _, weights = model(batch.source, batch.source_mask, batch.target_in)
    assert (weights >= 0).all()
    close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    seen = batch.source_mask[:, None, None, None].expand_as(weights)
    assert (weights[~seen] == 0).all()
    assert (weights[seen] > 0).all()


@each
def test_a_barred_location_is_not_there(name: str) -> None:
    """Its annotation is neither in the mean nor in the context."""
    model, batch = model_of(name), pictures([3, 3], barred=True)
    assert not batch.source_mask.all()
    encode = model.encoder.forward
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    noise = torch.randn(2, L, 5, dtype=torch.float64)
    model.encoder.forward = lambda picture: torch.where(
        batch.source_mask[..., None], encode(picture), noise
    )
    changed, _ = model(batch.source, batch.source_mask, batch.target_in)
    close(changed, logits)


# --- batches and steps ---


@each
@settings(deadline=None, max_examples=15)
@given(st.permutations(range(4)), st.integers(0, 99))
def test_order_of_the_batch(name: str, order: list[int], seed: int) -> None:
    model, batch = model_of(name, seed), pictures([2, 5, 1, 3], seed)
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    moved = model(batch.source[order], batch.source_mask[order], batch.target_in[order])
    close(moved[0], logits[order])
    close(moved[1], weights[order])


@each
@settings(deadline=None, max_examples=15)
@given(LENGTHS, st.integers(0, 99))
def test_steps_are_teacher_forcing(name: str, lengths: list[int], seed: int) -> None:
    model, batch = model_of(name, seed), pictures(lengths, seed)
    logits, weights = model(batch.source, batch.source_mask, batch.target_in)
    state = model.start(batch.source, batch.source_mask)
    for t, token in enumerate(batch.target_in.unbind(1)):
        step_logits, step_weights, state = model.step(token, state)
        close(step_logits, logits[:, t])
        close(step_weights, weights[..., t, :])


@pytest.mark.parametrize("attention", ["soft", "hard", "mean"])
def test_steps_in_single_precision(attention: str) -> None:
    torch.manual_seed(0)
    model = ShowAttendTell(
        WORDS, embedding=16, hidden=32, annotation=16, picture=(16, 24), attention=attention
    ).eval()
    batch = pictures([9, 12])
    source = batch.source.float()
    logits, _ = model(source, batch.source_mask, batch.target_in)
    state = model.start(source, batch.source_mask)
    for t, token in enumerate(batch.target_in.unbind(1)):
        step_logits, _, state = model.step(token, state)
        torch.testing.assert_close(step_logits, logits[:, t], rtol=0, atol=1e-5)


@each
@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=5), st.integers(0, 2), st.integers(0, 99))
def test_select_is_indexing(name: str, rows: list[int], after: int, seed: int) -> None:
    model, batch = model_of(name, seed), pictures([4, 4, 4], seed, barred=True)
    state = model.start(batch.source, batch.source_mask)
    for token in batch.target_in[:, :after].unbind(1):
        _, _, state = model.step(token, state)
    logits, weights, following = model.step(batch.target_in[:, after], state)
    chosen = torch.tensor(rows)
    picked, looks, then = model.step(batch.target_in[rows, after], state.select(chosen))
    close(picked, logits[rows])
    close(looks, weights[rows])
    close(then.h, following.h[rows])
    close(then.c, following.c[rows])


@each
def test_the_past_alone_is_seen(name: str) -> None:
    model, batch = model_of(name), pictures([5, 5])
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    other = batch.target_in.clone()
    other[:, 3] = (other[:, 3] + 1) % WORDS
    changed, _ = model(batch.source, batch.source_mask, other)
    assert torch.equal(changed[:, :3], logits[:, :3])
    assert not torch.isclose(changed[:, 3:], logits[:, 3:]).any()


@each
def test_searches_take_it(name: str) -> None:
    model, batch = model_of(name), pictures([1, 1, 1])
    args = batch.source, batch.source_mask
    beams = beam_search(model, *args, width=3, max_length=5)
    single = beam_search(model, *args, width=1, max_length=5)
    assert [h.tokens for h in greedy(model, *args, max_length=5)] == [h.tokens for (h,) in single]
    tokens = torch.tensor([[BOS, *beams[0][0].tokens]])
    logits, _ = model(batch.source[:1], batch.source_mask[:1], tokens[:, :-1])
    log_p = logits.log_softmax(-1)[0].gather(1, tokens[0, 1:, None]).sum()
    assert log_p.item() == pytest.approx(beams[0][0].log_probability)


@each
def test_mixed_precision(name: str) -> None:
    model, batch = model_of(name).float(), pictures([3, 4])
    source = batch.source.float()
    exact, _ = model(source, batch.source_mask, batch.target_in)
    with torch.autocast("cpu", torch.bfloat16):
        logits, _ = model(source, batch.source_mask, batch.target_in)
    assert logits.dtype == torch.bfloat16
    torch.testing.assert_close(logits.float(), exact, rtol=0.1, atol=0.3)


# --- hard attention ---


def test_hard_looks_at_one_location_drawn_from_the_weights() -> None:
    model = model_of("hard").train()
    batch = pictures([1])
    many = 4000
    _, weights, looks = model.looking(
        batch.source.expand(many, -1, -1, -1),
        batch.source_mask.expand(many, -1),
        batch.target_in.expand(many, -1),
    )
    assert ((looks == 0) | (looks == 1)).all()
    assert (looks.sum(-1) == 1).all()
    alpha, share = weights[0, 0], looks[:, 0].mean(0)
    assert (abs(share - alpha) < 4 * (alpha * (1 - alpha) / many).sqrt()).all()
    assert not weights.requires_grad or looks.grad_fn is None  # a draw has no gradient


def test_hard_in_evaluation_looks_at_the_likeliest_or_draws() -> None:
    batch = pictures([6, 6])
    args = batch.source, batch.source_mask, batch.target_in
    model = model_of("hard")
    _, weights, looks = model.looking(*args)
    assert torch.equal(looks.argmax(-1), weights.argmax(-1))
    drawing = model_of("hard", look="drawn")
    torch.manual_seed(1)
    first = drawing.looking(*args)[2]
    second = drawing.looking(*args)[2]
    torch.manual_seed(1)
    assert torch.equal(drawing.looking(*args)[2], first)
    assert not torch.equal(first, second)


def test_hard_with_the_expectation_everywhere_is_soft() -> None:
    hard, soft, batch = model_of("hard").train(), model_of("soft"), pictures([4, 4, 4])
    args = batch.source, batch.source_mask, batch.target_in
    everywhere = torch.ones(3, dtype=torch.bool)
    logits, weights, looks = hard.looking(*args, everywhere)
    close(logits, soft(*args)[0])
    close(looks, weights)
    _, _, looks = hard.looking(*args, torch.tensor([True, False, True]))
    whole = (looks == 1).any(-1)
    assert whole.tolist() == [[False] * 4, [True] * 4, [False] * 4]


# --- bad input ---


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"source": torch.rand(2, 16, 24)},
            "source has shape (2, 16, 24), expected (B, 3, Y, X), not empty",
        ),
        ({"source": [[1.0]]}, "source is a list, expected a torch.Tensor"),
        (
            {"source": torch.rand(2, 3, 16, 16)},
            "source has shape (2, 3, 16, 16), expected (B, 3, 16, 24): this model's pictures",
        ),
        ({"source": torch.rand(2, 16, 24, 3)}, "expected (B, 3, 16, 24)"),
        ({"source": torch.rand(0, 3, 16, 24)}, "not empty"),
        (
            {"source": torch.zeros(2, 3, 16, 24, dtype=torch.int64)},
            "source has dtype torch.int64, expected floating-point numbers",
        ),
        (
            {"source": torch.rand(2, 3, 16, 24).double()},
            "source has dtype torch.float64, expected torch.float32 like the weights",
        ),
        (
            {"mask": torch.ones(2, 5, dtype=torch.bool)},
            "source_mask has shape (2, 5), expected (2, 6) (B, L): pictures and locations",
        ),
        ({"mask": torch.ones(3, 6, dtype=torch.bool)}, "source_mask has shape (3, 6)"),
        ({"mask": torch.ones(2, 6)}, "source_mask has dtype torch.float32, expected torch.bool"),
        (
            {"mask": torch.tensor([[True] * 6, [False] * 6])},
            "picture 1 is empty: source_mask has no True in row 1",
        ),
        ({"target": torch.ones(3, 2, dtype=torch.int64)}, "expected 2 like source"),
        ({"target": torch.full((2, 2), WORDS)}, "target holds the token id 13"),
        ({"target": torch.ones(2, dtype=torch.int64)}, "expected (B, T), not empty"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    model = model_of("soft").float()
    good = {
        "source": torch.rand(2, 3, 16, 24),
        "mask": torch.ones(2, 6, dtype=torch.bool),
        "target": torch.ones(2, 2, dtype=torch.int64),
    }
    with pytest.raises(ValueError, match=re.escape(message)):
        model(*{**good, **change}.values())


def test_bad_tokens() -> None:
    model, batch = model_of("soft"), pictures([1, 1])
    state = model.start(batch.source, batch.source_mask)
    with pytest.raises(ValueError, match=r"token has shape .*expected 2 like source"):
        model.step(torch.tensor([1, 2, 3]), state)
    with pytest.raises(ValueError, match="token holds the token id 13"):
        model.step(torch.full((2,), WORDS), state)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"vocabulary": 0}, "vocabulary is 0, expected an integer of at least 1"),
        ({"embedding": 0}, "embedding is 0, expected"),
        ({"hidden": 2.5}, "hidden is 2.5, expected"),
        ({"annotation": 0}, "annotation is 0, expected"),
        ({"alignment": 0}, "alignment is 0, expected"),
        ({"picture": (0, 8)}, "height is 0, expected"),
        ({"picture": (8, 12)}, "picture is (8, 12), expected multiples of 8 pixels"),
        ({"attention": "local"}, "attention is 'local', expected 'soft' or 'hard' or 'mean'"),
        ({"output": "maxout"}, "output is 'maxout', expected 'paper' or 'tanh'"),
        ({"look": "best"}, "look is 'best', expected 'likeliest' or 'drawn'"),
        (
            {"initialisation": "he"},
            "initialisation is 'he', expected 'paper' or 'torch' or 'heard'",
        ),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    good = {"vocabulary": 5, "embedding": 2, "hidden": 4, "annotation": 3}
    with pytest.raises(ValueError, match=re.escape(message)):
        ShowAttendTell(**{**good, **arguments})


def test_a_step_from_what_is_no_state() -> None:
    batch = pictures([2, 2])
    with pytest.raises(ValueError, match=r"state is a torch\.Tensor, expected a CaptionState"):
        model_of("soft").step(batch.target_in[:, 0], batch.source)


# --- defaults ---


def test_the_sizes_of_the_authors_program_are_the_defaults() -> None:
    with torch.device("meta"):
        model = ShowAttendTell(10_000)
    sizes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    assert sizes["E.weight"] == (10_000, 512)
    assert sizes["T_h.weight"] == (4 * 1800, 1800)
    assert sizes["T_z.weight"] == (4 * 1800, 512)
    assert sizes["f_att.U_a.weight"] == (512, 512)
    assert sizes["f_beta.weight"] == (1, 1800)
    assert model.kind == "soft"
    assert model.output == "paper"


def test_the_authors_initialisation() -> None:
    torch.manual_seed(0)
    model = ShowAttendTell(400, embedding=30, hidden=40, annotation=20)
    for square in model.T_h.weight.chunk(4):
        torch.testing.assert_close(square @ square.T, torch.eye(40), rtol=0, atol=1e-5)
    for weight in (
        model.E.weight,
        model.T_y.weight,
        model.L_o.weight,
        model.f_att.W_a.weight,
        model.f_att.v_a,
    ):
        assert weight.std().item() == pytest.approx(0.01, rel=0.4)
    torch.testing.assert_close(
        model.f_att.U_a.weight @ model.f_att.U_a.weight.T, torch.eye(20), rtol=0, atol=1e-5
    )
    assert (model.T_y.bias == 0).all()
    assert (model.f_beta.bias == 0).all()


def test_the_context_is_heard_from_the_start() -> None:
    """Three times the weights of torch, and a gate at σ(2); all else as torch has it."""
    made = []
    for kind in ("torch", "heard"):
        torch.manual_seed(0)
        made.append(ShowAttendTell(9, hidden=4, annotation=3, initialisation=kind))
    plain, heard = made
    for name, weight in plain.named_parameters():
        other = heard.get_parameter(name)
        if name == "f_beta.bias":
            assert other.item() == 2
        else:
            assert torch.equal(other, weight * (3 if name in ("T_z.weight", "L_z.weight") else 1))
    assert ShowAttendTell(9, hidden=4, gate=False, initialisation="heard").f_beta is None


def test_no_attention_no_parameters_of_it() -> None:
    soft, mean = (
        ShowAttendTell(9, embedding=2, hidden=4, annotation=3, attention=kind)
        for kind in ("soft", "mean")
    )
    assert count_parameters(soft) - count_parameters(mean) == 4 * 3 + 3 * 3 + 3


@each
def test_every_parameter_learns(name: str) -> None:
    model, batch = model_of(name).train(), pictures([3, 4])
    translation_loss(model, batch).backward()
    for parameter_name, parameter in model.named_parameters():
        if name == "hard" and parameter_name.startswith("f_att"):
            assert parameter.grad is None or (parameter.grad == 0).all()  # what REINFORCE is for
        else:
            assert (parameter.grad != 0).any(), parameter_name
